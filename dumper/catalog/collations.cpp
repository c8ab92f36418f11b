// Collations (B22). Where a collation of ICU keeps its locale differs between majors.
#include <utility>

#include "dumper/catalog/named_objects.hpp"

namespace pgark::dumper {
namespace {

std::string locale_column(const Reading& reading) {
  if (reading.at_least(17)) return "co.colllocale";
  return since(reading, 15, "co.colliculocale", "NULL");
}

// The version is not saved: the target records that of the library it has.
std::string collations_sql(const Reading& reading) {
  return "SELECT co.oid, co.collname, co.collnamespace, co.collowner, co.collprovider, "
         "co.collisdeterministic,"
         " co.collcollate, co.collctype, " +
         locale_column(reading) + ", " + since(reading, 16, "co.collicurules", "NULL") +
         ", CASE WHEN co.collencoding <> -1 THEN pg_catalog.pg_encoding_to_char(co.collencoding) END"
         " FROM pg_catalog.pg_collation co JOIN pg_catalog.pg_namespace n ON n.oid = co.collnamespace "
         "WHERE " +
         users_own_sql("pg_collation", "co.oid") + " ORDER BY n.nspname, co.collname, co.collencoding";
}

void take_collation(Reading& reading, Row& row) {
  Collation object;
  take_owned(reading, row, object);
  object.provider = row.character();
  object.deterministic = row.boolean();
  object.collate = row.text();
  object.ctype = row.text();
  object.locale = row.optional_text();
  object.rules = row.optional_text();
  object.encoding = row.text();
  reading.catalog.collations.push_back(std::move(object));
}

}  // namespace

void add_collations(const Reading& reading, Steps& steps) {
  steps.push_back(row_step("collations", collations_sql(reading), {}, take_collation));
}

}  // namespace pgark::dumper
