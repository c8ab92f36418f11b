// What of an archive is restored and how: the options that every command has which turns an archive into
// statements.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/connection_options.hpp"
#include "restore/options.hpp"

namespace pgark::cli {

struct RestoreChoice {
  SelectionOptions selection;
  std::vector<std::string> sections;
  restore::RestoreOptions restore;
};

// --clean, --create, --section, --no-owner, --no-privileges, in the group given.
void add_restore_choice(CLI::App& command, RestoreChoice& choice, const std::string& group);

restore::RestoreOptions restore_options(const RestoreChoice& choice);

}  // namespace pgark::cli
