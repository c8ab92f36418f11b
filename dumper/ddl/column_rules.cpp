#include "dumper/ddl/column_rules.hpp"

#include "base/sql_quote.hpp"
#include "dumper/ddl/constraint_rules.hpp"

namespace pgark::dumper {
namespace {

const Column* column_named(const Relation& table, const std::string& name) {
  for (const Column& column : table.columns) {
    if (!column.dropped && column.name == name) return &column;
  }
  return nullptr;
}

template <class Visit>
void for_each_parent_column(const Catalog& catalog, Index table, const Column& column, Visit visit) {
  for (const Index parent : catalog.relations[table].parents) {
    const Column* found = column_named(catalog.relations[parent], column.name);
    if (found != nullptr) visit(*found);
  }
}

const AttributeDefault* default_of(const Catalog& catalog, const Column& column) {
  return column.default_value == kNone ? nullptr : &catalog.defaults[column.default_value];
}

bool parent_has_default(const Catalog& catalog, Index table, const Column& column) {
  bool found = false;
  for_each_parent_column(catalog, table, column, [&](const Column& parent) {
    found = found || (parent.default_value != kNone && parent.generated == 0);
  });
  return found;
}

bool parent_is_not_null(const Catalog& catalog, Index table, const Column& column) {
  bool found = false;
  for_each_parent_column(catalog, table, column,
                         [&](const Column& parent) { found = found || parent.not_null; });
  return found;
}

}  // namespace

bool is_printed(const Relation& table, const Column& column) {
  return !column.dropped && (column.local || table.partition);
}

bool inherits_generation(const BuildContext& context, Index table, const Column& column) {
  const Catalog& catalog = context.catalog;
  const AttributeDefault* own = default_of(catalog, column);
  if (own == nullptr || column.generated == 0 || catalog.relations[table].partition) return false;
  bool same = false, different = false;
  for_each_parent_column(catalog, table, column, [&](const Column& parent) {
    if (parent.generated == 0) return;
    const AttributeDefault* theirs = default_of(catalog, parent);
    const bool equal = theirs != nullptr && theirs->expression_sql == own->expression_sql;
    (equal ? same : different) = true;
  });
  return same && !different;
}

InlineDefault inline_default(const BuildContext& context, Index table, const Column& column) {
  InlineDefault result;
  const Catalog& catalog = context.catalog;
  const AttributeDefault* own = default_of(catalog, column);
  if (own == nullptr) {
    // Partitions are created stand-alone, so there is nothing to take away.
    const bool suppress = !catalog.relations[table].partition && parent_has_default(catalog, table, column);
    if (suppress) result = {true, 0, "NULL"};
    return result;
  }
  const DumpId id = context.graph.find(CatalogId{catalog_oid::kAttrdef, own->oid});
  if (id != kNoDump && !context.graph[id].inlined) return result;
  if (inherits_generation(context, table, column)) return result;
  return {true, column.generated, own->expression_sql};
}

bool needs_null_default(const BuildContext& context, Index table, const Column& column) {
  const Relation& relation = context.catalog.relations[table];
  return !column.dropped && !is_printed(relation, column) && column.default_value == kNone &&
         parent_has_default(context.catalog, table, column);
}

NotNull not_null_of(const BuildContext& context, Index table, const Column& column) {
  NotNull result;
  const Catalog& catalog = context.catalog;
  const Relation& relation = catalog.relations[table];
  if (column.dropped || !column.not_null) return result;
  if (column.not_null_constraint == kNone) {
    result.present = relation.partition || !parent_is_not_null(catalog, table, column);
    return result;
  }
  const Constraint& constraint = catalog.constraints[column.not_null_constraint];
  // Not validated: added after the data. Inherited: comes with the parent.
  if (!constraint.validated || !is_said_by_table(context, constraint)) return result;
  result.present = true;
  result.no_inherit = constraint.no_inherit;
  const bool commented = context.lookup.comment({catalog_oid::kConstraint, constraint.oid}) != nullptr;
  const bool usual = constraint.name == relation.name + "_" + column.name + "_not_null";
  if (!usual || commented) result.name = quote_identifier(constraint.name);
  return result;
}

}  // namespace pgark::dumper
