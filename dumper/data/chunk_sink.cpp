#include "dumper/data/chunk_sink.hpp"

namespace pgark::dumper {

ChunkSink::ChunkSink(std::span<const DataObject> objects, DumpOutput& output, Progress& progress)
    : objects_(objects), output_(output), progress_(progress), counts_(objects.size()) {}

void ChunkSink::store(const Position& position, BufferLease& rows, const std::stop_token& stop) {
  const DataObject& object = objects_[position.object];
  const auto encoding = object.binary ? format::RowEncoding::columnar : format::RowEncoding::text;
  const std::uint64_t row_bytes = rows->size();
  const auto stored = output_.store({object.entry, position.part, position.sequence, encoding}, rows, stop);
  if (!stored && stop.stop_requested()) return;
  value_or_throw(stored);
  counts_[position.object].stored.fetch_add(stored->rows, std::memory_order_relaxed);
  progress_.bytes_done.fetch_add(row_bytes, std::memory_order_relaxed);
  progress_.rows_done.fetch_add(stored->rows, std::memory_order_relaxed);
  progress_.stored_bytes.fetch_add(stored->bytes, std::memory_order_relaxed);
}

void ChunkSink::end(std::size_t object) {
  if (output_.live()) value_or_throw(output_.end_entry(objects_[object].entry, counts_[object].announced));
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
