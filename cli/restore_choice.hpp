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
  std::string use_list;    // path
  bool if_exists = false;  // what the archive says already
  bool always_so = false;  // options that say what pgark does anyway
};

// --clean, --create, --if-exists, --single-transaction, --disable-triggers, in the group given.
void add_restore_choice(CLI::App& command, RestoreChoice& choice, const std::string& group);
// --map-owner, --rename-schema, --rename-table.
void add_name_changes(CLI::App& command, RestoreChoice& choice);
// --role, --enable-row-security of the sessions that restore.
void add_target_session(CLI::App& command, RestoreChoice& choice, const std::string& group);

// --globals, --no-role-passwords.
void add_globals_options(CLI::App& command, bool& globals, bool& no_role_passwords, const std::string& verb);

// Reads the files that options name. Throws usage for options that contradict each other, io.
restore::RestoreOptions restore_options(RestoreChoice choice);

}  // namespace pgark::cli
