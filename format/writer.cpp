#include "format/writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <tuple>

#include "format/block.hpp"
#include "format/data_totals.hpp"
#include "format/index.hpp"
#include "format/layout.hpp"
#include "format/pack_writer.hpp"

namespace pgark::format {

struct ArchiveWriter::Impl {
  explicit Impl(std::unique_ptr<Sink> destination)
      : sink(std::move(destination)), sequential(sink->sequential()) {}

  Result<> begin(const layout::FileHeader& header);

  Result<> append(const EncodedChunk& chunk);
  Result<ArchiveTotals> finish(Toc& toc);

  Result<> place(const EncodedChunk& chunk);
  Result<> begin_stream(const Toc& toc);
  Result<> end_entry(EntryId entry, std::uint32_t chunks);
  Result<> write_end(EntryId entry);
  Result<> write(ByteSpan data);
  Result<layout::BlockPlace> write_block(layout::BlockKind kind, ByteSpan raw);
  Result<> sort_chunks();
  Result<> sum_up(Toc& toc) const;
  void remember(const ChunkInfo& info, PackPlace place);
  void discard();
  Result<> keep_failure(Result<> result);
  std::optional<Error> failure();

  std::unique_ptr<SinkFolder> folder;  // null: one file
  std::unique_ptr<PackWriter> packs;   // in the folder
  std::unique_ptr<Sink> sink;          // of TOC, index and trailer; without a folder of the chunks as well
  const bool sequential;
  bool is_stream = false;
  std::mutex write_mutex;  // sequential sinks, streams: from reserving the offset to the end of the write
  std::atomic<std::uint64_t> next_offset{0};
  std::atomic<bool> failed{false};
  bool finished = false;
  std::uint64_t header_checksum = 0;

  std::mutex mutex;  // guards what follows
  std::vector<ChunkRef> chunks;
  std::optional<Error> first_failure;

  // Of a stream; guarded by write_mutex.
  struct Open {
    DataSummary written;
    std::optional<std::uint32_t> chunks;  // once they are known
  };
  std::map<EntryId, Open> open_entries;
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

void add(DataSummary& sum, const ChunkInfo& info) {
  sum.rows += info.rows;
  sum.digest += info.digest;
  sum.raw_bytes += info.raw_bytes;
  sum.stored_bytes += info.stored_bytes;
  ++sum.chunks;
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

void ArchiveWriter::Impl::remember(const ChunkInfo& info, PackPlace place) {
  const std::lock_guard lock(mutex);
  chunks.push_back({place.pack, place.offset, layout::kBlockHeaderBytes + info.stored_bytes, info});
}

Result<> ArchiveWriter::Impl::place(const EncodedChunk& chunk) {
  if (!is_sound(chunk)) return fail(ErrorCode::internal, "the chunk is not what its description says");
  if (packs) {
    const auto place = packs->append(chunk);
    if (!place) return tl::unexpected<Error>(place.error());
    remember(chunk.info, *place);
    return {};
  }
  std::unique_lock<std::mutex> in_turn(write_mutex, std::defer_lock);
  if (sequential || is_stream) in_turn.lock();
  const std::uint64_t offset = next_offset.fetch_add(chunk.bytes);
  if (auto written = sink->write_pieces_at(offset, chunk.pieces); !written) return written;
  remember(chunk.info, {0, offset});
  if (!is_stream) return {};
  add(open_entries[chunk.info.entry].written, chunk.info);
  return write_end(chunk.info.entry);
}

Result<> ArchiveWriter::Impl::begin_stream(const Toc& toc) {
  const auto place = write_block(layout::BlockKind::early_toc, encode_toc(toc));
  return place ? Result<>() : tl::unexpected<Error>(place.error());
}

Result<> ArchiveWriter::Impl::end_entry(EntryId entry, std::uint32_t count) {
  const std::lock_guard in_turn(write_mutex);
  open_entries[entry].chunks = count;
  return write_end(entry);
}

// When all chunks of the entry are written and known to be all.
Result<> ArchiveWriter::Impl::write_end(EntryId entry) {
  const auto open = open_entries.find(entry);
  if (open->second.chunks != open->second.written.chunks) return {};
  DataSummary ended = open->second.written;
  ended.entry = entry;
  open_entries.erase(open);
  const auto place = write_block(layout::BlockKind::ends, encode_ends(std::span(&ended, 1)));
  return place ? Result<>() : tl::unexpected<Error>(place.error());
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
      add(summary, chunk->info);
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

  if (packs) {
    if (auto finished_packs = packs->finish(); !finished_packs) return propagate(finished_packs);
  }
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
  if (folder) {
    if (auto committed = folder->commit(); !committed) return propagate(committed);
  }

  ArchiveTotals totals;
  totals.file_bytes = trailer.file_bytes + (packs ? packs->bytes_written() : 0);
  totals.chunks = chunks.size();
  for (const DataSummary& summary : toc.data) {
    totals.raw_bytes += summary.raw_bytes;
    totals.rows += summary.rows;
  }
  return totals;
}

ArchiveWriter::ArchiveWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ArchiveWriter::~ArchiveWriter() {
  if (!impl_->finished) impl_->discard();
}

void ArchiveWriter::Impl::discard() {
  sink->discard();
  if (!folder) return;
  packs.reset();
  sink.reset();
  folder->discard();
}

Result<> ArchiveWriter::Impl::begin(const layout::FileHeader& header) {
  ByteBuffer bytes;
  layout::encode_file_header(header, bytes);
  header_checksum = layout::decode_file_header(bytes)->checksum;
  return write(bytes);
}

Result<std::unique_ptr<ArchiveWriter>> ArchiveWriter::create(std::unique_ptr<Sink> sink) {
  std::unique_ptr<ArchiveWriter> writer(new ArchiveWriter(std::make_unique<Impl>(std::move(sink))));
  if (auto begun = writer->impl_->begin({}); !begun) return tl::unexpected<Error>(std::move(begun).error());
  return writer;
}

Result<std::unique_ptr<ArchiveWriter>> ArchiveWriter::create_stream(std::unique_ptr<Sink> sink) {
  std::unique_ptr<ArchiveWriter> writer(new ArchiveWriter(std::make_unique<Impl>(std::move(sink))));
  writer->impl_->is_stream = true;
  const layout::FileHeader header{.is_stream = true};
  if (auto begun = writer->impl_->begin(header); !begun)
    return tl::unexpected<Error>(std::move(begun).error());
  return writer;
}

Result<std::unique_ptr<ArchiveWriter>> ArchiveWriter::create(std::unique_ptr<SinkFolder> folder,
                                                             const PackChoice& choice) {
  auto toc = folder->create(layout::kTocFile);
  if (!toc) {
    folder->discard();
    return tl::unexpected<Error>(std::move(toc).error());
  }
  std::unique_ptr<ArchiveWriter> writer(new ArchiveWriter(std::make_unique<Impl>(std::move(*toc))));
  Impl& impl = *writer->impl_;
  impl.folder = std::move(folder);
  impl.packs = std::make_unique<PackWriter>(*impl.folder, choice.bytes, choice.archive_id);
  const layout::FileHeader header{.is_stream = false, .in_packs = true, .pack = 0, .id = choice.archive_id};
  if (auto begun = impl.begin(header); !begun) return tl::unexpected<Error>(std::move(begun).error());
  if (auto opened = impl.packs->open_first(); !opened)
    return tl::unexpected<Error>(std::move(opened).error());
  return writer;
}

PackChoice random_pack_choice(std::uint64_t bytes) {
  PackChoice choice{.bytes = bytes};
  std::random_device random;
  for (std::uint8_t& byte : choice.archive_id) byte = static_cast<std::uint8_t>(random());
  return choice;
}

bool ArchiveWriter::is_stream() const {
  return impl_->is_stream;
}

Result<> ArchiveWriter::begin_stream(const Toc& toc) {
  return impl_->keep_failure(impl_->begin_stream(toc));
}

Result<> ArchiveWriter::end_entry(EntryId entry, std::uint32_t chunks) {
  if (impl_->failed.load()) return tl::unexpected<Error>(*impl_->failure());
  return impl_->keep_failure(impl_->end_entry(entry, chunks));
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
  return impl_->next_offset.load() + (impl_->packs ? impl_->packs->bytes_written() : 0);
}

}  // namespace pgark::format
