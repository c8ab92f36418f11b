#include "format/index.hpp"

#include <fmt/format.h>

#include <limits>
#include <optional>
#include <tuple>

#include "format/layout.hpp"

namespace pgark::format {
namespace {

constexpr unsigned kVarintBits = 7;
constexpr std::uint8_t kVarintMore = 0x80;

// LEB128: seven bits a byte, lowest first, the high bit says that more follow.
void put_varint(ByteWriter& out, std::uint64_t value) {
  while (value >= kVarintMore) {
    out.u8(static_cast<std::uint8_t>(value | kVarintMore));
    value >>= kVarintBits;
  }
  out.u8(static_cast<std::uint8_t>(value));
}

// Only the shortest form is accepted, so that an index has one encoding.
std::uint64_t take_varint(ByteReader& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += kVarintBits) {
    const std::uint8_t byte = in.u8();
    const std::uint64_t bits = byte & (kVarintMore - 1U);
    const bool overflows = shift == 63 && bits > 1;
    const bool padded = shift != 0 && byte == 0;
    if (overflows || padded) break;
    value |= bits << shift;
    if ((byte & kVarintMore) == 0) return value;
  }
  in.set_failed();
  return 0;
}

// Signed differences, small ones of either sign to small numbers.
constexpr std::uint64_t zigzag(std::uint64_t difference) {
  return (difference << 1) ^ (0 - (difference >> 63));
}
constexpr std::uint64_t unzigzag(std::uint64_t value) {
  return (value >> 1) ^ (0 - (value & 1));
}

std::uint32_t take_varint32(ByteReader& in) {
  const std::uint64_t value = take_varint(in);
  if (value > std::numeric_limits<std::uint32_t>::max()) in.set_failed();
  return static_cast<std::uint32_t>(value);
}

auto order_of(const ChunkRef& chunk) {
  return std::tuple(chunk.info.entry, chunk.info.part, chunk.info.sequence);
}

std::uint64_t end_of(const ChunkRef& chunk) {
  return chunk.offset + chunk.total_bytes;
}

// What the row before the first is taken to be: the first chunk's offset is counted from the file header's
// end.
ChunkRef before_first() {
  ChunkRef chunk;
  chunk.total_bytes = layout::kFileHeaderBytes;
  return chunk;
}

struct RowFault {
  ErrorCode code;
  const char* message;
};

// Reads one row; `last` is the row before it.
std::optional<RowFault> take_row(ByteReader& in, const ChunkRef& last, ChunkRef& out) {
  ChunkInfo& info = out.info;
  info.entry = last.info.entry + take_varint32(in);
  info.part = take_varint32(in);
  info.sequence = take_varint32(in);
  out.pack = take_varint32(in);
  out.offset = end_of(last) + unzigzag(take_varint(in));
  info.stored_bytes = take_varint(in);
  info.raw_bytes = take_varint(in);
  info.rows = take_varint(in);
  const std::uint64_t encoding = take_varint(in);
  const std::uint64_t codec = take_varint(in);
  info.digest.low = in.u64_le();
  info.digest.high = in.u64_le();
  if (!in.ok()) return RowFault{ErrorCode::archive_damaged, "a row is malformed"};
  if (encoding > static_cast<std::uint64_t>(RowEncoding::columnar) ||
      codec > static_cast<std::uint64_t>(Codec::zstd)) {
    return RowFault{ErrorCode::archive_unsupported, "a chunk of unknown form"};
  }
  info.encoding = static_cast<RowEncoding>(encoding);
  info.codec = static_cast<Codec>(codec);
  if (info.entry < last.info.entry || info.entry == 0 || order_of(out) <= order_of(last)) {
    return RowFault{ErrorCode::archive_damaged, "the rows are not in order"};
  }
  if (info.stored_bytes == 0 || info.stored_bytes > info.raw_bytes || info.raw_bytes > kChunkRawBytesMax ||
      info.rows == 0 || info.rows > layout::chunk_rows_max(info) || out.offset > layout::kFileBytesMax) {
    return RowFault{ErrorCode::archive_damaged, "a row is impossible"};
  }
  out.total_bytes = layout::kBlockHeaderBytes + info.stored_bytes;
  return std::nullopt;
}

tl::unexpected<Error> index_error(const RowFault& fault, std::uint64_t row) {
  const bool newer = fault.code == ErrorCode::archive_unsupported;
  return fail(fault.code, fmt::format("chunk index: {} (row {})", fault.message, row), {},
              newer ? "use a newer version of pgark" : "");
}

}  // namespace

void encode_index(std::span<const ChunkRef> chunks, ByteBuffer& out) {
  ByteWriter writer(out);
  writer.u32_le(0);  // reserved flags
  writer.u32_le(0);  // ignorable flags
  writer.u64_le(chunks.size());
  ChunkRef last = before_first();
  for (const ChunkRef& chunk : chunks) {
    const ChunkInfo& info = chunk.info;
    put_varint(writer, info.entry - last.info.entry);
    put_varint(writer, info.part);
    put_varint(writer, info.sequence);
    put_varint(writer, chunk.pack);
    put_varint(writer, zigzag(chunk.offset - end_of(last)));
    put_varint(writer, info.stored_bytes);
    put_varint(writer, info.raw_bytes);
    put_varint(writer, info.rows);
    put_varint(writer, static_cast<std::uint8_t>(info.encoding));
    put_varint(writer, static_cast<std::uint8_t>(info.codec));
    writer.u64_le(info.digest.low);
    writer.u64_le(info.digest.high);
    last = chunk;
  }
}

Result<std::vector<ChunkRef>> decode_index(ByteSpan bytes) {
  ByteReader reader(bytes);
  const std::uint32_t flags = reader.u32_le();
  reader.u32_le();  // ignorable flags
  const std::uint64_t count = reader.u64_le();
  if (flags != 0) return index_error({ErrorCode::archive_unsupported, "unknown flags"}, 0);
  if (!reader.ok() || count > reader.remaining() / layout::kIndexRowBytesMin) {
    return index_error({ErrorCode::archive_damaged, "more rows than bytes"}, 0);
  }
  std::vector<ChunkRef> chunks;
  chunks.reserve(count);
  ChunkRef last = before_first();
  for (std::uint64_t row = 0; row < count; ++row) {
    ChunkRef chunk;
    if (const auto fault = take_row(reader, last, chunk)) return index_error(*fault, row);
    chunks.push_back(chunk);
    last = chunk;
  }
  if (!reader.done()) return index_error({ErrorCode::archive_damaged, "bytes after the last row"}, count);
  return chunks;
}

}  // namespace pgark::format
