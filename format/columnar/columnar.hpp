// The row encoding `columnar`: COPY BINARY rows taken apart into columns inside a chunk, and back to the same
// bytes. format/SPEC.md, "Columnar payload".
//
// Rows are whole rows as the server sends them in CopyData messages, one behind the other, without the file
// header and trailer of COPY BINARY: a field count as int16, then each field's length as int32 (-1: null) and
// bytes, big-endian. Every row has the same field count; 0 is a possible one.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/buffer_pool.hpp"
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "format/checksum.hpp"
#include "format/columnar/kernels.hpp"

namespace pgark::format::columnar {

// Largest size of rows in one chunk, in bytes: PostgreSQL's 1 GiB row plus slack (kChunkRawBytesMax).
inline constexpr std::uint64_t kRowBytesMax = (std::uint64_t{1} << 30) + (std::uint64_t{64} << 20);

// A value of some hundred bytes or more is looked at for its words only, and not even that when it stays
// where it is.
enum class FarValues { are_copied, stay };

struct EncodedRows {
  // The payload. In one piece, unless far values stay: then they are pieces of `rows`.
  std::span<const ByteSpan> pieces;
  std::size_t bytes = 0;  // of all of them
  // Offsets in the payload, ascending, at which one kind of bytes ends and another begins: good places for a
  // compressor to begin a new block. None is 0 or the end. None at all when far values stay.
  std::span<const std::size_t> cuts;
  RowTotals totals;
};

// Scratch memory of one thread, kept from chunk to chunk: chunks of the same shape need no allocation. Not
// thread safe.
class Encoder {
 public:
  explicit Encoder(SimdLevel level = best_simd_level());
  Encoder(Encoder&&) noexcept;
  Encoder& operator=(Encoder&&) noexcept;
  ~Encoder();

  // Counts, checks and encodes `rows`, at least one and at most kRowBytesMax bytes; with `digest` also
  // digests them (otherwise the digest is zero). What is returned is valid until the next call, and as long
  // as `rows` are. Fails with ErrorCode::protocol when the rows do not have the structure above, naming row
  // and field.
  Result<EncodedRows> encode(ByteSpan rows, bool digest, FarValues far = FarValues::are_copied);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Likewise, for the way back.
class Decoder {
 public:
  explicit Decoder(SimdLevel level = best_simd_level());
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;
  ~Decoder();

  // Overwrites `out` with the rows. Accepts any bytes: what is not a payload fails with
  // ErrorCode::archive_damaged, what needs a newer version with archive_unsupported; `out` is then
  // unspecified. Rows of more than `row_bytes_max` bytes are refused before anything is allocated for them;
  // memory used besides `out` is at most a small multiple of the rows' size.
  Result<RowTotals> decode(ByteSpan payload, std::uint64_t row_bytes_max, bool digest, ByteBuffer& out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Counts, checks and digests COPY BINARY rows without encoding them. Fails as Encoder::encode; no rows are no
// error. Any thread.
Result<RowTotals> digest_binary_rows(ByteSpan rows);

}  // namespace pgark::format::columnar
