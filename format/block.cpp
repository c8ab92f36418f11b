#include "format/block.hpp"

#include <fmt/format.h>

#include "format/checksum.hpp"
#include "format/codec.hpp"

namespace pgark::format {
namespace {

// Decided once for the format: these blocks are small beside the chunks.
constexpr CodecChoice kBlockCodec{Codec::zstd, 3};

const char* name_of(layout::BlockKind kind) {
  switch (kind) {
    case layout::BlockKind::index: return "chunk index";
    case layout::BlockKind::early_toc: return "preliminary table of contents";
    case layout::BlockKind::ends: return "block of ended entries";
    default: return "table of contents";
  }
}

tl::unexpected<Error> damaged(layout::BlockKind kind, const char* what) {
  return fail(ErrorCode::archive_damaged, fmt::format("{}: {}", name_of(kind), what));
}

Error about(layout::BlockKind kind, Error error) {
  error.message = fmt::format("{}: {}", name_of(kind), error.message);
  return error;
}

}  // namespace

Result<EncodedBlock> encode_block(layout::BlockKind kind, ByteSpan raw) {
  const bool is_toc = kind == layout::BlockKind::toc || kind == layout::BlockKind::early_toc;
  const std::uint64_t limit = is_toc ? layout::kTocRawBytesMax : layout::kIndexRawBytesMax;
  if (raw.empty() || raw.size() > limit) {
    return fail(ErrorCode::internal,
                fmt::format("the {} has {} bytes, the limit is {}", name_of(kind), raw.size(), limit));
  }
  CodecContexts codecs;
  const auto compressed = codecs.compress(raw, kBlockCodec);
  if (!compressed) return tl::unexpected<Error>(compressed.error());
  const bool shrinks = !compressed->empty() && raw.size() / layout::kBlockExpansionMax <= compressed->size();
  const ByteSpan payload = shrinks ? *compressed : raw;
  layout::BlockHeader header;
  header.kind = kind;
  header.info.raw_bytes = raw.size();
  header.info.stored_bytes = payload.size();
  header.info.codec = shrinks ? kBlockCodec.codec : Codec::none;
  header.payload_checksum = checksum64(payload);
  EncodedBlock block;
  block.payload_checksum = header.payload_checksum;
  layout::encode_block_header(header, block.bytes);
  block.bytes.insert(block.bytes.end(), payload.begin(), payload.end());
  return block;
}

Result<ByteBuffer> decode_block(layout::BlockKind kind, ByteSpan block, std::uint64_t payload_checksum,
                                std::uint64_t raw_bytes_max) {
  if (block.size() <= layout::kBlockHeaderBytes) return damaged(kind, "too short");
  const auto header = layout::decode_block_header(block.first(layout::kBlockHeaderBytes));
  if (!header) return tl::unexpected<Error>(about(kind, header.error()));
  const ByteSpan payload = block.subspan(layout::kBlockHeaderBytes);
  if (header->kind != kind) return damaged(kind, "another block stands in its place");
  if (header->info.stored_bytes != payload.size()) return damaged(kind, "the sizes do not match");
  if (header->payload_checksum != payload_checksum || checksum64(payload) != payload_checksum) {
    return damaged(kind, "the checksum does not match");
  }
  if (header->info.raw_bytes > raw_bytes_max) return damaged(kind, "larger than its contents can be");
  ByteBuffer raw(header->info.raw_bytes);
  CodecContexts codecs;
  if (auto done = codecs.decompress(payload, header->info.codec, raw); !done) {
    return tl::unexpected<Error>(about(kind, std::move(done).error()));
  }
  return raw;
}

Result<ByteBuffer> decode_block(layout::BlockKind kind, ByteSpan block) {
  if (block.size() <= layout::kBlockHeaderBytes) return damaged(kind, "too short");
  const auto header = layout::decode_block_header(block.first(layout::kBlockHeaderBytes));
  if (!header) return tl::unexpected<Error>(about(kind, header.error()));
  return decode_block(kind, block, header->payload_checksum, layout::kIndexRawBytesMax);
}

}  // namespace pgark::format
