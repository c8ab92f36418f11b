#include "format/writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <tuple>

#include "format/block.hpp"
#include "format/index.hpp"
#include "format/layout.hpp"

namespace pgark::format {

struct ArchiveWriter::Impl {
  explicit Impl(std::unique_ptr<Sink> destination)
      : sink(std::move(destination)), sequential(sink->sequential()) {}

  Result<> append(const EncodedChunk& chunk);
  Result<ArchiveTotals> finish(Toc& toc);

  Result<> place(const EncodedChunk& chunk);
  Result<> write(ByteSpan data);
  Result<layout::BlockPlace> write_block(layout::BlockKind kind, ByteSpan raw);
  Result<> sort_chunks();
  Result<> sum_up(Toc& toc) const;
  void remember(const ChunkInfo& info, std::uint64_t offset);
  Result<> keep_failure(Result<> result);
  std::optional<Error> failure();

  const std::unique_ptr<Sink> sink;
  const bool sequential;
  std::mutex write_mutex;  // sequential sinks: from reserving the offset to the end of the write
  std::atomic<std::uint64_t> next_offset{0};
  std::atomic<bool> failed{false};
  bool finished = false;
  std::uint64_t header_checksum = 0;

  std::mutex mutex;  // guards what follows
  std::vector<ChunkRef> chunks;
  std::optional<Error> first_failure;
};

namespace {

auto order_of(const ChunkRef& chunk) {
  return std::tuple(chunk.info.entry, chunk.info.part, chunk.info.sequence);
}

// The bytes are the chunk that `info` describes; a mix-up here would be found only by the restore.
bool is_sound(const EncodedChunk& chunk) {
  if (chunk.pieces.empty() || chunk.pieces.front().size() != layout::kBlockHeaderBytes) return false;
  std::uint64_t bytes = 0;
  for (const ByteSpan piece : chunk.pieces) bytes += piece.size();
  if (bytes != chunk.bytes || bytes != layout::kBlockHeaderBytes + chunk.info.stored_bytes) return false;
  const auto header = layout::decode_block_header(chunk.pieces.front());
  return header && header->kind == layout::BlockKind::chunk && header->info == chunk.info;
}

}  // namespace

std::optional<Error> ArchiveWriter::Impl::failure() {
  const std::lock_guard lock(mutex);
  return first_failure;
}

Result<> ArchiveWriter::Impl::keep_failure(Result<> result) {
  if (result) return result;
  const std::lock_guard lock(mutex);
  if (!first_failure) first_failure = result.error();
  failed.store(true);
  return tl::unexpected<Error>(*first_failure);
}

void ArchiveWriter::Impl::remember(const ChunkInfo& info, std::uint64_t offset) {
  const std::lock_guard lock(mutex);
  chunks.push_back({offset, layout::kBlockHeaderBytes + info.stored_bytes, info});
}

Result<> ArchiveWriter::Impl::place(const EncodedChunk& chunk) {
  if (!is_sound(chunk)) return fail(ErrorCode::internal, "the chunk is not what its description says");
  std::unique_lock<std::mutex> in_turn(write_mutex, std::defer_lock);
  if (sequential) in_turn.lock();
  const std::uint64_t offset = next_offset.fetch_add(chunk.bytes);
  if (auto written = sink->write_pieces_at(offset, chunk.pieces); !written) return written;
  remember(chunk.info, offset);
  return {};
}

Result<> ArchiveWriter::Impl::append(const EncodedChunk& chunk) {
  if (failed.load()) return tl::unexpected<Error>(*failure());
  return keep_failure(place(chunk));
}

Result<> ArchiveWriter::Impl::write(ByteSpan data) {
  return sink->write_at(next_offset.fetch_add(data.size()), data);
}

Result<layout::BlockPlace> ArchiveWriter::Impl::write_block(layout::BlockKind kind, ByteSpan raw) {
  const auto block = encode_block(kind, raw);
  if (!block) return tl::unexpected<Error>(block.error());
  const layout::BlockPlace place{next_offset.load(), block->bytes.size(), block->payload_checksum};
  if (auto written = write(block->bytes); !written) return tl::unexpected<Error>(std::move(written).error());
  return place;
}

Result<> ArchiveWriter::Impl::sort_chunks() {
  std::ranges::sort(chunks, {}, order_of);
  const auto twin = std::ranges::adjacent_find(chunks, {}, order_of);
  if (twin == chunks.end()) return {};
  return fail(ErrorCode::internal, fmt::format("chunk {} of part {} of entry {} was written twice",
                                               twin->info.sequence, twin->info.part, twin->info.entry));
}

// One summary for every entry that has rows or could have had them.
Result<> ArchiveWriter::Impl::sum_up(Toc& toc) const {
  toc.data.clear();
  if (!chunks.empty() && toc.find(chunks.back().info.entry) == nullptr) {
    return fail(ErrorCode::internal,
                fmt::format("rows were written for entry {}, which is not in the table of contents",
                            chunks.back().info.entry));
  }
  auto chunk = chunks.begin();
  for (const TocEntry& entry : toc.entries) {
    DataSummary summary;
    summary.entry = entry.id;
    for (; chunk != chunks.end() && chunk->info.entry == entry.id; ++chunk) {
      summary.rows += chunk->info.rows;
      summary.digest += chunk->info.digest;
      summary.raw_bytes += chunk->info.raw_bytes;
      summary.stored_bytes += chunk->info.stored_bytes;
      ++summary.chunks;
    }
    if (summary.chunks != 0 || !entry.copy_target.empty()) toc.data.push_back(summary);
  }
  return {};
}

Result<ArchiveTotals> ArchiveWriter::Impl::finish(Toc& toc) {
  const auto propagate = [](auto& result) { return tl::unexpected<Error>(std::move(result).error()); };
  for (std::size_t at = 0; at < toc.entries.size(); ++at) {
    if (toc.entries[at].id != at + 1) {
      return fail(ErrorCode::internal, fmt::format("entry {} of the table of contents has the number {}",
                                                   at + 1, toc.entries[at].id));
    }
  }
  if (auto sorted = sort_chunks(); !sorted) return propagate(sorted);
  if (auto summed = sum_up(toc); !summed) return propagate(summed);

  layout::Trailer trailer;
  auto toc_place = write_block(layout::BlockKind::toc, encode_toc(toc));
  if (!toc_place) return propagate(toc_place);
  trailer.toc = *toc_place;
  ByteBuffer index;
  encode_index(chunks, index);
  auto index_place = write_block(layout::BlockKind::index, index);
  if (!index_place) return propagate(index_place);
  trailer.index = *index_place;
  trailer.chunks = chunks.size();
  trailer.file_bytes = next_offset.load() + layout::kTrailerBytes;
  trailer.header_checksum = header_checksum;
  ByteBuffer tail;
  layout::encode_trailer(trailer, tail);
  if (auto written = write(tail); !written) return propagate(written);
  if (auto committed = sink->commit(); !committed) return propagate(committed);

  ArchiveTotals totals;
  totals.file_bytes = trailer.file_bytes;
  totals.chunks = chunks.size();
  for (const DataSummary& summary : toc.data) {
    totals.raw_bytes += summary.raw_bytes;
    totals.rows += summary.rows;
  }
  return totals;
}

ArchiveWriter::ArchiveWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ArchiveWriter::~ArchiveWriter() {
  if (!impl_->finished) impl_->sink->discard();
}

Result<std::unique_ptr<ArchiveWriter>> ArchiveWriter::create(std::unique_ptr<Sink> sink) {
  auto impl = std::make_unique<Impl>(std::move(sink));
  ByteBuffer header;
  layout::encode_file_header({}, header);
  impl->header_checksum = layout::decode_file_header(header)->checksum;
  std::unique_ptr<ArchiveWriter> writer(new ArchiveWriter(std::move(impl)));
  if (auto written = writer->impl_->write(header); !written) {
    return tl::unexpected<Error>(std::move(written).error());
  }
  return writer;
}

Result<> ArchiveWriter::append(const EncodedChunk& chunk) {
  return impl_->append(chunk);
}

Result<ArchiveTotals> ArchiveWriter::finish(Toc toc) {
  if (impl_->failed.load()) return tl::unexpected<Error>(*impl_->failure());
  auto totals = impl_->finish(toc);
  if (totals) {
    impl_->finished = true;
  } else {
    static_cast<void>(impl_->keep_failure(tl::unexpected<Error>(totals.error())));
  }
  return totals;
}

std::uint64_t ArchiveWriter::bytes_written() const {
  return impl_->next_offset.load();
}

}  // namespace pgark::format
