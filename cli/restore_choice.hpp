// What of an archive is restored and how: the options that every command has which turns an archive into
// statements.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/selection_options.hpp"
#include "restore/options.hpp"

namespace pgark::cli {

struct RestoreChoice {
  SelectionOptions selection;
  restore::RestoreOptions restore;
};

// --clean, --create, in the group given.
void add_restore_choice(CLI::App& command, RestoreChoice& choice, const std::string& group);

// Throws usage for options that contradict each other.
restore::RestoreOptions restore_options(const RestoreChoice& choice);

}  // namespace pgark::cli
