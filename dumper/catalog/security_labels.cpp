// Security labels of user objects and of the database itself (B59).
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// Large objects may have any OID; schema `public` has a built-in one but is the user's.
constexpr std::string_view kSql =
    "SELECT l.classoid, l.objoid, l.objsubid, l.provider, l.label FROM pg_catalog.pg_seclabel l"
    " WHERE l.objoid >= 16384 OR l.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass"
    " OR (l.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND l.objoid ="
    " (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = 'public'))"
    " UNION ALL SELECT s.classoid, s.objoid, 0, s.provider, s.label FROM pg_catalog.pg_shseclabel s"
    " JOIN pg_catalog.pg_database d ON d.oid = s.objoid"
    " WHERE s.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass AND d.datname ="
    " pg_catalog.current_database() ORDER BY 1, 2, 3, 4";

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
  steps.push_back(row_step("security labels", std::string(kSql), {}, take_label));
}

}  // namespace pgark::dumper
