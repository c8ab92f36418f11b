// What defines base types (B06) and range types (B11).
#include <utility>

#include "dumper/catalog/named_objects.hpp"

namespace pgark::dumper {
namespace {

Type* find_type(Reading& reading, Oid oid) {
  const auto found = reading.catalog.type_by_oid.find(oid);
  return found == reading.catalog.type_by_oid.end() ? nullptr : &reading.catalog.types[found->second];
}

std::string base_types_sql(const Reading& reading) {
  return "SELECT t.oid, t.typlen, t.typbyval, t.typcollation <> 0, t.typispreferred, t.typcategory, "
         "t.typdelim,"
         " t.typalign, t.typstorage, " +
         function_name_sql("t.typinput") + ", " + function_name_sql("t.typoutput") + ", " +
         function_name_sql("t.typreceive") + ", " + function_name_sql("t.typsend") + ", " +
         function_name_sql("t.typmodin") + ", " + function_name_sql("t.typmodout") + ", " +
         function_name_sql("t.typanalyze") + ", " +
         since(reading, 14, function_name_sql("t.typsubscript"), "NULL") + ", " + type_name_sql("t.typelem") +
         ", COALESCE(pg_catalog.pg_get_expr(t.typdefaultbin, 0), pg_catalog.quote_literal(t.typdefault))"
         " FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace"
         " WHERE t.typtype = 'b' AND t.typisdefined AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_type e"
         " WHERE e.oid = t.typelem AND e.typarray = t.oid) AND " +
         users_own_sql("pg_type", "t.oid") + " ORDER BY t.oid";
}

void take_base_type(Reading& reading, Row& row) {
  Type* type = find_type(reading, row.oid());
  if (type == nullptr) return;
  const std::string name = reading.describe(*type);
  BaseType base;
  base.length = static_cast<int>(row.integer());
  base.by_value = row.boolean();
  base.collatable = row.boolean();
  base.preferred = row.boolean();
  base.category = row.character();
  base.delimiter = row.character();
  base.alignment = row.character();
  base.storage = row.character();
  base.input_sql = take_reference(row, name);
  base.output_sql = take_reference(row, name);
  base.receive_sql = row.text();
  base.send_sql = row.text();
  base.modifier_in_sql = row.text();
  base.modifier_out_sql = row.text();
  base.analyze_sql = row.text();
  base.subscript_sql = row.text();
  base.element_sql = row.text();
  type->default_sql = row.optional_text();
  type->base = std::move(base);
}

std::string ranges_sql(const Reading& reading) {
  return "SELECT r.rngtypid, pg_catalog.format_type(r.rngsubtype, NULL), CASE WHEN NOT opc.opcdefault THEN " +
         qualified_sql("opn.nspname", "opc.opcname") +
         " END, CASE WHEN r.rngcollation <> st.typcollation THEN " +
         qualified_sql("con.nspname", "co.collname") + " END, " + function_name_sql("r.rngcanonical") + ", " +
         function_name_sql("r.rngsubdiff") + ", " +
         since(reading, 14, type_name_sql("r.rngmultitypid") + ", r.rngmultitypid", "NULL, NULL") +
         " FROM pg_catalog.pg_range r JOIN pg_catalog.pg_type t ON t.oid = r.rngtypid"
         " JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace"
         " JOIN pg_catalog.pg_type st ON st.oid = r.rngsubtype"
         " JOIN pg_catalog.pg_opclass opc ON opc.oid = r.rngsubopc"
         " JOIN pg_catalog.pg_namespace opn ON opn.oid = opc.opcnamespace"
         " LEFT JOIN pg_catalog.pg_collation co ON co.oid = r.rngcollation"
         " LEFT JOIN pg_catalog.pg_namespace con ON con.oid = co.collnamespace WHERE " +
         users_own_sql("pg_type", "t.oid") + " ORDER BY t.oid";
}

void take_range(Reading& reading, Row& row) {
  Type* type = find_type(reading, row.oid());
  if (type == nullptr) return;
  RangeType range;
  range.subtype_sql = row.text();
  range.operator_class_sql = row.text();
  range.collation_sql = row.text();
  range.canonical_sql = row.text();
  range.difference_sql = row.text();
  range.multirange_sql = row.text();
  range.multirange = row.oid();
  type->range = std::move(range);
}

}  // namespace

void add_type_details(const Reading& reading, Steps& steps) {
  steps.push_back(row_step("base types", base_types_sql(reading), {}, take_base_type));
  steps.push_back(row_step("range types", ranges_sql(reading), {}, take_range));
}

}  // namespace pgark::dumper
