// What a person may say to pgark backup beyond where from and where to: which objects, which parts, and how
// the source is read. Options that restore has as well are in selection_options.hpp.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cli/filter_file.hpp"
#include "cli/selection_options.hpp"
#include "dumper/options.hpp"

namespace pgark::cli {

struct BackupChoice {
  SelectionOptions shared;
  dumper::Selection selection;  // what restore does not have
  dumper::SessionOptions session;
  bool large_objects = false, no_large_objects = false;
};

void add_backup_choice(CLI::App& command, BackupChoice& choice);

// Adds a filter file's rules to the patterns. Errors: usage, naming the rule's line, for a kind that a backup
// does not filter by.
Result<> apply_filter(const std::vector<FilterRule>& rules, BackupChoice& choice);

struct BackupPlan {
  dumper::Selection selection;
  dumper::SessionOptions session;
};
// Reads the filter files and checks what was asked for. Errors: usage, io.
Result<BackupPlan> backup_plan(BackupChoice choice);

}  // namespace pgark::cli
