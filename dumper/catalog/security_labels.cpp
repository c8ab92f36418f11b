// Security labels of user objects and of the database itself (B59).
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

std::string labels_sql() {
  return "SELECT l.classoid, l.objoid, l.objsubid, l.provider, l.label FROM pg_catalog.pg_seclabel l WHERE " +
         users_to_describe("l") +
         " UNION ALL SELECT s.classoid, s.objoid, 0, s.provider, s.label FROM pg_catalog.pg_shseclabel s"
         " JOIN pg_catalog.pg_database d ON d.oid = s.objoid"
         " WHERE s.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass AND d.datname ="
         " pg_catalog.current_database() ORDER BY 1, 2, 3, 4";
}

void take_label(Reading& reading, Row& row) {
  SecurityLabel label;
  label.object.catalog = row.oid();
  label.object.oid = row.oid();
  label.column = static_cast<std::int32_t>(row.integer());
  label.provider = row.text();
  label.label = row.text();
  // A member's label is its extension's.
  if (reading.extension_of(label.object.catalog, label.object.oid) == 0) {
    reading.catalog.security_labels.push_back(std::move(label));
  }
}

}  // namespace

void add_security_labels(Steps& steps) {
  steps.push_back(row_step("security labels", labels_sql(), {}, take_label));
}

}  // namespace pgark::dumper
