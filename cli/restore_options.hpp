// What a person may say to pgark restore and pgark convert: which entries of an archive, beyond what backup
// can choose too, and how they are restored.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cli/filter_file.hpp"
#include "cli/restore_choice.hpp"

namespace pgark::cli {

// -I, -P, --trigger, -L, --filter, --strict-names.
void add_entry_options(CLI::App& command, RestoreChoice& choice);
// -e, --append, --transaction-size, --no-data-for-failed-tables: what a script cannot do by itself.
void add_live_options(CLI::App& command, RestoreChoice& choice, const std::string& group);

// Adds a filter file's rules to the patterns. Errors: usage, naming the rule's line, for a kind that a
// restore does not filter by.
Result<> apply_filter(const std::vector<FilterRule>& rules, RestoreChoice& choice);

}  // namespace pgark::cli
