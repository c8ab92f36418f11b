// The chunk index: where every chunk lies and what its header says. format/SPEC.md, "Index".
// Pure functions; any thread.
#pragma once

#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "format/reader.hpp"

namespace pgark::format {

// REQUIRES: sorted by entry, part, sequence. Appends to `out`.
void encode_index(std::span<const ChunkRef> chunks, ByteBuffer& out);

// Rejects malformed bytes, rows out of order and rows that no chunk can have. Where the chunks lie is not
// checked.
Result<std::vector<ChunkRef>> decode_index(ByteSpan bytes);

}  // namespace pgark::format
