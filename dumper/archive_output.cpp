#include "dumper/archive_output.hpp"

#include <utility>

namespace pgark::dumper {

ArchiveOutput::ArchiveOutput(const async::CpuPool& cpu, format::CodecChoice codec,
                             std::unique_ptr<format::ArchiveWriter> writer)
    : codec_(codec), writer_(std::move(writer)), coders_(cpu.thread_count()) {}

bool ArchiveOutput::live() const {
  return writer_->is_stream();
}

Result<> ArchiveOutput::begin(const format::Toc& toc) {
  return live() ? writer_->begin_stream(toc) : Result<>();
}

Result<StoredRows> ArchiveOutput::store(const RowsPlace& place, BufferLease& rows,
                                        const std::stop_token& stop) {
  format::ChunkCoder& coder = coders_.at(async::CpuPool::current_thread());
  const auto chunk =
      coder.encode(place.entry, place.part, place.sequence, *rows, codec_, place.encoding, stop);
  if (!chunk) return tl::unexpected<Error>(chunk.error());
  if (auto written = writer_->append(*chunk); !written) return tl::unexpected<Error>(written.error());
  return StoredRows{chunk->info.rows, chunk->bytes};
}

Result<> ArchiveOutput::end_entry(format::EntryId entry, std::uint32_t stores) {
  return writer_->end_entry(entry, stores);
}

Result<format::ArchiveTotals> ArchiveOutput::finish(format::Toc toc) {
  return writer_->finish(std::move(toc));
}

}  // namespace pgark::dumper
