// Which objects and which parts of them: the options that backup and restore share.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/content_choice.hpp"
#include "base/error.hpp"

namespace pgark::cli {

// Headings of --help.
inline constexpr const char* kSelectionGroup = "What to take";
inline constexpr const char* kPartsGroup = "Which parts of it";
inline constexpr const char* kLeaveOutGroup = "What to leave out";

struct SelectionOptions : ContentChoice {
  std::vector<std::string> include_schemas, exclude_schemas, include_tables, exclude_tables;
  std::vector<std::string> filters;   // --filter, the paths as given
  std::vector<std::string> sections;  // --section, as given
  bool strict_names = false;
};

// -n, -N, -t, -T; -s, -a, --no-schema, --no-data, --section; -O, -x and the other
// --no-... that both sides have. `verb`: "save" or "restore".
void add_selection_options(CLI::App& command, SelectionOptions& options, const std::string& verb);

// --filter, --strict-names.
void add_name_options(CLI::App& command, SelectionOptions& options);

// The choice, with the sections that were named. Errors: usage, for options that contradict each other or
// leave nothing.
Result<ContentChoice> content_choice(const SelectionOptions& options);

}  // namespace pgark::cli
