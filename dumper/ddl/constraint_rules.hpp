// Checks and not-nulls in families of tables: which a table says itself, which come from its parents
// (SCHEMA_COVERAGE B35, B36). Pure functions over the catalog.
#pragma once

#include "dumper/ddl/build_context.hpp"

namespace pgark::dumper {

// Says the same thing of a child as `parent` says of its parent: equal names for checks, equal columns for
// NOT NULL.
bool is_same_constraint(const Catalog& catalog, const Constraint& child, const Constraint& parent);

// It arrives with a parent's that is not validated, and has to be validated again.
bool is_validated_afterwards(const BuildContext& context, const Constraint& constraint);

// A check that looks at other tables: it can be fulfilled only when all rows are there (E11, F49), so it
// comes after them, and after the indexes its functions may need. Partitions get it from their parent, then.
bool waits_for_all_rows(const BuildContext& context, const Constraint& constraint);

// The table says it itself, in CREATE TABLE or afterwards. Otherwise it arrives with the parent's. A
// partition is created alone and says everything that is validated. What is validated below a NOT NULL that
// is not is left to the parent, which adds it after the data: said here, it would become the table's own
// (F55). It has to be said all the same where the parent's would arrive under another name or too late,
// unless another parent brings one with the table.
bool is_said_by_table(const BuildContext& context, const Constraint& constraint);

}  // namespace pgark::dumper
