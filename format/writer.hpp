// Writes an archive: header, chunks in the order they finish, then TOC, index and trailer. A stream has a
// preliminary TOC before the chunks and says of entries when they have got all of theirs, so that it can be
// restored while it comes (format/SPEC.md, section 18).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/error.hpp"
#include "format/chunk.hpp"
#include "format/io.hpp"
#include "format/toc.hpp"

namespace pgark::format {

struct ArchiveTotals {
  std::uint64_t file_bytes = 0;
  std::uint64_t raw_bytes = 0;
  std::uint64_t rows = 0;
  std::uint64_t chunks = 0;
};

// How an archive of several files is made.
struct PackChoice {
  static constexpr std::uint64_t kBytesDefault = std::uint64_t{1} << 30;
  std::uint64_t bytes = kBytesDefault;        // of a pack at most, unless one chunk alone is larger
  std::array<std::uint8_t, 16> archive_id{};  // ties the files together; not all zero
};
// With a random id.
PackChoice random_pack_choice(std::uint64_t bytes);

class ArchiveWriter {
 public:
  // Writes the header at once, so that an unwritable destination fails before any work is done.
  static Result<std::unique_ptr<ArchiveWriter>> create(std::unique_ptr<Sink> sink);
  // A stream. begin_stream() comes before everything else.
  static Result<std::unique_ptr<ArchiveWriter>> create_stream(std::unique_ptr<Sink> sink);
  // The chunks go into packs, table of contents and index into a file of their own.
  static Result<std::unique_ptr<ArchiveWriter>> create(std::unique_ptr<SinkFolder> folder,
                                                       const PackChoice& packs);
  ~ArchiveWriter();  // without finish(): discards the sink

  bool is_stream() const;
  // REQUIRES: is_stream(). What `toc` says of the entries is what finish() will be given.
  Result<> begin_stream(const Toc& toc);
  // The entry has so many chunks, some of which may still be on their way. REQUIRES: is_stream(). Thread
  // safe.
  Result<> end_entry(EntryId entry, std::uint32_t chunks);

  // Thread safe. The chunk comes from ChunkCoder::encode. After a failure every later call fails with the
  // same error.
  Result<> append(const EncodedChunk& chunk);

  // Fills toc.data from the appended chunks, writes the TOC, the index (sorted by entry, part, sequence) and
  // the trailer, and commits the sink. REQUIRES: no append is running or follows.
  Result<ArchiveTotals> finish(Toc toc);

  std::uint64_t bytes_written() const;

 private:
  struct Impl;
  explicit ArchiveWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pgark::format
