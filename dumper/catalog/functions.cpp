// Functions and procedures (B12, B13), and the part of aggregates that pg_proc holds (B14).
#include <utility>

#include "base/array_text.hpp"
#include "dumper/catalog/missing.hpp"
#include "dumper/catalog/named_objects.hpp"

namespace pgark::dumper {
namespace {

// $1: schemas whose functions are wanted. Bodies and argument lists are built for those only; the identity
// arguments for all, since GRANT on an extension's function needs them. Constructors of range types
// (deptype 'i') come with their type.
std::string functions_sql(const Reading& reading) {
  return "SELECT p.oid, p.proname, p.pronamespace, p.proowner, p.prokind,"
         " pg_catalog.pg_get_function_identity_arguments(p.oid),"
         " CASE WHEN f.full THEN pg_catalog.pg_get_function_arguments(p.oid) END,"
         " CASE WHEN f.full THEN pg_catalog.pg_get_function_result(p.oid) END,"
         " (SELECT pg_catalog.string_agg(pg_catalog.format_type(a.type, NULL), ', ' ORDER BY a.position)"
         " FROM pg_catalog.unnest(p.proargtypes::pg_catalog.oid[]) WITH ORDINALITY AS a(type, position)),"
         " l.lanname, CASE WHEN f.full THEN p.prosrc END, p.probin, " +
         since(reading, 14, "CASE WHEN f.full THEN pg_catalog.pg_get_function_sqlbody(p.oid) END", "NULL") +
         ", p.provolatile, p.proparallel, p.proisstrict, p.prosecdef, p.proleakproof, p.proretset, p.procost,"
         " p.prorows, p.prosupport::pg_catalog.regproc::pg_catalog.text, p.proconfig,"
         " ARRAY(SELECT pg_catalog.format_type(tr.type, NULL) FROM pg_catalog.unnest(p.protrftypes)"
         " WITH ORDINALITY AS tr(type, position) ORDER BY tr.position),"
         " p.proacl, pip.initprivs, pg_catalog.acldefault('f', p.proowner)"
         " FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
         " JOIN pg_catalog.pg_language l ON l.oid = p.prolang"
         " LEFT JOIN pg_catalog.pg_depend e ON e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass"
         " AND e.objid = p.oid AND e.deptype = 'e'"
         " CROSS JOIN LATERAL (SELECT e.objid IS NULL AND p.pronamespace ="
         " ANY ($1::pg_catalog.oid[])) AS f(\"full\")" +
         init_privs_join("pg_proc", "p.oid") + " WHERE " + visible_filter("p.proacl") +
         " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend i WHERE i.classid ="
         " 'pg_catalog.pg_proc'::pg_catalog.regclass AND i.objid = p.oid AND i.deptype = 'i') AND " +
         missing_types_sql() + " IS NULL ORDER BY n.nspname, p.proname, p.pronargs";
}

std::string dangling_functions_sql() {
  return "SELECT " + qualified_sql("n.nspname", "p.proname") + ", m.missing FROM pg_catalog.pg_proc p" +
         " JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace CROSS JOIN LATERAL " +
         missing_types_sql() + " AS m(missing) WHERE m.missing IS NOT NULL AND " +
         users_own_sql("pg_proc", "p.oid") + " ORDER BY 1, 2";
}

void take_dangling_function(Reading& reading, Row& row) {
  std::string name = row.text();
  note_missing(reading, "FUNCTION", std::move(name), {}, row.text());
}

void take_attributes(Function& function, Row& row) {
  function.volatility = row.character();
  function.parallel = row.character();
  function.strict = row.boolean();
  function.security_definer = row.boolean();
  function.leakproof = row.boolean();
  function.returns_set = row.boolean();
  function.cost = row.real();
  function.rows = row.real();
  function.support_sql = row.text();
  function.configuration = row.text_list();
  function.transform_types_sql = row.text_list();
}

void take_function(Reading& reading, Row& row) {
  Function function;
  function.oid = row.oid();
  function.name = row.text();
  function.schema = reading.namespace_index(row.oid());
  function.owner = reading.role(row.oid(), reading.describe(function));
  function.kind = row.character();
  function.identity_arguments_sql = row.text();
  function.arguments_sql = row.text();
  function.result_sql = row.text();
  function.argument_types = row.text();
  function.language = row.text();
  function.source = row.text();
  function.binary = row.optional_text();
  function.sql_body = row.optional_text();
  take_attributes(function, row);
  function.acl = row.optional_text();
  function.initial_acl = row.optional_text();
  function.default_acl = row.text();
  function.extension = reading.extension_of(catalog_oid::kProc, function.oid);
  function.components = static_cast<std::uint8_t>(reading.selector.in_schema(function) & ~kData);
  reading.catalog.function_by_oid[function.oid] = static_cast<Index>(reading.catalog.functions.size());
  reading.catalog.functions.push_back(std::move(function));
}

}  // namespace

void add_functions(const Reading& reading, Steps& steps) {
  const std::string schemas = encode_oid_array(reading.selector.wanted_schemas(reading.catalog.namespaces));
  steps.push_back(row_step("functions", functions_sql(reading), {schemas}, take_function,
                           room_in(&Catalog::functions, &Catalog::function_by_oid)));
  if (reading.selector.takes_everything()) {
    steps.push_back(
        row_step("functions without their types", dangling_functions_sql(), {}, take_dangling_function));
  }
}

}  // namespace pgark::dumper
