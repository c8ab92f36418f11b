// The table of contents: everything an archive says about itself except the rows.
// It is the only contract between dumper and restore. Encoding: format/SPEC.md, "TOC".
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "format/values/type_descriptor.hpp"

namespace pgark::format {

// Dense, starting at 1, in dump order; 0 = none.
using EntryId = std::uint32_t;

enum class Section : std::uint8_t { none = 0, pre_data = 1, data = 2, post_data = 3 };

// Restore passes (D6): everything; then ACLs; then event triggers and REFRESH.
enum class Pass : std::uint8_t { main = 0, acl = 1, post_acl = 2 };

// One SQL statement, without a final semicolon. A statement whose version bounds exclude the target's
// server_version_num is not run (0 = unbounded; min inclusive, max exclusive).
struct SqlStatement {
  std::string sql;
  std::uint32_t min_target = 0;
  std::uint32_t max_target = 0;
  bool operator==(const SqlStatement&) const = default;
};

struct TocEntry {
  EntryId id = 0;
  std::string kind;    // "TABLE", "FK CONSTRAINT", "TABLE DATA", ... (SCHEMA_COVERAGE B63 names)
  std::string schema;  // raw, unquoted; empty for schema-less kinds
  std::string name;    // raw; functions with argument types
  std::string table;   // raw relation name for things that hang on one (constraint, trigger, default, index)
  std::string owner;   // raw role name; empty: takes none
  std::string owner_object;       // "TABLE s.t": target of ALTER ... OWNER TO; empty: no owner command
  std::string tablespace;         // raw; empty: database default or not applicable
  bool takes_tablespace = false;  // SET default_tablespace before creating it
  std::string access_method;      // raw; empty: do not set default_table_access_method
  Section section = Section::none;
  Pass pass = Pass::main;
  std::vector<EntryId> dependencies;  // entries that must be restored before this one
  std::vector<EntryId> locks;         // TABLE entries on which restoring this takes an exclusive lock (D7.3)
  std::vector<SqlStatement> create;
  std::vector<SqlStatement> drop;         // for --clean, each with IF EXISTS semantics
  std::string copy_target;                // TABLE DATA: "s.t (a, b)" for COPY ... FROM STDIN
  std::uint64_t size_estimate_bytes = 0;  // scheduling weight: heap + toast + index size at dump time
  std::vector<std::string> roles;         // raw names of the roles that `create` names, besides the owner
  std::string version;                    // EXTENSION: the version that the source had
  // TABLE DATA whose rows are binary: what the columns of `copy_target` are made of. Empty: the rows are
  // text.
  std::vector<values::TypeDescriptor> column_types;
  bool operator==(const TocEntry&) const = default;
};

// Row digest: XXH3-128 of each row's COPY bytes, summed modulo 2^128; order-free. Low half first.
struct Digest128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  Digest128& operator+=(const Digest128& other);  // modulo 2^128
  bool operator==(const Digest128&) const = default;
  std::string hex() const;  // 32 digits, high half first
};

// Totals over all chunks of one data entry.
struct DataSummary {
  EntryId entry = 0;
  std::uint64_t rows = 0;
  Digest128 digest;
  std::uint64_t raw_bytes = 0;
  std::uint64_t stored_bytes = 0;
  std::uint32_t chunks = 0;
  bool operator==(const DataSummary&) const = default;
};

// Something that could not be saved, or that a person should know ("not handled yet", "invalid index
// skipped").
enum class ReportLevel : std::uint8_t { info = 0, warning = 1, lost = 2 };
struct ReportItem {
  ReportLevel level = ReportLevel::info;
  std::string kind;  // object kind, as TocEntry::kind
  std::string name;  // qualified, quoted
  std::string text;
  bool operator==(const ReportItem&) const = default;
};

// A collation that what is in the archive depends on, and the version of the library that sorted by it.
struct CollationVersion {
  std::string schema, name;  // raw; both empty: the default of the database
  std::string provider;      // "c" libc, "i" ICU, "b" builtin
  std::string version;
  bool operator==(const CollationVersion&) const = default;
};

// Keys of Toc::info; all values are text. Unknown keys are kept and shown.
namespace info_key {
inline constexpr const char* kDatabase = "database";
inline constexpr const char* kServerVersion = "server_version";         // "15.18 (Debian ...)"
inline constexpr const char* kServerVersionNum = "server_version_num";  // "150018"
inline constexpr const char* kPgarkVersion = "pgark_version";
inline constexpr const char* kEncoding = "encoding";  // server encoding = encoding of all text here
inline constexpr const char* kStarted = "started";    // RFC 3339, UTC
inline constexpr const char* kFinished = "finished";
inline constexpr const char* kSnapshotLsn = "snapshot_lsn";
inline constexpr const char* kOptions = "options";   // the selection, for people
inline constexpr const char* kComplete = "content";  // "full", "schema-only", "data-only", "selection"
}  // namespace info_key

struct Toc {
  std::map<std::string, std::string> info;
  std::vector<TocEntry> entries;  // in dump order: a serial restore in this order works
  std::vector<DataSummary> data;  // ascending by entry
  std::vector<ReportItem> report;
  std::vector<CollationVersion> collations;
  bool operator==(const Toc&) const = default;

  const TocEntry* find(EntryId id) const;  // nullptr when absent
  const DataSummary* find_data(EntryId id) const;
};

std::vector<std::byte> encode_toc(const Toc& toc);
// Rejects malformed bytes with archive_damaged and unknown mandatory fields with archive_unsupported; checks
// that ids are dense and ascending and that dependencies and locks name existing entries.
Result<Toc> decode_toc(ByteSpan bytes);

}  // namespace pgark::format
