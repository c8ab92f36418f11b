// Archives of the fuzz targets: read from memory, and put right so that what stands behind the checksums is
// reached.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>

#include "base/buffer_pool.hpp"
#include "format/checksum.hpp"
#include "format/io.hpp"
#include "format/layout.hpp"

namespace pgark::fuzz {

namespace layout = format::layout;

class SpanSource final : public format::Source {
 public:
  explicit SpanSource(ByteSpan bytes) : bytes_(bytes) {}
  Result<std::uint64_t> size() const override { return bytes_.size(); }
  Result<> read_at(std::uint64_t offset, MutableByteSpan out) const override {
    if (offset > bytes_.size() || out.size() > bytes_.size() - offset)
      std::abort();  // open() must have checked
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return {};
  }
  std::string name() const override { return "fuzz"; }

 private:
  ByteSpan bytes_;
};

inline std::uint64_t get_u64(ByteSpan bytes, std::size_t at) {
  return ByteReader(bytes.subspan(at)).u64_le();
}
inline void put_u64(ByteBuffer& bytes, std::size_t at, std::uint64_t value) {
  for (std::size_t i = 0; i < 8; ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
}
inline void seal(ByteBuffer& bytes, std::size_t from, std::size_t checksum_at) {
  put_u64(bytes, from + checksum_at, format::checksum64(ByteSpan(bytes).subspan(from, checksum_at)));
}

// Puts the block at `at` right and answers its payload's checksum.
inline std::uint64_t seal_block(ByteBuffer& bytes, std::uint64_t at, std::uint64_t total) {
  if (at > bytes.size() || total > bytes.size() - at || total < layout::kBlockHeaderBytes) return 0;
  const std::uint64_t sum = format::checksum64(
      ByteSpan(bytes).subspan(at + layout::kBlockHeaderBytes, total - layout::kBlockHeaderBytes));
  put_u64(bytes, at + layout::kBlockPayloadChecksumAt, sum);
  seal(bytes, at, layout::kBlockHeaderChecksumAt);
  return sum;
}

// Of an archive of one file, or of the table of contents of one of several.
inline void seal_archive(ByteBuffer& bytes) {
  if (bytes.size() < layout::kFileHeaderBytes + layout::kTrailerBytes) return;
  seal(bytes, 0, layout::kFileHeaderChecksumAt);
  const std::size_t trailer = bytes.size() - layout::kTrailerBytes;
  for (const std::size_t place : {trailer, trailer + 24}) {
    put_u64(bytes, place + 16, seal_block(bytes, get_u64(bytes, place), get_u64(bytes, place + 8)));
  }
  put_u64(bytes, trailer + 56, bytes.size());
  put_u64(bytes, trailer + 64, get_u64(bytes, layout::kFileHeaderChecksumAt));
  seal(bytes, trailer, layout::kTrailerChecksumAt);
}

}  // namespace pgark::fuzz
