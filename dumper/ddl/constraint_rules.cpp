#include "dumper/ddl/constraint_rules.hpp"

#include "dumper/ddl/relation_common.hpp"

namespace pgark::dumper {
namespace {

// The column a NOT NULL constraint is about; nullptr for other kinds.
const Column* constrained_column(const Catalog& catalog, const Constraint& constraint) {
  if (constraint.type != 'n' || constraint.columns.empty()) return nullptr;
  return column_at(catalog.relations[constraint.relation], constraint.columns.front());
}

}  // namespace

bool is_same_constraint(const Catalog& catalog, const Constraint& child, const Constraint& parent) {
  if (child.type != parent.type) return false;
  const Column *of_child = constrained_column(catalog, child),
               *of_parent = constrained_column(catalog, parent);
  if (of_child != nullptr && of_parent != nullptr) return of_child->name == of_parent->name;
  return child.type == 'c' && child.name == parent.name;
}

bool parent_is_not_validated(const BuildContext& context, const Constraint& constraint) {
  for (const Index parent : context.catalog.relations[constraint.relation].parents) {
    for (const Index i : context.lookup.constraints_of(parent)) {
      const Constraint& above = context.catalog.constraints[i];
      if (!above.validated && is_same_constraint(context.catalog, constraint, above)) return true;
    }
  }
  return false;
}

bool is_said_by_table(const BuildContext& context, const Constraint& constraint) {
  if (constraint.local) return true;
  if (!context.catalog.relations[constraint.relation].partition || !constraint.validated) return false;
  return constraint.type != 'n' || !parent_is_not_validated(context, constraint);
}

}  // namespace pgark::dumper
