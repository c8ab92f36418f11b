// Are two databases the same? Asked of PostgreSQL's own tools, which know nothing of pgark.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/cluster.hpp"

namespace pgark::test {

// One line per table and materialized view, "name|rows|md5 over the ordered rows", and one per sequence,
// "name|last_value|is_called", in the order of their names. Schemas of extensions included.
std::string database_contents(Cluster& cluster, std::string_view database);

// Number of tables, sequences, views, functions and types outside the system schemas.
int user_object_count(Cluster& cluster, std::string_view database);

// Schema (pg_dump -s without version lines) and contents equal; the failure shows the first differing lines.
testing::AssertionResult same_database(Cluster& one, std::string_view one_database, Cluster& other,
                                       std::string_view other_database);

// Equal texts; the failure shows where they part, not the whole of them.
testing::AssertionResult same_text(std::string_view what, std::string_view one, std::string_view other);

}  // namespace pgark::test
