// Where backups are: --backup-dir, or BACKUP_DIR, or ./backups.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "storage/store.hpp"

namespace pgark::cli {

struct PlaceOptions {
  std::string place;  // as given; empty: from the environment
};

CLI::Option* add_place_option(CLI::App& command, PlaceOptions& options);
std::string place_name(const PlaceOptions& options);
// Throws Exception. `sync`: as in FileChoice.
std::unique_ptr<storage::Store> open_place(const PlaceOptions& options, bool sync = true);

// The same for one place, from wherever it is looked at: a folder with its full path.
std::string full_place_name(const storage::Store& place);

}  // namespace pgark::cli
