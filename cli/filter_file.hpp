// The file of --filter: one rule per line, which says what to take and what to leave.
//
//   include|exclude KIND PATTERN     # a comment
//
// KIND is table, table_and_children, table_data, table_data_and_children, schema, extension, foreign_data,
// function, index or trigger. PATTERN is what the option of that kind takes; inside double quotes it may span
// lines and hold '#'. Lines that are empty or begin with '#' are skipped. Source: pg_dump documentation 17,
// --filter. Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace pgark::cli {

enum class FilterKind : std::uint8_t {
  table,
  table_and_children,
  table_data,
  table_data_and_children,
  schema,
  extension,
  foreign_data,
  function,
  index,
  trigger,
};

std::string_view filter_kind_name(FilterKind kind);

struct FilterRule {
  bool include = true;
  FilterKind kind = FilterKind::table;
  std::string pattern;
  std::size_t line = 0;  // where the rule begins, from 1
  bool operator==(const FilterRule&) const = default;
};

inline constexpr std::size_t kFilterBytesMax = std::size_t{64} << 20;

// Errors: usage, with `file_name:line` as the object.
Result<std::vector<FilterRule>> parse_filter(std::string_view text, std::string_view file_name);

// Adds each rule's pattern to the list it belongs to. `command` reads "a backup"; `list_of` gives nullptr for
// a kind that the command does not filter by. Errors: usage, naming that rule's line.
Result<> apply_rules(const std::vector<FilterRule>& rules, std::string_view command,
                     const std::function<std::vector<std::string>*(const FilterRule&)>& list_of);

// The rules of the files in their order; "-" is standard input. Errors: io, usage.
Result<std::vector<FilterRule>> read_filters(const std::vector<std::string>& paths);

}  // namespace pgark::cli
