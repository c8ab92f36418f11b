#include "dumper/data/chunk_sink.hpp"

namespace pgark::dumper {

ChunkSink::ChunkSink(const async::CpuPool& cpu, std::span<const DataObject> objects,
                     format::CodecChoice codec, format::ArchiveWriter& writer, Progress& progress)
    : objects_(objects),
      codec_(codec),
      writer_(writer),
      progress_(progress),
      coders_(cpu.thread_count()),
      counts_(objects.size()) {}

void ChunkSink::store(const Position& position, ByteSpan rows, const std::stop_token& stop) {
  format::ChunkCoder& coder = coders_.at(async::CpuPool::current_thread());
  const DataObject& object = objects_[position.object];
  const auto encoding = object.binary ? format::RowEncoding::columnar : format::RowEncoding::text;
  const auto encoded =
      coder.encode(object.entry, position.part, position.sequence, rows, codec_, encoding, stop);
  if (!encoded && stop.stop_requested()) return;
  value_or_throw(encoded);
  value_or_throw(writer_.append(*encoded));
  const format::ChunkInfo& info = encoded->info;
  counts_[position.object].stored.fetch_add(info.rows, std::memory_order_relaxed);
  progress_.bytes_done.fetch_add(rows.size(), std::memory_order_relaxed);
  progress_.rows_done.fetch_add(info.rows, std::memory_order_relaxed);
  progress_.stored_bytes.fetch_add(encoded->bytes, std::memory_order_relaxed);
}

void ChunkSink::expect(std::size_t object, std::uint64_t rows) {
  counts_[object].sent.fetch_add(rows, std::memory_order_relaxed);
}

Result<> ChunkSink::check_counts() const {
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const std::uint64_t stored = counts_[i].stored, sent = counts_[i].sent;
    if (stored == sent) continue;
    return fail(
        ErrorCode::mismatch,
        "the server sent " + std::to_string(sent) + " rows, but " + std::to_string(stored) + " were counted",
        objects_[i].qualified_sql, "the archive was not completed; please report this as a bug");
  }
  return {};
}

}  // namespace pgark::dumper
