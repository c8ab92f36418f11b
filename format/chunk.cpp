#include "format/chunk.hpp"

#include <fmt/format.h>

#include "format/checksum.hpp"
#include "format/codec.hpp"
#include "format/layout.hpp"

namespace pgark::format {

struct ChunkCoder::Impl {
  CodecContexts codecs;
  ByteBuffer header;
};

ChunkCoder::ChunkCoder() : impl_(std::make_unique<Impl>()) {}
ChunkCoder::ChunkCoder(ChunkCoder&&) noexcept = default;
ChunkCoder& ChunkCoder::operator=(ChunkCoder&&) noexcept = default;
ChunkCoder::~ChunkCoder() = default;

Result<EncodedChunk> ChunkCoder::encode(EntryId entry, std::uint32_t part, std::uint32_t sequence,
                                        ByteSpan rows, CodecChoice codec, const std::stop_token& stop) {
  if (entry == 0) return fail(ErrorCode::internal, "a chunk must belong to an entry");
  if (rows.empty() || rows.back() != std::byte{'\n'}) {
    return fail(ErrorCode::internal, "a chunk must hold whole rows, at least one");
  }
  if (rows.size() > kChunkRawBytesMax) {
    return fail(ErrorCode::internal,
                fmt::format("a chunk of {} bytes exceeds the limit of {}", rows.size(), kChunkRawBytesMax));
  }
  const auto compressed = impl_->codecs.compress(rows, codec, stop);
  if (!compressed) return tl::unexpected<Error>(compressed.error());
  const ByteSpan payload = compressed->empty() ? rows : *compressed;
  const RowTotals totals = digest_text_rows(rows);

  layout::BlockHeader header;
  header.kind = layout::BlockKind::chunk;
  header.payload_checksum = checksum64(payload);
  header.info = {.entry = entry,
                 .part = part,
                 .sequence = sequence,
                 .rows = totals.rows,
                 .digest = totals.digest,
                 .raw_bytes = rows.size(),
                 .stored_bytes = payload.size(),
                 .encoding = RowEncoding::text,
                 .codec = compressed->empty() ? Codec::none : codec.codec};
  impl_->header.clear();
  layout::encode_block_header(header, impl_->header);
  return EncodedChunk{header.info, impl_->header, payload};
}

Result<ChunkInfo> ChunkCoder::encode(EntryId entry, std::uint32_t part, std::uint32_t sequence, ByteSpan rows,
                                     CodecChoice codec, ByteBuffer& out) {
  const auto chunk = encode(entry, part, sequence, rows, codec);
  if (!chunk) return tl::unexpected<Error>(chunk.error());
  out.assign(chunk->header.begin(), chunk->header.end());
  out.insert(out.end(), chunk->payload.begin(), chunk->payload.end());
  return chunk->info;
}

namespace {

Result<> check_rows(ByteSpan rows, const ChunkInfo& info, bool check_digest) {
  if (rows.back() != std::byte{'\n'}) {
    return fail(ErrorCode::archive_damaged, "the chunk's last row is not complete");
  }
  const RowTotals totals =
      check_digest ? digest_text_rows(rows) : RowTotals{count_text_rows(rows), info.digest};
  if (totals.rows != info.rows) {
    return fail(ErrorCode::archive_damaged,
                fmt::format("the chunk holds {} rows, its header says {}", totals.rows, info.rows));
  }
  if (totals.digest != info.digest) {
    return fail(ErrorCode::archive_damaged, fmt::format("the rows' digest is {}, the chunk's header says {}",
                                                        totals.digest.hex(), info.digest.hex()));
  }
  return {};
}

}  // namespace

Result<ChunkInfo> ChunkCoder::decode(ByteSpan chunk, ByteBuffer& out, bool check_digest) {
  if (chunk.size() < layout::kBlockHeaderBytes) {
    return fail(ErrorCode::archive_damaged, "the chunk is shorter than its header");
  }
  const auto header = layout::decode_block_header(chunk.first(layout::kBlockHeaderBytes));
  if (!header) return tl::unexpected<Error>(header.error());
  if (header->kind != layout::BlockKind::chunk) {
    return fail(ErrorCode::archive_damaged, "the block is not a chunk");
  }
  const ChunkInfo& info = header->info;
  const ByteSpan payload = chunk.subspan(layout::kBlockHeaderBytes);
  if (payload.size() != info.stored_bytes) {
    return fail(ErrorCode::archive_damaged,
                fmt::format("the chunk's payload has {} bytes, its header says {}", payload.size(),
                            info.stored_bytes));
  }
  if (checksum64(payload) != header->payload_checksum) {
    return fail(ErrorCode::archive_damaged, "the chunk's checksum does not match");
  }
  out.resize(info.raw_bytes);  // not cleared before: a reused buffer is then not zeroed again
  if (auto done = impl_->codecs.decompress(payload, info.codec, out); !done) {
    return tl::unexpected<Error>(done.error());
  }
  if (auto sound = check_rows(out, info, check_digest); !sound) return tl::unexpected<Error>(sound.error());
  return info;
}

}  // namespace pgark::format
