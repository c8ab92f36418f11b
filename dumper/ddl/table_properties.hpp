// Statements that give a table or materialized view what CREATE cannot say (SCHEMA_COVERAGE B33, B38).
#pragma once

#include <string>
#include <vector>

#include "dumper/ddl/build_context.hpp"

namespace pgark::dumper {

// " WITH (...)" from the options of the relation and of its toast table, or nothing.
std::string storage_options_sql(const Relation& relation);

// In the order to run, for tables and materialized views.
std::vector<std::string> table_property_statements(const BuildContext& context, Index position);

}  // namespace pgark::dumper
