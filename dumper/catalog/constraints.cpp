// Constraints of tables (B35, B36, B44 to B46); those of domains are read with the types. Constraint triggers
// are triggers.
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// The partition's part of a foreign key of the partitioned table, which has another name.
constexpr const char* kOwnName =
    "EXISTS (SELECT FROM pg_catalog.pg_constraint above WHERE above.oid = c.conparentid AND c.contype = 'f' "
    "AND"
    " above.conname <> c.conname AND above.conrelid <> c.conrelid AND above.confrelid = c.confrelid)";

// A foreign key with a parent is a clone that the parent's creation makes again; only a comment on it is
// ours, or that it has a name of its own.
std::string constraints_sql(const Reading& reading) {
  return "SELECT c.oid, c.conname, c.contype, c.conrelid, c.conindid, c.confrelid, c.conparentid, "
         "c.condeferrable,"
         " c.condeferred, c.convalidated, " +
         since(reading, 18, "c.conenforced", "true") + ", c.conislocal, c.connoinherit, " +
         since(reading, 18, "c.conperiod", "false") +
         ", c.coninhcount, c.conkey, pg_catalog.pg_get_constraintdef(c.oid), own.name"
         " FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted(oid)"
         " JOIN pg_catalog.pg_constraint c ON c.conrelid = wanted.oid CROSS JOIN LATERAL (SELECT " +
         kOwnName +
         " AS name) own"
         " WHERE c.contype IN ('c', 'n', 'p', 'u', 'x') OR (c.contype = 'f' AND (c.conparentid = 0 OR "
         "own.name OR"
         " EXISTS (SELECT 1 FROM pg_catalog.pg_description d WHERE d.classoid ="
         " 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.objoid = c.oid)))"
         " ORDER BY c.conrelid, c.conname";
}

bool has_index(char type) {
  return type == 'p' || type == 'u' || type == 'x';
}

// 18+: the column points at its named NOT NULL constraint.
void link_not_null(Relation& relation, const Constraint& constraint, Index position) {
  for (const std::int16_t number : constraint.columns) {
    const auto column = static_cast<std::size_t>(number) - 1;
    if (number > 0 && column < relation.columns.size())
      relation.columns[column].not_null_constraint = position;
  }
}

void take_constraint(Reading& reading, Row& row) {
  Constraint constraint;
  constraint.oid = row.oid();
  constraint.name = row.text();
  constraint.type = row.character();
  constraint.relation = reading.relation_index(row.oid());
  const Oid index = row.oid();
  constraint.referenced_relation = row.oid();
  constraint.parent = row.oid();
  constraint.deferrable = row.boolean();
  constraint.deferred = row.boolean();
  constraint.validated = row.boolean();
  constraint.enforced = row.boolean();
  constraint.local = row.boolean();
  constraint.no_inherit = row.boolean();
  constraint.period = row.boolean();
  constraint.inherit_count = static_cast<int>(row.integer());
  for (const std::int64_t column : row.integer_list()) {
    constraint.columns.push_back(static_cast<std::int16_t>(column));
  }
  Relation& relation = reading.catalog.relations[constraint.relation];
  constraint.definition_sql = row.definition(reading.describe(relation) + "." + constraint.name);
  constraint.own_name = row.boolean();
  if (constraint.type == 'f') constraint.referenced_index = index;
  if (has_index(constraint.type)) {
    const auto found = reading.catalog.index_by_oid.find(index);
    // Without its index (a parent that is read only for its columns) it is not ours to save.
    if (found == reading.catalog.index_by_oid.end()) return;
    constraint.index = found->second;
  }
  constraint.components = relation.components;
  constraint.inline_in_table = (constraint.type == 'c' || constraint.type == 'n') && constraint.validated;
  const auto position = static_cast<Index>(reading.catalog.constraints.size());
  if (constraint.type == 'n') link_not_null(relation, constraint, position);
  reading.catalog.constraint_by_oid[constraint.oid] = position;
  reading.catalog.constraints.push_back(std::move(constraint));
}

}  // namespace

void add_constraints(const Reading& reading, Steps& steps) {
  const std::string wanted = relation_oids(reading, [](const Relation& relation) {
    const bool constrainable = relation.kind == 'r' || relation.kind == 'p' || relation.kind == 'f';
    return constrainable && relation.interesting;
  });
  steps.push_back(row_step("constraints", constraints_sql(reading), {wanted}, take_constraint,
                           room_in(&Catalog::constraints, &Catalog::constraint_by_oid)));
}

}  // namespace pgark::dumper
