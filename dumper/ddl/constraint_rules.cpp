#include "dumper/ddl/constraint_rules.hpp"

#include <algorithm>

#include "dumper/ddl/relation_common.hpp"

namespace pgark::dumper {
namespace {

// The column a NOT NULL constraint is about; nullptr for other kinds.
const Column* constrained_column(const Catalog& catalog, const Constraint& constraint) {
  if (constraint.type != 'n' || constraint.columns.empty()) return nullptr;
  return column_at(catalog.relations[constraint.relation], constraint.columns.front());
}

template <class Visit>
void for_each_same_of_parents(const BuildContext& context, const Constraint& constraint, Visit visit) {
  for (const Index parent : context.catalog.relations[constraint.relation].parents) {
    for (const Index i : context.lookup.constraints_of(parent)) {
      const Constraint& above = context.catalog.constraints[i];
      if (is_same_constraint(context.catalog, constraint, above)) visit(above);
    }
  }
}

bool is_in_primary_key(const BuildContext& context, const Constraint& not_null) {
  for (const Index i : context.lookup.constraints_of(not_null.relation)) {
    const Constraint& key = context.catalog.constraints[i];
    if (key.type != 'p') continue;
    if (std::ranges::find(key.columns, not_null.columns.front()) != key.columns.end()) return true;
  }
  return false;
}

// A NOT NULL that exists once the data is there: one that is not validated, and a validated one below such,
// which is left to the parents and validated then. Not so when it has a name of its own, when another parent
// brings one with the table already, or when a primary key asks for it.
bool comes_late(const BuildContext& context, const Constraint& not_null) {
  if (!not_null.validated) return true;
  if (not_null.local) return false;
  bool inherited = false, late = true;
  for_each_same_of_parents(context, not_null, [&](const Constraint& above) {
    inherited = true;
    late = late && above.name == not_null.name && comes_late(context, above);
  });
  return inherited && late && !is_in_primary_key(context, not_null);
}

// When the parents' arrive.
struct Arrivals {
  bool early = false, late = false;
};

Arrivals arrivals_of(const BuildContext& context, const Constraint& not_null) {
  Arrivals found;
  for_each_same_of_parents(context, not_null, [&](const Constraint& above) {
    (comes_late(context, above) ? found.late : found.early) = true;
  });
  return found;
}

bool parent_is_not_validated(const BuildContext& context, const Constraint& constraint) {
  bool found = false;
  for_each_same_of_parents(context, constraint,
                           [&](const Constraint& above) { found = found || !above.validated; });
  return found;
}

bool has_comment(const BuildContext& context, const Constraint& constraint) {
  return context.lookup.comment({catalog_oid::kConstraint, constraint.oid}) != nullptr;
}

}  // namespace

bool is_same_constraint(const Catalog& catalog, const Constraint& child, const Constraint& parent) {
  if (child.type != parent.type) return false;
  const Column *of_child = constrained_column(catalog, child),
               *of_parent = constrained_column(catalog, parent);
  if (of_child != nullptr && of_parent != nullptr) return of_child->name == of_parent->name;
  return child.type == 'c' && child.name == parent.name;
}

bool is_validated_afterwards(const BuildContext& context, const Constraint& constraint) {
  if (constraint.local || !constraint.validated || !parent_is_not_validated(context, constraint))
    return false;
  return constraint.type != 'n' || comes_late(context, constraint);
}

bool waits_for_all_rows(const BuildContext& context, const Constraint& constraint) {
  return constraint.type == 'c' && constraint.validated && context.lookup.may_read_rows(constraint.oid);
}

bool is_said_by_table(const BuildContext& context, const Constraint& constraint) {
  if (constraint.local) return true;
  if (!constraint.validated) return false;
  const Relation& table = context.catalog.relations[constraint.relation];
  const bool partition = table.partition;
  if (waits_for_all_rows(context, constraint)) {
    const auto is_saved = [&](Index parent) { return context.wants(parent, kDefinition); };
    return partition && std::ranges::none_of(table.parents, is_saved);
  }
  if (constraint.type != 'n') return partition;
  const Arrivals arrivals = arrivals_of(context, constraint);
  if (!arrivals.late || partition) return partition && !comes_late(context, constraint);
  if (comes_late(context, constraint)) return false;
  return !arrivals.early || has_comment(context, constraint);
}

}  // namespace pgark::dumper
