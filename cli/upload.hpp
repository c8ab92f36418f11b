// Copies an archive, as it is, to several places at once.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "cli/named_backup.hpp"

namespace pgark::cli {

// Checks places before anything is done: each is a place, none is there twice, and none is `own`, where the
// backup itself goes (full_place_name(); empty: in no place). Throws Exception (usage).
std::vector<std::string> upload_places(const std::vector<std::string>& given, const std::string& own);

struct UploadSource {
  std::string path;                   // of the archive
  std::optional<BackupFiles> backup;  // nullopt: an archive without a side file
  std::uint32_t packs = 0;            // 0: it is one file
  std::uint64_t file_bytes = 0;
  bool overwrite = false;
};

// Copies the archive into each place, under its own name; each has a thread, and one that fails, from its
// beginning on, does not stop the others. A backup keeps its side file there, which comes last; the lock of
// the database's backups is held there meanwhile, and what dead runs have left of them is removed. Returns
// the exit status: of the first that failed, after all have ended; each failure is printed. `copies_made`
// gets what came of each.
int upload_to_places(const UploadSource& source, const std::vector<std::string>& places, Console& console,
                     nlohmann::json& copies_made);

}  // namespace pgark::cli
