// Copies an archive, as it is, to several places at once.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "cli/named_backup.hpp"
#include "format/reader.hpp"
#include "storage/local_file.hpp"

namespace pgark::cli {

// Each destination has a thread, and does not wait for the others. Returns the exit status: of the first that
// failed, after all have ended; each failure is printed. Throws Exception before anything is copied when one
// of them cannot be begun. `name` is what `archive` was opened by.
int upload_archive(const std::string& name, const format::ArchiveReader& archive,
                   const std::vector<std::string>& destinations, storage::FileChoice choice,
                   Console& console);

// Checks places before anything is done: each is a place, none is there twice, and none is `own`, where the
// backup itself goes (full_place_name(); empty: in no place). Throws Exception (usage).
std::vector<std::string> upload_places(const std::vector<std::string>& given, const std::string& own);

struct UploadSource {
  std::string path;                     // of the archive
  const NamedBackup* backup = nullptr;  // borrowed; null: an archive without a side file
  std::uint64_t file_bytes = 0;
  bool overwrite = false;
};

// Copies the archive into each place, under its own name; one that fails, from its beginning on, does not
// stop the others. A backup keeps its side file there, which comes last; the lock of the database's backups
// is held there meanwhile, and what dead runs have left of them is removed. Returns as above; `copies_made`
// gets what came of each.
int upload_to_places(const UploadSource& source, const std::vector<std::string>& places, Console& console,
                     nlohmann::json& copies_made);

}  // namespace pgark::cli
