// The words that PostgreSQL's grammar does not accept everywhere as a bare identifier: the union of the
// non-unreserved keywords of all majors 13 to 18, so that text quoted here is right for every target.
// Thread rule: pure. Source: PostgreSQL documentation, appendix "SQL Key Words"; pg_get_keywords().
#pragma once

#include <span>
#include <string_view>

namespace pgark {

// `word` in lower case.
bool is_sql_keyword(std::string_view word);

// All of them, sorted bytewise.
std::span<const std::string_view> sql_keywords();

}  // namespace pgark
