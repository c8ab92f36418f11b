// What stands beside a backup: "<archive>.metadata.json", described in docs/backups.md.
//
// Its schema has a version. Readers take any file of theirs, members they do not know included; a newer
// version is refused. Text that is not UTF-8 has U+FFFD in the place of the bytes that are not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "format/reader.hpp"
#include "format/toc.hpp"
#include "storage/catalogue/time_text.hpp"
#include "storage/catalogue/timeline.hpp"

namespace pgark::storage {

inline constexpr int kMetadataVersion = 1;
// Some hundred thousand tables.
inline constexpr std::uint64_t kMetadataBytesMax = std::uint64_t{256} << 20;

struct TableFacts {
  std::string schema, name;
  std::uint64_t rows = 0;
  std::uint64_t raw_bytes = 0;
  std::uint64_t stored_bytes = 0;
  std::string digest;  // of all rows, as pgark inspect prints it
  bool operator==(const TableFacts&) const = default;
};

struct FileFacts {
  std::string name;  // from the folder that the side file stands in
  std::uint64_t bytes = 0;
  std::string sha256;  // 64 hexadecimal digits
  bool operator==(const FileFacts&) const = default;
};

// How much of an archive was looked at. Each includes those above it.
enum class VerifyLevel : std::uint8_t { index, bytes, decode, restore };
const char* level_name(VerifyLevel level);
std::optional<VerifyLevel> parse_level(std::string_view name);

struct Verification {
  TimePoint at;  // when it began
  VerifyLevel level = VerifyLevel::index;
  bool passed = false;
  double seconds = 0;
  bool drill = false;   // by pgark drill: `seconds` is what the restore took, all rows and indexes
  std::string sample;   // "2/7"; empty: chosen for itself
  std::string message;  // what was found
  std::optional<Timeline> timeline;  // of a restore
  bool operator==(const Verification&) const = default;
};

struct Metadata {
  std::string name;            // of the backup
  std::string format;          // "custom" or "directory"
  std::string archive_format;  // "1.5"
  std::string database;
  std::string server_version, server_version_num;
  std::string pgark_version;
  std::string content;  // "full", "schema-only", "data-only", "selection"
  std::string options;  // that changed what the archive holds
  TimePoint started, finished;
  double duration_seconds = 0;
  std::string snapshot_lsn;  // empty when the server would not tell
  bool complete = false;     // false: an object could not be saved, `report` names it
  bool encrypted = false;
  std::uint64_t file_bytes = 0;
  std::uint64_t raw_bytes = 0;  // of all rows, uncompressed
  std::uint64_t entries = 0;
  std::uint64_t rows = 0;  // of tables and large objects
  std::vector<TableFacts> tables;
  std::vector<FileFacts> files;
  std::vector<format::ReportItem> report;
  std::optional<Timeline> timeline;         // of the backup
  std::vector<Verification> verifications;  // oldest first

  // The newest that passed and looked at every byte; nullptr: none has, or damage is known.
  const Verification* verified() const;
  // The newest that failed, unless one that looked at as much has passed since. A drill that failed is not
  // proof of damage: the server may have lacked something.
  const Verification* known_damage() const;
  // The newest drill, however it ended; nullptr: there was none.
  const Verification* drill() const;
  bool operator==(const Metadata&) const = default;
};

// What the archive says of itself: all but its name, the files and what was verified. The duration is to the
// second.
Metadata metadata_of(const format::ArchiveReader& archive);

std::string encode_metadata(const Metadata& metadata);
// Errors: archive_damaged, archive_unsupported (a newer version).
Result<Metadata> decode_metadata(const std::string& text, const std::string& file);
// What was a side file of a version that we know, or the beginning of one; not what is somebody else's.
bool is_damaged_metadata(const std::string& text);

// The same file with one verification more, the oldest of many dropped. What else is in it stays, known or
// not.
Result<std::string> add_verification(const std::string& text, const Verification& verification,
                                     const std::string& file);

}  // namespace pgark::storage
