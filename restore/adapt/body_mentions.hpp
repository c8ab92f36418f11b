// Bodies of functions that are strings, whatever their language, and the old names in them. They are not
// changed: what a name means there only its language knows. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/sql_lexer.hpp"
#include "restore/adapt/renames.hpp"

namespace pgark::restore {

// What stands behind AS in CREATE FUNCTION; nullopt for other statements, bodies in SQL and functions in C.
std::optional<std::string> routine_body(std::span<const SqlToken> tokens);

// A sentence for each renamed schema that stands before a dot, and each renamed table that is named.
std::vector<std::string> mentions_in(std::string_view body, const Renames& renames);

}  // namespace pgark::restore
