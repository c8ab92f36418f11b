// Restores that take the place of what a database in use holds (docs/replace.md).
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <exception>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "cli/restore_result.hpp"
#include "format/reader.hpp"
#include "protocol/params/connect_params.hpp"
#include "restore/options.hpp"
#include "restore/replace/live_database.hpp"
#include "restore/replace/swap.hpp"

namespace pgark::cli {

enum class Strategy {
  plain,     // into the target, as the other options say
  swap,      // beside it, then the names change places
  in_place,  // over it, after a backup that is put back when anything fails
};

struct ReplaceChoice {
  Strategy strategy = Strategy::plain;
  bool force = false;         // ask nobody
  std::string safety_backup;  // where in_place keeps what was there; empty: a name is made
};
void add_replace_options(CLI::App& command, ReplaceChoice& choice, const std::string& group);
// Throws usage for options that contradict the strategy.
void check_replace_options(const ReplaceChoice& choice, const restore::RestoreOptions& restore);

struct ReplaceRequest {
  const format::ArchiveReader& archive;
  std::string archive_path;
  params::ConnectParams target;
  restore::RestoreOptions restore;
  ReplaceChoice choice;
};

// Before a plain restore with --clean: asks the person at the terminal, if there is one and something to
// lose, and reads the whole archive before anything is dropped.
void prepare_clean(const ReplaceRequest& request, Console& console);

// Restores, proves and swaps. A result that is not whole: nothing has changed. `more` gets what happened.
RestoreResult restore_by_swap(const ReplaceRequest& request, Console& console, nlohmann::json& more);

// The same with schemas in one database, for a role that may not make another.
bool swaps_schemas(const ReplaceRequest& request, Console& console);
RestoreResult restore_by_schemas(const ReplaceRequest& request, Console& console, nlohmann::json& more);
// Throws mismatch for everything that keeps it from being done; the options of the restore beside.
restore::RestoreOptions plan_schemas(const ReplaceRequest& request, const std::string& stamp,
                                     Console& console);

// Backs up, restores over it and proves; when that fails puts back what was there and throws.
RestoreResult restore_in_place(const ReplaceRequest& request, Console& console, nlohmann::json& more);

// Empties the database, restores the archive, which is all of what it is to hold, and proves it.
RestoreResult replace_all(const ReplaceRequest& request, Console& console);

// The archive is of a whole database, and all of it is restored.
bool replaces_everything(const ReplaceRequest& request);

// "RESTORE" must be typed; anything else throws interrupted. Without a terminal throws usage, that names
// --force. `how`: what will be done, one line.
void ask_for_restore(const restore::LiveDatabase& live, const ReplaceRequest& request,
                     const std::string& how);

// Somebody can be asked.
bool has_terminal();
// Likewise in general: shows the text and waits for the word.
void confirm_with_word(const std::string& word, const std::string& text);
// What the target holds now.
restore::LiveDatabase look(const ReplaceRequest& request, Console& console);

// A restore into a database of that name failed because somebody else makes it: it is not ours to drop.
bool is_somebody_elses(const std::exception_ptr& failure);
// Now, or the next second that no name beside the database has.
std::chrono::sys_seconds unused_second(const std::vector<restore::AsideDatabase>& others);

// One restore and, when `verify`, its proof.
RestoreResult run_restore_once(const ReplaceRequest& request, bool verify, Console& console);

}  // namespace pgark::cli
