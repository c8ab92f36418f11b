// Data totals as they stand in a TOC and in blocks of ended entries. format/SPEC.md, sections 8 and 18.
// Pure functions; any thread.
#pragma once

#include <span>
#include <vector>

#include "base/buffer_pool.hpp"
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "format/toc.hpp"

namespace pgark::format {

void encode_summary(const DataSummary& summary, ByteBuffer& out);
// REQUIRES: kDataSummaryBytes bytes.
DataSummary decode_summary(ByteSpan bytes);

// One or more, ascending by entry.
ByteBuffer encode_ends(std::span<const DataSummary> ended);
// Rejects malformed bytes with archive_damaged.
Result<std::vector<DataSummary>> decode_ends(ByteSpan bytes);

}  // namespace pgark::format
