// Domains (SCHEMA_COVERAGE B10). Constraints stand inside CREATE DOMAIN unless they are not validated, a loop
// separates them (D4.12), or they look at tables.
#include <algorithm>

#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/sql_clauses.hpp"
#include "dumper/ddl/type_common.hpp"

namespace pgark::dumper {
namespace {

bool is_domain(const Type& type) {
  return !type.hidden && type.defined && type.kind == 'd';
}

const Type* type_at(const Catalog& catalog, CatalogId id) {
  const auto found = catalog.type_by_oid.find(id.oid);
  return id.catalog == catalog_oid::kType && found != catalog.type_by_oid.end()
             ? &catalog.types[found->second]
             : nullptr;
}

bool is_composite(const Catalog& catalog, CatalogId id) {
  const auto found = catalog.relation_by_oid.find(id.oid);
  return id.catalog == catalog_oid::kClass && found != catalog.relation_by_oid.end() &&
         catalog.relations[found->second].kind == 'c';
}

// Something depends on the type.
bool is_used(const Catalog& catalog, Oid type) {
  return std::ranges::any_of(catalog.dependencies, [&](const Dependency& row) {
    return row.referenced == CatalogId{catalog_oid::kType, type};
  });
}

// Values of another type hold some of this domain, or of one that is based on it: the server may then refuse
// to add a constraint to it.
bool is_part_of_another(const Catalog& catalog, const Type& domain) {
  std::vector<Oid> domains{domain.oid};
  for (std::size_t i = 0; i < domains.size(); ++i) {
    for (const Dependency& row : catalog.dependencies) {
      if (row.referenced != CatalogId{catalog_oid::kType, domains[i]}) continue;
      const Type* user = type_at(catalog, row.dependent);
      const bool is_domain = user != nullptr && user->kind == 'd';
      const bool is_own_array = user != nullptr && user->element == domains[i];
      if (is_domain) domains.push_back(user->oid);
      if (is_own_array && is_used(catalog, user->oid)) return true;
      if ((user != nullptr && !is_domain && !is_own_array) || is_composite(catalog, row.dependent))
        return true;
    }
  }
  return false;
}

// Its check looks at tables, so that it can be fulfilled only when all rows are there (F49).
bool waits_for_all_rows(const BuildContext& context, const Type& domain, const DomainConstraint& constraint) {
  return constraint.type == 'c' && constraint.validated && context.lookup.may_read_rows(constraint.oid) &&
         !is_part_of_another(context.catalog, domain);
}

void collect(BuildContext& context) {
  collect_types(context, ObjectKind::domain, is_domain);
  for (Index i = 0; i < context.catalog.types.size(); ++i) {
    const Type& type = context.catalog.types[i];
    if (!is_domain(type)) continue;
    for (Index part = 0; part < type.constraints.size(); ++part) {
      const DomainConstraint& constraint = type.constraints[part];
      DumpObject object;
      object.kind = ObjectKind::domain_constraint;
      object.id = {catalog_oid::kConstraint, constraint.oid};
      object.payload = i;
      object.part = part;
      object.schema = context.lookup.schema_of(type);
      object.name = constraint.name;
      object.table = type.name;
      object.components = type.components;
      object.inlined = constraint.validated && !waits_for_all_rows(context, type, constraint);
      // 17+: NOT NULL is a constraint as well, but a column-like property: it never takes part in a loop.
      object.separable = constraint.type != 'n';
      object.parent = context.graph.find(CatalogId{catalog_oid::kType, type.oid});
      context.graph.add(std::move(object));
    }
  }
}

void link(BuildContext& context) {
  for (DumpId id = 0; id < context.graph.size(); ++id) {
    const DumpObject& object = context.graph[id];
    if (object.kind != ObjectKind::domain_constraint) continue;
    if (object.inlined) {
      context.graph.depend(object.parent, id);
    } else {
      context.graph.depend(id, object.parent);
    }
  }
}

// Server 17 keeps every NOT NULL of a domain that was given several, and 18 refuses more than one: the last
// by name stands for all, as in pg_dump. nullptr when the server keeps none by name.
const DomainConstraint* not_null_of(const Type& type) {
  const DomainConstraint* last = nullptr;
  for (const DomainConstraint& constraint : type.constraints) {
    if (constraint.type == 'n') last = &constraint;
  }
  return last;
}

// The name the server gives by itself is left out, so that the text also suits servers before 17.
std::string not_null_sql(const Type& type) {
  const DomainConstraint* constraint = not_null_of(type);
  if (constraint == nullptr) return type.not_null ? " NOT NULL" : "";
  if (constraint->name == type.name + "_not_null") return " NOT NULL";
  return " CONSTRAINT " + quote_identifier(constraint->name) + " NOT NULL";
}

bool is_inlined(const Emitter& out, DumpId domain, Index part) {
  const DumpId id = out.graph().find(ObjectKind::domain_constraint, out.object(domain).payload, part);
  return id != kNoDump && out.object(id).inlined;
}

std::string create_sql(const Emitter& out, DumpId id, const Type& type) {
  std::string sql = "CREATE DOMAIN " + out.lookup().sql_name(type) + " AS " + type.base_type_sql;
  if (!type.collation_sql.empty()) sql += " COLLATE " + type.collation_sql;
  sql += not_null_sql(type);
  if (type.default_sql) sql += " DEFAULT " + *type.default_sql;
  for (Index part = 0; part < type.constraints.size(); ++part) {
    const DomainConstraint& constraint = type.constraints[part];
    if (constraint.type == 'n' || !is_inlined(out, id, part)) continue;
    sql += "\n\tCONSTRAINT " + quote_identifier(constraint.name) + " " + constraint.definition_sql;
  }
  return sql;
}

Target constraint_target(const Emitter& out, const Type& type, const DomainConstraint& constraint) {
  return {"CONSTRAINT", quote_identifier(constraint.name) + " ON DOMAIN " + out.lookup().sql_name(type)};
}

void write_domain(Emitter& out, DumpId id) {
  const Type& type = out.catalog().types[out.object(id).payload];
  write_type(out, id, type, "DOMAIN", create_sql(out, id, type));
  for (Index part = 0; part < type.constraints.size(); ++part) {
    const DomainConstraint& constraint = type.constraints[part];
    const bool unsaid = constraint.type == 'n' && &constraint != not_null_of(type);
    if (unsaid || !is_inlined(out, id, part)) continue;
    out.comment_on(id, {catalog_oid::kConstraint, constraint.oid}, constraint_target(out, type, constraint));
  }
}

// After the data: rows may break a constraint that was not validated, and the check of one that was reads
// them.
std::vector<Index> tables_using(const Emitter& out, DumpId domain) {
  std::vector<Index> tables;
  for (const DumpId user : out.graph().users_of(domain, may_contain_domain)) {
    if (out.object(user).kind == ObjectKind::table) tables.push_back(out.object(user).payload);
  }
  return tables;
}

void write_constraint(Emitter& out, DumpId id) {
  const DumpObject& object = out.object(id);
  const Type& type = out.catalog().types[object.payload];
  const DomainConstraint& constraint = type.constraints[object.part];
  if (!out.wants(id, kDefinition)) return;
  const std::string domain = out.lookup().sql_name(type), name = quote_identifier(constraint.name);
  format::TocEntry entry = out.entry_for(id, "CHECK CONSTRAINT");
  entry.owner = type.owner;
  if (waits_for_all_rows(out.context(), type, constraint)) entry.pass = format::Pass::post_acl;
  entry.create.push_back(
      {"ALTER DOMAIN " + domain + "\n    ADD CONSTRAINT " + name + " " + constraint.definition_sql});
  entry.drop.push_back(
      {if_type_exists_sql(domain, "ALTER DOMAIN " + domain + " DROP CONSTRAINT IF EXISTS " + name)});
  EntryLinks links;
  if (object.section == format::Section::post_data) links.locks = tables_using(out, object.parent);
  out.define(id, std::move(entry), std::move(links));
  out.comment(id, constraint_target(out, type, constraint));
}

}  // namespace

const Family& domain_family() {
  static const Family kFamily{
      collect, link, {{ObjectKind::domain, write_domain}, {ObjectKind::domain_constraint, write_constraint}}};
  return kFamily;
}

}  // namespace pgark::dumper
