// Chunks: the bytes as they are, and with their checksums put right, so that what lies behind them is
// reached.
#include <cstdlib>

#include "format/checksum.hpp"
#include "format/chunk.hpp"
#include "format/layout.hpp"

namespace {

using namespace pgark;

void put_u64(ByteBuffer& bytes, std::size_t at, std::uint64_t value) {
  for (std::size_t i = 0; i < 8; ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
}

void seal(ByteBuffer& chunk) {
  namespace layout = format::layout;
  if (chunk.size() < layout::kBlockHeaderBytes) return;
  const ByteSpan payload = ByteSpan(chunk).subspan(layout::kBlockHeaderBytes);
  put_u64(chunk, layout::kBlockPayloadChecksumAt, format::checksum64(payload));
  put_u64(chunk, layout::kBlockHeaderChecksumAt,
          format::checksum64(ByteSpan(chunk).first(layout::kBlockHeaderChecksumAt)));
}

// What is accepted has the properties that a chunk promises.
void decode(ByteSpan chunk, bool check_digest) {
  static format::ChunkCoder coder;
  ByteBuffer rows;
  const auto info = coder.decode(chunk, rows, check_digest);
  if (!info) return;
  const auto totals = format::digest_text_rows(rows);
  if (rows.size() != info->raw_bytes || totals.rows != info->rows) std::abort();
  if (check_digest && totals.digest != info->digest) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteSpan input = std::as_bytes(std::span(data, size));
  decode(input, true);
  ByteBuffer sealed(input.begin(), input.end());
  seal(sealed);
  decode(sealed, true);
  decode(sealed, false);
  return 0;
}
