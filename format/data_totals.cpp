#include "format/data_totals.hpp"

#include "format/layout.hpp"

namespace pgark::format {

void encode_summary(const DataSummary& summary, ByteBuffer& out) {
  ByteWriter writer(out);
  writer.u32_le(summary.entry);
  writer.u32_le(summary.chunks);
  writer.u64_le(summary.rows);
  writer.u64_le(summary.digest.low);
  writer.u64_le(summary.digest.high);
  writer.u64_le(summary.raw_bytes);
  writer.u64_le(summary.stored_bytes);
}

DataSummary decode_summary(ByteSpan bytes) {
  ByteReader reader(bytes);
  DataSummary summary;
  summary.entry = reader.u32_le();
  summary.chunks = reader.u32_le();
  summary.rows = reader.u64_le();
  summary.digest.low = reader.u64_le();
  summary.digest.high = reader.u64_le();
  summary.raw_bytes = reader.u64_le();
  summary.stored_bytes = reader.u64_le();
  return summary;
}

ByteBuffer encode_ends(std::span<const DataSummary> ended) {
  ByteBuffer out;
  for (const DataSummary& summary : ended) encode_summary(summary, out);
  return out;
}

Result<std::vector<DataSummary>> decode_ends(ByteSpan bytes) {
  if (bytes.empty() || bytes.size() % layout::kDataSummaryBytes != 0)
    return fail(ErrorCode::archive_damaged, "the block of ended entries has another size than its contents");
  std::vector<DataSummary> ended;
  for (std::size_t at = 0; at < bytes.size(); at += layout::kDataSummaryBytes) {
    const DataSummary summary = decode_summary(bytes.subspan(at, layout::kDataSummaryBytes));
    if (summary.entry <= (ended.empty() ? 0 : ended.back().entry))
      return fail(ErrorCode::archive_damaged, "the block of ended entries is not in order");
    ended.push_back(summary);
  }
  return ended;
}

}  // namespace pgark::format
