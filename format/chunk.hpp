// A chunk: whole rows of one data entry, encoded, compressed and checksummed on its own.
// Encoding: format/SPEC.md, "Chunk".
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "base/buffer_pool.hpp"
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "format/toc.hpp"

namespace pgark::format {

enum class Codec : std::uint8_t { none = 0, lz4 = 1, zstd = 2 };
// columnar: COPY BINARY rows taken apart into columns (format/columnar).
enum class RowEncoding : std::uint8_t { text = 0, columnar = 1 };

struct CodecChoice {
  Codec codec = Codec::zstd;
  int level = 1;
};
// "none", "lz4", "lz4:9", "zstd", "zstd:3". Fails with ErrorCode::usage naming the text.
Result<CodecChoice> parse_codec(std::string_view text);
std::string codec_name(CodecChoice choice);

// Largest raw payload accepted from an archive: PostgreSQL's 1 GiB row plus slack.
inline constexpr std::uint64_t kChunkRawBytesMax = (std::uint64_t{1} << 30) + (std::uint64_t{64} << 20);

// What identifies a chunk and what its header says of it.
struct ChunkInfo {
  EntryId entry = 0;       // the TABLE DATA entry
  std::uint32_t part = 0;  // range of the table this came from; chunks of one part are ordered by sequence
  std::uint32_t sequence = 0;
  std::uint64_t rows = 0;
  Digest128 digest;
  std::uint64_t raw_bytes = 0;
  std::uint64_t stored_bytes = 0;
  RowEncoding encoding = RowEncoding::text;
  Codec codec = Codec::none;
  bool operator==(const ChunkInfo&) const = default;
};

// A chunk on its way into an archive, in pieces so that what stays as it is in the rows need not be copied.
struct EncodedChunk {
  ChunkInfo info;
  std::span<const ByteSpan> pieces;  // the header; then the payload, in one or more
  std::uint64_t bytes = 0;           // of all of them
};

// Checks the checksums and lengths of a chunk as it is stored, header and payload, and returns what its
// header says. Any thread.
Result<ChunkInfo> check_stored_chunk(ByteSpan chunk);

// Codec contexts and scratch memory of one thread. Not thread safe.
class ChunkCoder {
 public:
  ChunkCoder();
  ChunkCoder(ChunkCoder&&) noexcept;
  ChunkCoder& operator=(ChunkCoder&&) noexcept;
  ~ChunkCoder();

  // Encodes `rows`, whole ones: COPY text, each ended by '\n'; or, for columnar, COPY BINARY without the
  // header and the end of the stream. Counts and digests them. A chunk that does not shrink is stored with
  // Codec::none. The pieces are valid until the next call, and as long as `rows` are. Fails with interrupted
  // soon after `stop` asks for it, and with protocol when binary rows have not the structure of rows.
  Result<EncodedChunk> encode(EntryId entry, std::uint32_t part, std::uint32_t sequence, ByteSpan rows,
                              CodecChoice codec, RowEncoding encoding = RowEncoding::text,
                              const std::stop_token& stop = {});
  // The same in one piece: `out` is overwritten with header and payload.
  Result<ChunkInfo> encode(EntryId entry, std::uint32_t part, std::uint32_t sequence, ByteSpan rows,
                           CodecChoice codec, ByteBuffer& out);

  // Decodes a chunk as read from the archive (header and payload). `out` is overwritten with the rows as
  // encode() was given them. Checks both checksums, the lengths, the row count and, when `check_digest`, the
  // row digest.
  Result<ChunkInfo> decode(ByteSpan chunk, ByteBuffer& out, bool check_digest);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pgark::format
