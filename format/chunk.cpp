#include "format/chunk.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/scratch_buffer.hpp"
#include "format/checksum.hpp"
#include "format/codec.hpp"
#include "format/columnar/columnar.hpp"
#include "format/layout.hpp"

namespace pgark::format {
namespace {

// A chunk's rows on their way into the archive.
struct RawPayload {
  std::span<const ByteSpan> pieces;  // one, when it is to be compressed
  std::uint64_t bytes = 0;
  std::span<const std::size_t> cuts;
  RowTotals totals;
};

}  // namespace

struct ChunkCoder::Impl {
  CodecContexts codecs;
  ByteBuffer header;
  std::vector<ByteSpan> pieces;  // of the encoded chunk
  ByteSpan text_rows;
  ByteBuffer payload;  // decompressed columns
  // Made on first use: many coders never see binary rows.
  std::optional<columnar::Encoder> encoder;
  std::optional<columnar::Decoder> decoder;

  Result<RawPayload> raw_payload(ByteSpan rows, RowEncoding encoding, Codec codec);
  Result<RowTotals> decode_columns(ByteSpan payload, const ChunkInfo& info, bool check_digest,
                                   ByteBuffer& out);
};

Result<RawPayload> ChunkCoder::Impl::raw_payload(ByteSpan rows, RowEncoding encoding, Codec codec) {
  if (encoding == RowEncoding::text) {
    if (rows.back() != std::byte{'\n'}) return fail(ErrorCode::internal, "a chunk must hold whole rows");
    text_rows = rows;
    return RawPayload{{&text_rows, 1}, rows.size(), {}, digest_text_rows(rows)};
  }
  if (!encoder) encoder.emplace();
  const auto far = codec == Codec::none ? columnar::FarValues::stay : columnar::FarValues::are_copied;
  const auto columns = encoder->encode(rows, /*digest=*/true, far);
  if (!columns) return tl::unexpected<Error>(columns.error());
  return RawPayload{columns->pieces, columns->bytes, columns->cuts, columns->totals};
}

Result<RowTotals> ChunkCoder::Impl::decode_columns(ByteSpan stored, const ChunkInfo& info, bool check_digest,
                                                   ByteBuffer& out) {
  if (!decoder) decoder.emplace();
  ByteSpan columns = stored;
  if (info.codec != Codec::none) {
    payload.resize(info.raw_bytes);
    if (auto done = codecs.decompress(stored, info.codec, payload); !done) {
      return tl::unexpected<Error>(done.error());
    }
    columns = payload;
  }
  auto totals = decoder->decode(columns, kChunkRawBytesMax, check_digest, out);
  if (totals && !check_digest) totals->digest = info.digest;
  trim_scratch(payload);
  return totals;
}

ChunkCoder::ChunkCoder() : impl_(std::make_unique<Impl>()) {}
ChunkCoder::ChunkCoder(ChunkCoder&&) noexcept = default;
ChunkCoder& ChunkCoder::operator=(ChunkCoder&&) noexcept = default;
ChunkCoder::~ChunkCoder() = default;

Result<EncodedChunk> ChunkCoder::encode(EntryId entry, std::uint32_t part, std::uint32_t sequence,
                                        ByteSpan rows, CodecChoice codec, RowEncoding encoding,
                                        const std::stop_token& stop) {
  if (entry == 0) return fail(ErrorCode::internal, "a chunk must belong to an entry");
  if (rows.empty()) return fail(ErrorCode::internal, "a chunk must hold at least one row");
  if (rows.size() > kChunkRawBytesMax) {
    return fail(ErrorCode::internal,
                fmt::format("a chunk of {} bytes exceeds the limit of {}", rows.size(), kChunkRawBytesMax));
  }
  const auto raw = impl_->raw_payload(rows, encoding, codec.codec);
  if (!raw) return tl::unexpected<Error>(raw.error());
  ByteSpan compressed;
  if (codec.codec != Codec::none) {
    const auto done = impl_->codecs.compress(raw->pieces.front(), codec, stop, raw->cuts);
    if (!done) return tl::unexpected<Error>(done.error());
    compressed = *done;
  }
  const std::span<const ByteSpan> payload = compressed.empty() ? raw->pieces : std::span(&compressed, 1);

  layout::BlockHeader header;
  header.kind = layout::BlockKind::chunk;
  header.payload_checksum = checksum64_of(payload);
  header.info = {.entry = entry,
                 .part = part,
                 .sequence = sequence,
                 .rows = raw->totals.rows,
                 .digest = raw->totals.digest,
                 .raw_bytes = raw->bytes,
                 .stored_bytes = compressed.empty() ? raw->bytes : compressed.size(),
                 .encoding = encoding,
                 .codec = compressed.empty() ? Codec::none : codec.codec};
  impl_->header.clear();
  layout::encode_block_header(header, impl_->header);
  std::vector<ByteSpan>& pieces = impl_->pieces;
  pieces.clear();
  pieces.emplace_back(impl_->header);
  pieces.insert(pieces.end(), payload.begin(), payload.end());
  return EncodedChunk{header.info, pieces, impl_->header.size() + header.info.stored_bytes};
}

Result<ChunkInfo> ChunkCoder::encode(EntryId entry, std::uint32_t part, std::uint32_t sequence, ByteSpan rows,
                                     CodecChoice codec, ByteBuffer& out) {
  const auto chunk = encode(entry, part, sequence, rows, codec);
  if (!chunk) return tl::unexpected<Error>(chunk.error());
  out.clear();
  for (const ByteSpan piece : chunk->pieces) out.insert(out.end(), piece.begin(), piece.end());
  return chunk->info;
}

namespace {

Result<RowTotals> text_totals(ByteSpan rows, const ChunkInfo& info, bool check_digest) {
  if (rows.back() != std::byte{'\n'}) {
    return fail(ErrorCode::archive_damaged, "the chunk's last row is not complete");
  }
  return check_digest ? digest_text_rows(rows) : RowTotals{count_text_rows(rows), info.digest};
}

Result<> check_totals(const RowTotals& totals, const ChunkInfo& info) {
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

Result<ChunkInfo> check_stored_chunk(ByteSpan chunk) {
  if (chunk.size() < layout::kBlockHeaderBytes) {
    return fail(ErrorCode::archive_damaged, "the chunk is shorter than its header");
  }
  const auto header = layout::decode_block_header(chunk.first(layout::kBlockHeaderBytes));
  if (!header) return tl::unexpected<Error>(header.error());
  if (header->kind != layout::BlockKind::chunk) {
    return fail(ErrorCode::archive_damaged, "the block is not a chunk");
  }
  const ByteSpan payload = chunk.subspan(layout::kBlockHeaderBytes);
  if (payload.size() != header->info.stored_bytes) {
    return fail(ErrorCode::archive_damaged,
                fmt::format("the chunk's payload has {} bytes, its header says {}", payload.size(),
                            header->info.stored_bytes));
  }
  if (checksum64(payload) != header->payload_checksum) {
    return fail(ErrorCode::archive_damaged, "the chunk's checksum does not match");
  }
  return header->info;
}

Result<ChunkInfo> ChunkCoder::decode(ByteSpan chunk, ByteBuffer& out, bool check_digest) {
  const auto checked = check_stored_chunk(chunk);
  if (!checked) return checked;
  const ChunkInfo& info = *checked;
  const ByteSpan payload = chunk.subspan(layout::kBlockHeaderBytes);
  Result<RowTotals> totals;
  if (info.encoding == RowEncoding::columnar) {
    totals = impl_->decode_columns(payload, info, check_digest, out);
  } else {
    // Cleared only when it has to grow: a reused buffer is then not zeroed again, and grows to what is
    // needed.
    if (out.capacity() < info.raw_bytes) out.clear();
    out.resize(info.raw_bytes);
    if (auto done = impl_->codecs.decompress(payload, info.codec, out); !done) {
      return tl::unexpected<Error>(done.error());
    }
    totals = text_totals(out, info, check_digest);
  }
  if (!totals) return tl::unexpected<Error>(totals.error());
  if (auto sound = check_totals(*totals, info); !sound) return tl::unexpected<Error>(sound.error());
  return info;
}

}  // namespace pgark::format
