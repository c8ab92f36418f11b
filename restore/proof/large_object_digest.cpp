#include "restore/proof/large_object_digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "format/checksum.hpp"
#include "restore/large_object_rows.hpp"

namespace pgark::restore {

namespace {

// Pages of pg_largeobject are a quarter of the server's block, which is a power of two and at least 1 KiB.
constexpr std::uint64_t kBlockBytes = 256;

}  // namespace

Result<> LargeObjectDigest::add(ByteSpan rows) {
  return each_large_object_piece(rows, [this](const LargeObjectPiece& piece) {
    const std::uint64_t end = piece.at + piece.hex.size() / 2;
    if (end == 0) return;
    std::uint64_t& length = lengths_[piece.oid];
    length = std::max(length, end);
    std::string_view hex = piece.hex;
    for (std::uint64_t at = piece.at; !hex.empty();) {
      const std::uint64_t bytes = std::min<std::uint64_t>(kBlockBytes - at % kBlockBytes, hex.size() / 2);
      add_block(piece.oid, at, hex.substr(0, 2 * bytes));
      hex.remove_prefix(2 * bytes);
      at += bytes;
    }
  });
}

void LargeObjectDigest::add_block(std::uint32_t oid, std::uint64_t at, std::string_view hex) {
  const std::size_t last = hex.find_last_not_of('0');
  if (last == std::string_view::npos) return;
  scratch_.clear();
  fmt::format_to(std::back_inserter(scratch_), "{}\t{}\t{}", oid, at, hex.substr(0, last + 1));
  contents_ += format::row_digest(as_bytes(scratch_));
}

}  // namespace pgark::restore
