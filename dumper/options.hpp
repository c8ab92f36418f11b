// What to dump and how. Filled by cli, read by every part of dumper.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/content_choice.hpp"
#include "format/chunk.hpp"

namespace pgark::dumper {

// Patterns follow psql's rules (schema.name, *, ?, quotes, regular expression pieces).
struct Selection : ContentChoice {
  std::vector<std::string> include_schemas, exclude_schemas;  // -n, -N
  std::vector<std::string> include_tables, exclude_tables;    // -t, -T
  // Tables together with their partitions and inheritance children, whatever those are called.
  std::vector<std::string> include_tables_and_children, exclude_tables_and_children;
  std::vector<std::string> exclude_table_data, exclude_table_data_and_children;  // the definition stays
  std::vector<std::string> include_extensions, exclude_extensions;               // -e, --exclude-extension
  std::vector<std::string> include_foreign_data;  // servers whose foreign tables' rows are taken

  bool strict_names = false;  // every including pattern must match something; else one of each kind must
  bool no_unlogged_table_data = false;
  bool no_toast_compression = false;
  bool load_via_partition_root = false;
  bool sequence_data = false;  // values of sequences also without rows (--sequence-data)
  bool statistics = false;     // optimizer statistics
  std::optional<bool> large_objects;

  // True when the whole database is wanted: schema-less objects and extensions are taken (B0.5). Taking
  // something away (-N, -T) leaves the rest wanted, as in pg_dump.
  bool everything() const {
    return include_schemas.empty() && include_tables.empty() && include_tables_and_children.empty() &&
           include_extensions.empty();
  }
  bool wants_statistics() const { return statistics && !no_statistics; }
  // Large objects are rows, and of no schema: asked for, or part of a whole dump.
  bool wants_large_objects() const { return large_objects.value_or(everything()) && wants_rows(); }
};

// How the session reads (SCHEMA_COVERAGE A1, A2).
struct SessionOptions {
  std::string role;                       // SET ROLE; empty: as connected
  std::string encoding;                   // of all text in the archive; empty: the server's own
  std::optional<int> extra_float_digits;  // -15 to 3; without it exact
  bool quote_all_identifiers = false;
  bool enable_row_security = false;      // read what the policies show instead of failing
  bool serializable_deferrable = false;  // wait for a snapshot that no anomaly can touch
  std::string snapshot;                  // exported by another session; empty: one of its own
  std::string lock_wait_timeout;         // a value of lock_timeout: "500", "10s"; empty: no limit
};

// How rows are asked for. automatic: in binary where every column of a table allows it, else as text.
enum class DataFormat : std::uint8_t { automatic, binary, text };

struct DumpOptions {
  Selection selection;
  SessionOptions session;
  int jobs = 1;
  format::CodecChoice codec;
  DataFormat data_format = DataFormat::automatic;
  std::size_t chunk_bytes = std::size_t{4} << 20;  // size of the rows at which a chunk is closed
  std::uint32_t pages_per_range_min = 256;         // a range is not split below this many heap pages
  bool globals = false;        // save roles, tablespaces and parameter privileges of the cluster too
  bool role_passwords = true;  // with globals
  // Tables that may be locked at once; 0: all of them, or the dump fails (docs/locks.md).
  std::int64_t lock_budget = 0;
  std::string pgark_version;
};

}  // namespace pgark::dumper
