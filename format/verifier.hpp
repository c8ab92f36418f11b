// Reads a whole archive and proves every byte of it.
//
// ArchiveReader::open has already checked header, trailer, TOC and index and that they agree with each other;
// here each chunk is read, its checksums, sizes, row count and row digest are recomputed and compared with
// its header and the index. Together: every byte of the file is covered, and the rows are those that the
// TOC's totals state.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "format/reader.hpp"

namespace pgark::format {

struct VerifyProgress {
  std::uint64_t chunks_done = 0;
  std::uint64_t chunks_total = 0;
  std::uint64_t raw_bytes_done = 0;
  std::uint64_t raw_bytes_total = 0;
  std::uint64_t damaged_chunks = 0;
};

struct VerifyOptions {
  unsigned threads = 1;
  // Decompress the chunks, count their rows and sum up their digests. Without, their checksums alone.
  bool decode = true;
  std::size_t damages_max = 1000;  // described one by one; all are counted
  // Called after chunks, from one thread at a time; false stops with ErrorCode::interrupted. May be empty.
  std::function<bool(const VerifyProgress&)> on_progress;
};

struct ChunkDamage {
  EntryId entry = 0;
  std::string kind;    // of the entry: "TABLE DATA"
  std::string schema;  // raw, unquoted
  std::string name;
  std::uint32_t part = 0;
  std::uint32_t sequence = 0;
  std::uint64_t rows = 0;  // that the chunk should hold
  Error error;             // names the file and the offset
};

struct VerifyReport {
  std::uint64_t file_bytes = 0;
  std::uint64_t chunks = 0;
  std::uint64_t rows = 0;       // in chunks that were found right
  std::uint64_t raw_bytes = 0;  // likewise
  std::uint64_t damaged_chunks = 0;
  std::vector<ChunkDamage> damages;  // by offset; the first damages_max
  bool sound() const { return damaged_chunks == 0; }
};

// Reads in file order with `threads` threads of its own; memory: one chunk, stored and raw, per thread. An
// error is returned only when the work could not be done; damage is part of the report.
Result<VerifyReport> verify_archive(const ArchiveReader& archive, const VerifyOptions& options);

}  // namespace pgark::format
