// The blocks that are no chunks: a block header before a payload that zstd makes smaller when it can.
// Pure functions; any thread.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "format/layout.hpp"

namespace pgark::format {

struct EncodedBlock {
  ByteBuffer bytes;  // header and payload
  std::uint64_t payload_checksum = 0;
};

// Fails with internal when `raw` is empty or larger than the format allows.
Result<EncodedBlock> encode_block(layout::BlockKind kind, ByteSpan raw);

// Checks everything about `block` (header and payload) and returns the raw payload. `payload_checksum` is
// what the trailer says, so that the block is the one this trailer was written for. A raw payload of more
// than `raw_bytes_max` bytes is refused before it is allocated.
Result<ByteBuffer> decode_block(layout::BlockKind kind, ByteSpan block, std::uint64_t payload_checksum,
                                std::uint64_t raw_bytes_max);

// The same of a block that no trailer speaks of: the header's own checksum counts.
Result<ByteBuffer> decode_block(layout::BlockKind kind, ByteSpan block);

}  // namespace pgark::format
