// Opens a finished archive and reads chunks of it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "format/chunk.hpp"
#include "format/io.hpp"
#include "format/toc.hpp"

namespace pgark::format {

// A row of the chunk index.
struct ChunkRef {
  std::uint32_t pack = 0;         // file of an archive of several; 0 in an archive of one
  std::uint64_t offset = 0;       // of the chunk header, from the start of its file
  std::uint64_t total_bytes = 0;  // header and payload
  ChunkInfo info;
};

// Positions of chunks in the order in which they stand in their files.
std::vector<std::uint32_t> order_of_places(std::span<const ChunkRef> chunks);

struct FormatVersion {
  std::uint16_t major = 1;
  std::uint16_t minor = 0;
};

class ArchiveReader {
 public:
  // Reads and checks header, trailer, index and TOC, and that they agree: every data entry's totals equal the
  // sum over its chunks, chunks do not overlap and cover the space between header and TOC. Nothing else is
  // read. Errors: archive_unsupported (not an archive, newer major), archive_damaged (object = file name,
  // offset = where).
  static Result<std::unique_ptr<ArchiveReader>> open(std::unique_ptr<Source> source);
  // Likewise of an archive of several files: each pack is there, belongs to this archive and has the size
  // that the index says.
  static Result<std::unique_ptr<ArchiveReader>> open(std::unique_ptr<SourceFolder> folder);
  ~ArchiveReader();

  FormatVersion version() const;
  const Toc& toc() const;
  std::uint64_t file_bytes() const;  // of all files
  std::uint32_t packs() const;       // files with chunks; 0 when all is one file
  // Sorted by entry, part, sequence.
  std::span<const ChunkRef> chunks() const;
  std::span<const ChunkRef> chunks_of(EntryId entry) const;
  std::string name() const;

  // Reads one chunk, checks its header against the index, decodes it into `out`. `scratch` receives the
  // stored bytes. Thread safe (with a coder and buffers per thread). Errors name the file and the chunk's
  // offset.
  Result<> read(const ChunkRef& ref, ChunkCoder& coder, ByteBuffer& scratch, ByteBuffer& out,
                bool check_digest) const;

  // Reads one chunk as it is stored, header and payload, into `out`, and checks its checksums and that it is
  // the one of the index. Thread safe; errors as above.
  Result<> read_stored(const ChunkRef& ref, ByteBuffer& out) const;

 private:
  struct Impl;
  explicit ArchiveReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pgark::format
