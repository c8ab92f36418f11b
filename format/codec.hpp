// Compression of payloads: LZ4 blocks and zstd frames. format/SPEC.md, "Codecs".
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "format/chunk.hpp"

namespace pgark::format {

// The libraries' contexts and an output buffer, made on first use and reused. Not thread safe: one per
// thread.
class CodecContexts {
 public:
  CodecContexts();
  CodecContexts(const CodecContexts&) = delete;
  CodecContexts& operator=(const CodecContexts&) = delete;
  ~CodecContexts();

  // The compressed bytes, valid until the next call; empty when they would not be shorter than `raw` or the
  // codec is none. A slow zstd level looks at `stop` every few tens of milliseconds, and fails with
  // interrupted. `cuts`: offsets in `raw`, ascending, where bytes of another kind begin; zstd starts new
  // statistics there, if enough bytes stand in between.
  Result<ByteSpan> compress(ByteSpan raw, CodecChoice choice, const std::stop_token& stop = {},
                            std::span<const std::size_t> cuts = {});

  // Fills all of `raw` from exactly all of `stored`, or fails with archive_damaged. Never writes outside
  // `raw`.
  Result<> decompress(ByteSpan stored, Codec codec, MutableByteSpan raw);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pgark::format
