// Where a dump goes: an archive, or somebody who takes the rows while they are being read.
//
// Thread rule: begin(), store(), end_entry() and finish() are called on threads of the dump's CPU pool,
// store() and end_entry() from several at once. Lifetime: outlives the dump's coroutine.
#pragma once

#include <cstdint>
#include <stop_token>

#include "base/buffer_pool.hpp"
#include "base/error.hpp"
#include "format/chunk.hpp"
#include "format/toc.hpp"
#include "format/writer.hpp"

namespace pgark::dumper {

// Which rows: (entry, part, sequence) is unique.
struct RowsPlace {
  format::EntryId entry = 0;
  std::uint32_t part = 0;
  std::uint32_t sequence = 0;
  format::RowEncoding encoding = format::RowEncoding::text;  // columnar: COPY BINARY rows
};

struct StoredRows {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;  // as they were kept
};

class DumpOutput {
 public:
  virtual ~DumpOutput() = default;  // without finish() what was written is discarded

  // True when rows are used while others are still to come. Then tables whose rows need those of others
  // (row_needs) come after them, and the ends of entries are told.
  virtual bool live() const { return false; }
  // The buffers that rows are read into; null: the dump has its own.
  virtual BufferPool* buffers() { return nullptr; }

  // Before any row: the table of contents without data totals, and without what the report learns later.
  virtual Result<> begin(const format::Toc& toc) = 0;
  // Whole rows, as the server sent them. May take the lease. `stop`: whoever asks drops the dump.
  virtual Result<StoredRows> store(const RowsPlace& place, BufferLease& rows,
                                   const std::stop_token& stop) = 0;
  // The entry has so many stores, some of which may still be running. Only when live().
  virtual Result<> end_entry(format::EntryId entry, std::uint32_t stores) = 0;
  // The table of contents, but for its data totals. REQUIRES: no store() is running or follows.
  virtual Result<format::ArchiveTotals> finish(format::Toc toc) = 0;
};

}  // namespace pgark::dumper
