// Extensions and the objects that belong to them. Members are read first because every other family asks
// whether its objects are members (B0.2).
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

constexpr std::string_view kMembersSql =
    "SELECT classid, objid, refobjid FROM pg_catalog.pg_depend"
    " WHERE refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND deptype = 'e'";

constexpr std::string_view kExtensionsSql =
    "SELECT e.oid, e.extname, e.extnamespace, e.extowner, e.extversion, e.extrelocatable,"
    " e.extconfig::pg_catalog.oid[], e.extcondition FROM pg_catalog.pg_extension e ORDER BY e.extname";

void take_extension(Reading& reading, Row& row) {
  Extension extension;
  extension.oid = row.oid();
  extension.name = row.text();
  const Oid schema = row.oid();
  extension.owner = reading.role(row.oid(), extension.name);
  extension.version = row.text();
  extension.relocatable = row.boolean();
  extension.config_tables = row.oid_list();
  extension.config_conditions = row.text_list();
  extension.schema = reading.namespace_index(schema);
  reading.extension_names[extension.oid] = extension.name;
  reading.catalog.extensions.push_back(std::move(extension));
}

}  // namespace

void add_extensions(Steps& steps) {
  steps.push_back(row_step("extensions", std::string(kExtensionsSql), {}, take_extension));
}

void add_extension_members(Steps& steps) {
  steps.push_back(row_step("extension members", std::string(kMembersSql), {}, [](Reading& reading, Row& row) {
    const Oid catalog = row.oid();
    const Oid object = row.oid();
    reading.members[CatalogId{catalog, object}] = row.oid();
  }));
}

}  // namespace pgark::dumper
