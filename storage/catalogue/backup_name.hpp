// Names of backups: "<database>_2026-01-15T14-30-00-000Z". Pure.
//
// Letters, digits, ".", "_" and "-" of a database's name stand for themselves (the first must not be "." or
// "-"), every other byte as "%XX" with upper-case digits. So every database has a name of its own that is
// safe in shells, URLs and file systems, and leads back to it.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "storage/catalogue/time_text.hpp"

namespace pgark::storage {

inline constexpr std::string_view kArchiveSuffix = ".pgark";
inline constexpr std::string_view kMetadataSuffix = ".metadata.json";  // behind the archive's

struct BackupName {
  std::string database;  // raw
  TimePoint started;

  auto operator<=>(const BackupName&) const = default;
};

std::string escape_database(std::string_view database);
// None for what escape_database() does not write.
std::optional<std::string> unescape_database(std::string_view escaped);

// Without a suffix.
std::string backup_name(const BackupName& name);
std::optional<BackupName> parse_backup_name(std::string_view text);

// The archive of a backup, and what stands beside it: "<name>.pgark", "<name>.pgark.metadata.json".
std::string archive_key(const BackupName& name);
std::string metadata_key(const BackupName& name);

}  // namespace pgark::storage
