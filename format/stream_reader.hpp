// Reads an archive from its first byte to its last, while it is being written: a stream (format/SPEC.md,
// section 18), which has a table of contents in front.
//
// Not thread safe. Errors name the stream and the place: archive_unsupported (not an archive, or not a
// stream), archive_damaged (also for an end before the archive's), and those of the source.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/buffer_pool.hpp"
#include "base/error.hpp"
#include "format/layout.hpp"
#include "format/toc.hpp"

namespace pgark::format {

class SequentialSource {
 public:
  virtual ~SequentialSource() = default;
  // At least one byte, unless the end was reached (0) or `out` is empty.
  virtual Result<std::size_t> read(MutableByteSpan out) = 0;
  // From any thread: read() fails soon, with ErrorCode::interrupted.
  virtual void interrupt() = 0;
  virtual std::string name() const = 0;
};

class StreamReader {
 public:
  // Reads up to the first chunk. Borrows the source.
  static Result<std::unique_ptr<StreamReader>> open(SequentialSource& source);

  // Without data totals. Constant.
  const Toc& early_toc() const { return early_toc_; }

  enum class Kind : std::uint8_t { chunk, ends, end };
  struct Item {
    Kind kind = Kind::end;
    ChunkInfo chunk;                 // by its header: ChunkCoder::decode checks the rest
    std::vector<DataSummary> ended;  // entries that have got all of their chunks
  };
  // A chunk's bytes, header and payload, overwrite `chunk`. `end` comes once: then everything of the archive
  // was read, its totals are those of the chunks that came, and nothing follows.
  Result<Item> next(ByteBuffer& chunk);

  // With totals. REQUIRES: next() has answered `end`.
  const Toc& toc() const { return toc_; }
  std::uint64_t bytes_read() const { return at_; }
  std::string name() const { return source_.name(); }

 private:
  explicit StreamReader(SequentialSource& source) : source_(source) {}
  Result<> open();
  Result<> fill(MutableByteSpan out);
  Result<layout::BlockHeader> read_block(ByteBuffer& block);
  Result<Item> take_chunk(const layout::BlockHeader& header, std::uint64_t at);
  Result<Item> take_ends(ByteSpan block);
  Result<Item> finish(const layout::BlockHeader& toc_header, ByteBuffer& block);
  Result<> check_trailer(const layout::BlockPlace& toc, const layout::BlockPlace& index);
  Result<> check_totals() const;
  DataSummary sum_of(EntryId entry) const;
  tl::unexpected<Error> refuse(Error error, std::uint64_t at) const;
  tl::unexpected<Error> damaged(std::string what, std::uint64_t at) const;

  SequentialSource& source_;
  std::uint64_t at_ = 0;
  layout::FileHeader header_;
  Toc early_toc_, toc_;
  std::uint64_t chunks_ = 0;
  std::unordered_map<EntryId, DataSummary> sums_;
  std::unordered_set<EntryId> ended_;
};

}  // namespace pgark::format
