// What to dump and how. Filled by cli, read by every part of dumper.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "format/chunk.hpp"

namespace pgark::dumper {

// Patterns follow psql's rules (schema.name, *, ?, quotes, regular expression pieces).
struct Selection {
  std::vector<std::string> include_schemas, exclude_schemas;  // -n, -N
  std::vector<std::string> include_tables, exclude_tables;    // -t, -T
  bool schema_only = false;
  bool data_only = false;
  // True when the whole database is wanted: schema-less objects and extensions are taken (B0.5). Taking
  // something away (-N, -T) leaves the rest wanted, as in pg_dump.
  bool everything() const { return include_schemas.empty() && include_tables.empty(); }
};

struct DumpOptions {
  Selection selection;
  int jobs = 1;
  format::CodecChoice codec;
  std::size_t chunk_bytes = std::size_t{4} << 20;  // raw size at which a chunk is closed
  std::uint32_t pages_per_range_min = 256;         // a range is not split below this many heap pages
  std::string pgark_version;
};

}  // namespace pgark::dumper
