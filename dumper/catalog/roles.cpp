// Role names: owners are stored as OIDs, and rolname of pg_roles is readable by everybody.
#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {

void add_roles(Steps& steps) {
  steps.push_back(
      row_step("roles", "SELECT oid, rolname FROM pg_catalog.pg_roles", {}, [](Reading& reading, Row& row) {
        const Oid oid = row.oid();
        const std::string& name = reading.roles[oid] = row.text();
        reading.catalog.role_names.insert(name);
      }));
}

}  // namespace pgark::dumper
