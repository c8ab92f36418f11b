#include "format/layout.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "format/checksum.hpp"

namespace pgark::format::layout {
namespace {

template <std::size_t N>
void put_constant(ByteWriter& out, const std::array<std::uint8_t, N>& constant) {
  out.bytes(std::as_bytes(std::span(constant)));
}

template <std::size_t N>
bool is_constant(ByteSpan bytes, const std::array<std::uint8_t, N>& constant) {
  return std::ranges::equal(bytes, std::as_bytes(std::span(constant)));
}

void put_checksum(ByteBuffer& out, std::size_t from) {
  const std::uint64_t sum = checksum64(ByteSpan(out).subspan(from));
  ByteWriter(out).u64_le(sum);
}

bool checksum_holds(ByteSpan bytes, std::size_t checksum_at) {
  ByteReader stored(bytes.subspan(checksum_at));
  return stored.u64_le() == checksum64(bytes.first(checksum_at));
}

tl::unexpected<Error> damaged(std::string message) {
  return fail(ErrorCode::archive_damaged, std::move(message));
}

tl::unexpected<Error> unsupported(std::string message) {
  return fail(ErrorCode::archive_unsupported, std::move(message), {}, "use a newer version of pgark");
}

std::uint64_t raw_bytes_max(BlockKind kind) {
  switch (kind) {
    case BlockKind::chunk: return kChunkRawBytesMax;
    case BlockKind::toc:
    case BlockKind::early_toc: return kTocRawBytesMax;
    case BlockKind::index:
    case BlockKind::ends: return kIndexRawBytesMax;
  }
  return 0;
}

std::uint64_t expansion_max(const BlockHeader& header) {
  if (header.kind != BlockKind::chunk) return kBlockExpansionMax;
  return header.info.codec == Codec::lz4 ? kLz4ExpansionMax : kZstdExpansionMax;
}

// The sizes agree with each other and with what the codec can do, so that they may be allocated.
bool sizes_possible(const BlockHeader& header) {
  const ChunkInfo& info = header.info;
  if (info.stored_bytes == 0 || info.raw_bytes > raw_bytes_max(header.kind)) return false;
  if (info.codec == Codec::none) return info.stored_bytes == info.raw_bytes;
  return info.stored_bytes < info.raw_bytes && info.raw_bytes / expansion_max(header) <= info.stored_bytes;
}

// A chunk holds at least one row; other blocks leave the chunk's fields zero.
bool fields_possible(const BlockHeader& header) {
  const ChunkInfo& info = header.info;
  if (header.kind == BlockKind::chunk)
    return info.entry != 0 && info.rows != 0 && info.rows <= chunk_rows_max(info);
  return info.entry == 0 && info.part == 0 && info.sequence == 0 && info.rows == 0 &&
         info.digest == Digest128{} && info.encoding == RowEncoding::text;
}

}  // namespace

std::string pack_file(std::uint32_t pack) {
  return fmt::format("pack-{:06}", pack);
}

std::uint64_t chunk_rows_max(const ChunkInfo& info) {
  return info.encoding == RowEncoding::text ? info.raw_bytes : kChunkRawBytesMax / 2;
}

void encode_file_header(const FileHeader& header, ByteBuffer& out) {
  const std::size_t start = out.size();
  ByteWriter writer(out);
  put_constant(writer, kFileMagic);
  writer.u16_le(header.major);
  writer.u16_le(header.minor);
  writer.u32_le((header.in_packs ? kPacksFlag : 0) | (header.is_stream ? kStreamFlag : 0));
  writer.u32_le(0);  // ignorable flags
  writer.u32_le(header.pack);
  put_constant(writer, header.id);
  writer.u64_le(0);  // reserved
  writer.u64_le(0);
  put_checksum(out, start);
}

Result<FileHeader> decode_file_header(ByteSpan bytes) {
  ByteReader reader(bytes);
  if (!is_constant(reader.bytes(kFileMagic.size()), kFileMagic)) {
    return fail(ErrorCode::archive_unsupported, "not a pgark archive");
  }
  if (!checksum_holds(bytes, kFileHeaderChecksumAt))
    return damaged("the file header's checksum does not match");
  FileHeader header;
  header.major = reader.u16_le();
  header.minor = reader.u16_le();
  if (header.major != kVersionMajor) {
    return unsupported(fmt::format("archive version {}.{}, this program reads version {}", header.major,
                                   header.minor, kVersionMajor));
  }
  const std::uint32_t flags = reader.u32_le();
  reader.u32_le();  // ignorable flags
  header.pack = reader.u32_le();
  const ByteSpan id = reader.bytes(header.id.size());
  std::ranges::copy(id, std::as_writable_bytes(std::span(header.id)).begin());
  const std::uint64_t reserved = reader.u64_le() | reader.u64_le();
  header.in_packs = (flags & kPacksFlag) != 0;
  header.is_stream = (flags & kStreamFlag) != 0;
  if ((flags & ~(kPacksFlag | kStreamFlag)) != 0 || (header.in_packs && header.is_stream) || reserved != 0 ||
      (header.pack != 0 && !header.in_packs)) {
    return unsupported(fmt::format(
        "the archive uses features this program does not know (flags {:#x}, pack {})", flags, header.pack));
  }
  header.checksum = reader.u64_le();
  return header;
}

void encode_block_header(const BlockHeader& header, ByteBuffer& out) {
  const std::size_t start = out.size();
  const ChunkInfo& info = header.info;
  ByteWriter writer(out);
  put_constant(writer, kSyncMarker);
  writer.u8(static_cast<std::uint8_t>(header.kind));
  writer.u8(static_cast<std::uint8_t>(info.codec));
  writer.u8(static_cast<std::uint8_t>(info.encoding));
  writer.u8(0);      // ignorable flags
  writer.u32_le(0);  // reserved flags
  writer.u64_le(info.stored_bytes);
  writer.u64_le(info.raw_bytes);
  writer.u64_le(header.payload_checksum);
  writer.u32_le(info.entry);
  writer.u32_le(info.part);
  writer.u32_le(info.sequence);
  writer.u32_le(0);  // reserved
  writer.u64_le(info.rows);
  writer.u64_le(info.digest.low);
  writer.u64_le(info.digest.high);
  writer.u64_le(0);  // reserved
  put_checksum(out, start);
}

Result<BlockHeader> decode_block_header(ByteSpan bytes) {
  ByteReader reader(bytes);
  if (!is_constant(reader.bytes(kSyncMarker.size()), kSyncMarker)) return damaged("no block begins here");
  if (!checksum_holds(bytes, kBlockHeaderChecksumAt))
    return damaged("the block header's checksum does not match");
  BlockHeader header;
  ChunkInfo& info = header.info;
  const std::uint8_t kind = reader.u8();
  const std::uint8_t codec = reader.u8();
  const std::uint8_t encoding = reader.u8();
  reader.u8();  // ignorable flags
  const std::uint32_t flags = reader.u32_le();
  info.stored_bytes = reader.u64_le();
  info.raw_bytes = reader.u64_le();
  header.payload_checksum = reader.u64_le();
  info.entry = reader.u32_le();
  info.part = reader.u32_le();
  info.sequence = reader.u32_le();
  std::uint64_t reserved = reader.u32_le();
  info.rows = reader.u64_le();
  info.digest.low = reader.u64_le();
  info.digest.high = reader.u64_le();
  reserved |= reader.u64_le();
  if (kind < static_cast<std::uint8_t>(BlockKind::chunk) ||
      kind > static_cast<std::uint8_t>(BlockKind::ends) || codec > static_cast<std::uint8_t>(Codec::zstd) ||
      encoding > static_cast<std::uint8_t>(RowEncoding::columnar) || flags != 0 || reserved != 0) {
    return unsupported(fmt::format("a block of unknown form (kind {}, codec {}, encoding {}, flags {:#x})",
                                   kind, codec, encoding, flags));
  }
  header.kind = static_cast<BlockKind>(kind);
  info.codec = static_cast<Codec>(codec);
  info.encoding = static_cast<RowEncoding>(encoding);
  if (!sizes_possible(header)) {
    return damaged(
        fmt::format("impossible block size: {} bytes stored, {} raw", info.stored_bytes, info.raw_bytes));
  }
  if (!fields_possible(header)) return damaged("the block header's fields contradict each other");
  return header;
}

void encode_trailer(const Trailer& trailer, ByteBuffer& out) {
  const std::size_t start = out.size();
  ByteWriter writer(out);
  for (const BlockPlace& block : {trailer.toc, trailer.index}) {
    writer.u64_le(block.offset);
    writer.u64_le(block.total_bytes);
    writer.u64_le(block.payload_checksum);
  }
  writer.u64_le(trailer.chunks);
  writer.u64_le(trailer.file_bytes);
  writer.u64_le(trailer.header_checksum);
  writer.u32_le(0);  // reserved flags
  writer.u32_le(0);  // ignorable flags
  put_checksum(out, start);
  put_constant(writer, kEndMagic);
}

Result<Trailer> decode_trailer(ByteSpan bytes, bool in_packs) {
  if (!is_constant(bytes.subspan(kTrailerChecksumAt + 8), kEndMagic)) {
    return damaged("the end of the archive is missing");
  }
  if (!checksum_holds(bytes, kTrailerChecksumAt)) return damaged("the trailer's checksum does not match");
  ByteReader reader(bytes);
  Trailer trailer;
  for (BlockPlace* block : {&trailer.toc, &trailer.index}) {
    block->offset = reader.u64_le();
    block->total_bytes = reader.u64_le();
    block->payload_checksum = reader.u64_le();
  }
  trailer.chunks = reader.u64_le();
  trailer.file_bytes = reader.u64_le();
  trailer.header_checksum = reader.u64_le();
  if (reader.u32_le() != 0) return unsupported("the trailer has flags that this program does not know");
  const std::uint64_t limit = std::min(trailer.file_bytes, kFileBytesMax);
  const auto within = [limit](const BlockPlace& block) {
    return block.offset <= limit && block.total_bytes > kBlockHeaderBytes && block.total_bytes <= limit;
  };
  const std::uint64_t chunks_max = in_packs
                                       ? kIndexRawBytesMax / kIndexRowBytesMin
                                       : (trailer.toc.offset - kFileHeaderBytes) / (kBlockHeaderBytes + 1);
  const bool in_order =
      trailer.file_bytes <= kFileBytesMax && within(trailer.toc) && within(trailer.index) &&
      trailer.toc.offset >= kFileHeaderBytes && (!in_packs || trailer.toc.offset == kFileHeaderBytes) &&
      trailer.chunks <= chunks_max && trailer.toc.offset + trailer.toc.total_bytes == trailer.index.offset &&
      trailer.index.offset + trailer.index.total_bytes + kTrailerBytes == trailer.file_bytes;
  if (!in_order) return damaged("the trailer's offsets and counts are impossible");
  return trailer;
}

}  // namespace pgark::format::layout
