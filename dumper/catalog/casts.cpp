// Casts (B18), transforms (B19), conversions (B21).
#include <utility>

#include "dumper/catalog/missing.hpp"
#include "dumper/catalog/named_objects.hpp"

namespace pgark::dumper {
namespace {

// The casts from a range type to its multirange come with the type (deptype 'i').
std::string casts_sql() {
  const std::string missing =
      missing_sql({{"type", "c.castsource"}, {"type", "c.casttarget"}, {"function", "c.castfunc"}});
  return "SELECT c.oid, '(' || pg_catalog.format_type(c.castsource, NULL) || ' AS ' ||"
         " pg_catalog.format_type(c.casttarget, NULL) || ')' AS name, " +
         missing + ", " + unless_missing_sql(missing, function_signature_sql("c.castfunc")) +
         ", c.castmethod, c.castcontext FROM pg_catalog.pg_cast c WHERE c.oid >= 16384 AND " +
         not_member_sql("pg_cast", "c.oid") +
         " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend i WHERE i.classid ="
         " 'pg_catalog.pg_cast'::pg_catalog.regclass AND i.objid = c.oid AND i.deptype = 'i') ORDER BY name";
}

void take_cast(Reading& reading, Row& row) {
  Cast object;
  take_schemaless(reading, row, object);
  if (note_missing(reading, "CAST", object.name, {}, row.text())) return;
  object.function_sql = row.text();
  object.method = row.character();
  object.context = row.character();
  reading.catalog.casts.push_back(std::move(object));
}

std::string transforms_sql() {
  return "SELECT t.oid, 'FOR ' || pg_catalog.format_type(t.trftype, NULL) || ' LANGUAGE ' ||"
         " pg_catalog.quote_ident(l.lanname) AS name, " +
         function_signature_sql("t.trffromsql") + ", " + function_signature_sql("t.trftosql") +
         " FROM pg_catalog.pg_transform t JOIN pg_catalog.pg_language l ON l.oid = t.trflang"
         " WHERE t.oid >= 16384 AND " +
         not_member_sql("pg_transform", "t.oid") + " ORDER BY name";
}

void take_transform(Reading& reading, Row& row) {
  Transform object;
  take_schemaless(reading, row, object);
  object.from_sql = row.text();
  object.to_sql = row.text();
  reading.catalog.transforms.push_back(std::move(object));
}

std::string conversions_sql() {
  return "SELECT c.oid, c.conname, c.connamespace, c.conowner, c.condefault,"
         " pg_catalog.pg_encoding_to_char(c.conforencoding), "
         "pg_catalog.pg_encoding_to_char(c.contoencoding), " +
         function_name_sql("c.conproc") +
         " FROM pg_catalog.pg_conversion c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace WHERE " +
         users_own_sql("pg_conversion", "c.oid") + " ORDER BY n.nspname, c.conname";
}

void take_conversion(Reading& reading, Row& row) {
  Conversion object;
  take_owned(reading, row, object);
  object.by_default = row.boolean();
  object.from_encoding = row.text();
  object.to_encoding = row.text();
  object.function_sql = take_reference(row, reading.describe(object));
  reading.catalog.conversions.push_back(std::move(object));
}

}  // namespace

void add_casts(Steps& steps) {
  steps.push_back(row_step("casts", casts_sql(), {}, take_cast));
  steps.push_back(row_step("transforms", transforms_sql(), {}, take_transform));
  steps.push_back(row_step("conversions", conversions_sql(), {}, take_conversion));
}

}  // namespace pgark::dumper
