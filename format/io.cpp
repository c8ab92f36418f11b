#include "format/io.hpp"

#include "base/buffer_pool.hpp"

namespace pgark::format {

Result<> Sink::write_pieces_at(std::uint64_t offset, std::span<const ByteSpan> pieces) {
  constexpr std::size_t kBlockBytes = std::size_t{256} << 10;
  ByteBuffer block;
  const auto write = [&](ByteSpan data) {
    const std::uint64_t at = offset;
    offset += data.size();
    return data.empty() ? Result<>{} : write_at(at, data);
  };
  for (const ByteSpan piece : pieces) {
    if (block.size() + piece.size() > kBlockBytes) {
      if (auto written = write(block); !written) return written;
      block.clear();
    }
    if (piece.size() >= kBlockBytes) {
      if (auto written = write(piece); !written) return written;
    } else {
      block.insert(block.end(), piece.begin(), piece.end());
    }
  }
  return write(block);
}

}  // namespace pgark::format
