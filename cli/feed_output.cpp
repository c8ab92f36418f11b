#include "cli/feed_output.hpp"

#include <utility>

#include "format/checksum.hpp"
#include "format/columnar/columnar.hpp"

namespace pgark::cli {

using format::EntryId;

FeedOutput::FeedOutput(restore::RowFeed& feed, std::function<void()> on_rows)
    : feed_(feed), on_rows_(std::move(on_rows)) {}

Result<> FeedOutput::begin(const format::Toc& toc) {
  feed_.begin(toc);
  return {};
}

Result<dumper::StoredRows> FeedOutput::store(const dumper::RowsPlace& place, BufferLease& rows,
                                             const std::stop_token&) {
  const ByteSpan bytes(*rows);
  const bool binary = place.encoding == format::RowEncoding::columnar;
  const Result<format::RowTotals> totals = binary
                                               ? format::columnar::digest_binary_rows(bytes)
                                               : Result<format::RowTotals>(format::digest_text_rows(bytes));
  if (!totals) return tl::unexpected<Error>(totals.error());
  const format::ChunkInfo info{.entry = place.entry,
                               .part = place.part,
                               .sequence = place.sequence,
                               .rows = totals->rows,
                               .digest = totals->digest,
                               .raw_bytes = bytes.size(),
                               .stored_bytes = bytes.size(),
                               .encoding = place.encoding,
                               .codec = format::Codec::none};
  count(info);
  feed_.put({info, std::move(rows)});
  on_rows_();
  return dumper::StoredRows{info.rows, info.stored_bytes};
}

void FeedOutput::count(const format::ChunkInfo& info) {
  const std::lock_guard lock(mutex_);
  format::DataSummary& sum = totals_[info.entry];
  sum.rows += info.rows;
  sum.digest += info.digest;
  sum.raw_bytes += info.raw_bytes;
  sum.stored_bytes += info.stored_bytes;
  ++sum.chunks;
}

Result<> FeedOutput::end_entry(EntryId entry, std::uint32_t stores) {
  feed_.end_entry(entry, stores);
  return {};
}

Result<format::ArchiveTotals> FeedOutput::finish(format::Toc toc) {
  format::ArchiveTotals all;
  for (const format::TocEntry& entry : toc.entries) {
    const auto found = totals_.find(entry.id);
    if (found == totals_.end() && entry.copy_target.empty()) continue;
    format::DataSummary& sum =
        toc.data.emplace_back(found == totals_.end() ? format::DataSummary() : found->second);
    sum.entry = entry.id;
    all.rows += sum.rows;
    all.raw_bytes += sum.raw_bytes;
    all.chunks += sum.chunks;
  }
  feed_.finish(std::move(toc));
  return all;
}

}  // namespace pgark::cli
