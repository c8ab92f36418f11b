// Checks and not-nulls in families of tables: which a table says itself, which come from its parents
// (SCHEMA_COVERAGE B35, B36). Pure functions over the catalog.
#pragma once

#include "dumper/ddl/build_context.hpp"

namespace pgark::dumper {

// Says the same thing of a child as `parent` says of its parent: equal names for checks, equal columns for
// NOT NULL.
bool is_same_constraint(const Catalog& catalog, const Constraint& child, const Constraint& parent);

// A parent has the same constraint and has not validated it.
bool parent_is_not_validated(const BuildContext& context, const Constraint& constraint);

// The table says it itself, in CREATE TABLE or afterwards. Otherwise it arrives with the parent's. A
// partition is created alone and says everything that is validated, except a NOT NULL that its parent adds
// after the data: that one would become the partition's own (F55).
bool is_said_by_table(const BuildContext& context, const Constraint& constraint);

}  // namespace pgark::dumper
