#include "dumper/catalog/named_objects.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace pgark::dumper {
namespace {

std::uint8_t without_rows(std::uint8_t components) {
  return static_cast<std::uint8_t>(components & ~kData);
}

std::string reg_text(std::string_view column, std::string_view type) {
  return "NULLIF(" + std::string(column) + "::pg_catalog." + std::string(type) + "::pg_catalog.text, '-')";
}

}  // namespace

std::string function_name_sql(std::string_view column) {
  return reg_text(column, "regproc");
}

std::string function_signature_sql(std::string_view column) {
  return reg_text(column, "regprocedure");
}

std::string type_name_sql(std::string_view column) {
  const std::string name(column);
  return "CASE WHEN " + name + " <> 0 THEN pg_catalog.format_type(" + name + ", NULL) END";
}

std::string qualified_sql(std::string_view schema_column, std::string_view name_column) {
  return "pg_catalog.quote_ident(" + std::string(schema_column) + ") || '.' || pg_catalog.quote_ident(" +
         std::string(name_column) + ")";
}

std::string not_member_sql(std::string_view catalog, std::string_view oid_column) {
  return "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog." +
         std::string(catalog) + "'::pg_catalog.regclass AND e.objid = " + std::string(oid_column) +
         " AND e.deptype = 'e')";
}

std::string users_own_sql(std::string_view catalog, std::string_view oid_column) {
  return "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND " +
         not_member_sql(catalog, oid_column);
}

void take_unowned(const Reading& reading, Row& row, Object& object) {
  object.oid = row.oid();
  object.name = row.text();
  object.schema = reading.namespace_index(row.oid());
  object.components = without_rows(reading.selector.in_schema(object));
}

void take_owned(const Reading& reading, Row& row, Object& object) {
  take_unowned(reading, row, object);
  object.owner = reading.role(row.oid(), reading.describe(object));
}

void take_schemaless(const Reading& reading, Row& row, Object& object) {
  object.oid = row.oid();
  object.name = row.text();
  object.components = without_rows(reading.selector.without_schema(object));
}

void take_privileges(Row& row, Object& object) {
  object.acl = row.optional_text();
  object.initial_acl = row.optional_text();
  object.default_acl = row.text();
}

std::string take_reference(Row& row, std::string_view object) {
  std::string text = row.definition(object);
  const bool number = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!number) return text;
  Error error;
  error.code = ErrorCode::snapshot;
  error.message = "it needs the object with OID " + text + ", which was dropped during the backup";
  error.object = object;
  error.hint = "run the backup again while no schema changes are made";
  throw Exception(std::move(error));
}

}  // namespace pgark::dumper
