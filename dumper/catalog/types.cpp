// Types: enums, domains and composites in full (B08 to B10), what base, range and shell types have in common
// with them, and the hidden array and row types as links of the dependency graph.
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// A domain's default is either an expression tree or, for types without one, the plain text of a literal.
std::string types_sql() {
  return "SELECT t.oid, t.typname, t.typnamespace, t.typowner, t.typtype, t.typisdefined, t.typrelid, "
         "t.typelem,"
         " element.oid IS NOT NULL, rel.relkind,"
         // Every table has a row type and its array: what nobody reads of those is not computed.
         " CASE WHEN element.oid IS NULL AND (rel.relkind IS NULL OR rel.relkind = 'c')"
         " THEN pg_catalog.format_type(t.oid, NULL) END, t.typacl, pip.initprivs,"
         " CASE WHEN t.typacl IS NOT NULL OR pip.initprivs IS NOT NULL"
         " THEN pg_catalog.acldefault('T', t.typowner) END,"
         " CASE WHEN t.typtype = 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END,"
         " CASE WHEN t.typtype = 'd' AND t.typcollation <> base.typcollation THEN"
         " pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(co.collname) END,"
         " CASE WHEN t.typtype = 'd' THEN COALESCE(pg_catalog.pg_get_expr(t.typdefaultbin,"
         " 'pg_catalog.pg_type'::pg_catalog.regclass), pg_catalog.quote_literal(t.typdefault)) END,"
         " t.typnotnull, t.typbasetype"
         " FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace"
         " LEFT JOIN pg_catalog.pg_class rel ON rel.oid = t.typrelid"
         " LEFT JOIN pg_catalog.pg_type element ON element.typarray = t.oid AND element.oid = t.typelem"
         " LEFT JOIN pg_catalog.pg_type base ON base.oid = t.typbasetype"
         " LEFT JOIN pg_catalog.pg_collation co ON co.oid = t.typcollation"
         " LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace" +
         init_privs_join("pg_type", "t.oid") + " WHERE " + visible_filter("t.typacl") +
         " ORDER BY n.nspname, t.typname";
}

bool is_row_type(const Type& type, char relkind) {
  return type.relation != 0 && relkind != 'c';
}

std::uint8_t components_of(const Reading& reading, const Type& type) {
  if (type.hidden) return 0;
  return static_cast<std::uint8_t>(reading.selector.in_schema(type) & ~kData);
}

void take_type(Reading& reading, Row& row) {
  Type type;
  type.oid = row.oid();
  type.name = row.text();
  type.schema = reading.namespace_index(row.oid());
  type.owner = reading.role(row.oid(), reading.describe(type));
  type.kind = row.character();
  type.defined = row.boolean();
  type.relation = row.oid();
  type.element = row.oid();
  const bool array = row.boolean();
  const char relkind = row.character();
  type.hidden = array || type.kind == 'm' || is_row_type(type, relkind);
  type.name_sql = row.text();
  type.acl = row.optional_text();
  type.initial_acl = row.optional_text();
  type.default_acl = row.text();
  type.base_type_sql = row.text();
  type.collation_sql = row.text();
  type.default_sql = row.optional_text();
  type.not_null = row.boolean();
  type.base_type = row.oid();
  type.extension = reading.extension_of(catalog_oid::kType, type.oid);
  type.components = components_of(reading, type);
  reading.catalog.type_by_oid[type.oid] = static_cast<Index>(reading.catalog.types.size());
  reading.catalog.types.push_back(std::move(type));
}

Type* find_type(Reading& reading, Oid oid) {
  const auto found = reading.catalog.type_by_oid.find(oid);
  return found == reading.catalog.type_by_oid.end() ? nullptr : &reading.catalog.types[found->second];
}

// Details are read for user types only; members of extensions are never written.
constexpr std::string_view kOfUserTypes =
    " AND t.oid >= 16384 AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend e WHERE e.classid ="
    " 'pg_catalog.pg_type'::pg_catalog.regclass AND e.objid = t.oid AND e.deptype = 'e')";

constexpr std::string_view kLabelsSql =
    "SELECT l.enumtypid, l.enumlabel FROM pg_catalog.pg_enum l JOIN pg_catalog.pg_type t ON t.oid = "
    "l.enumtypid"
    " WHERE true";

void take_label(Reading& reading, Row& row) {
  if (Type* type = find_type(reading, row.oid())) type->labels.push_back({row.text()});
}

constexpr std::string_view kAttributesSql =
    "SELECT t.oid, a.attnum, a.attname, CASE WHEN NOT a.attisdropped THEN pg_catalog.format_type(a.atttypid,"
    " a.atttypmod) END, CASE WHEN a.attcollation <> at.typcollation THEN pg_catalog.quote_ident(cn.nspname) "
    "|| '.'"
    " || pg_catalog.quote_ident(co.collname) END, a.attisdropped"
    " FROM pg_catalog.pg_type t JOIN pg_catalog.pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'"
    " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
    " LEFT JOIN pg_catalog.pg_type at ON at.oid = a.atttypid"
    " LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation"
    " LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace WHERE t.typtype = 'c'";

void take_attribute(Reading& reading, Row& row) {
  Type* type = find_type(reading, row.oid());
  if (type == nullptr) return;
  CompositeAttribute attribute;
  attribute.number = row.small_integer();
  attribute.name = row.text();
  attribute.type_sql = row.text();
  attribute.collation_sql = row.text();
  attribute.dropped = row.boolean();
  type->attributes.push_back(std::move(attribute));
}

constexpr std::string_view kConstraintsSql =
    "SELECT t.oid, c.oid, c.conname, c.contype, c.convalidated, pg_catalog.pg_get_constraintdef(c.oid)"
    " FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_type t ON t.oid = c.contypid"
    " WHERE c.contype IN ('c', 'n')";

void take_domain_constraint(Reading& reading, Row& row) {
  Type* type = find_type(reading, row.oid());
  if (type == nullptr) return;
  DomainConstraint constraint;
  constraint.oid = row.oid();
  constraint.name = row.text();
  constraint.type = row.character();
  constraint.validated = row.boolean();
  constraint.definition_sql = row.definition(reading.describe(*type) + "." + constraint.name);
  type->constraints.push_back(std::move(constraint));
}

std::string of_user_types(std::string_view sql, std::string_view order) {
  return std::string(sql) + std::string(kOfUserTypes) + " ORDER BY " + std::string(order);
}

}  // namespace

void add_types(const Reading&, Steps& steps) {
  steps.push_back(
      row_step("types", types_sql(), {}, take_type, room_in(&Catalog::types, &Catalog::type_by_oid)));
  steps.push_back(
      row_step("enum labels", of_user_types(kLabelsSql, "l.enumtypid, l.enumsortorder"), {}, take_label));
  steps.push_back(row_step("attributes of composite types", of_user_types(kAttributesSql, "t.oid, a.attnum"),
                           {}, take_attribute));
  steps.push_back(row_step("domain constraints", of_user_types(kConstraintsSql, "t.oid, c.conname"), {},
                           take_domain_constraint));
}

}  // namespace pgark::dumper
