// Copies of short values that read and write whole vectors, past the end of the value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/bytes.hpp"
#include "format/columnar/scratch.hpp"

namespace pgark::format::columnar {

// REQUIRES: kSlackBytes readable and writable behind the value on both sides; the ranges do not overlap.
inline void copy_over(std::byte* to, const std::byte* from, std::size_t bytes) {
  std::memcpy(to, from, 16);
  if (bytes <= 16) return;
  std::memcpy(to + 16, from + 16, 16);
  if (bytes <= 32) return;
  if (bytes > 256) {
    std::memcpy(to + 32, from + 32, bytes - 32);
    return;
  }
  for (std::size_t at = 32; at < bytes; at += 32) std::memcpy(to + at, from + at, 32);
}

inline std::uint32_t load_be32(const std::byte* from) {
  return pgark::detail::load<std::uint32_t, std::endian::big>(from);
}
inline void store_be32(std::byte* to, std::uint32_t value) {
  pgark::detail::store<std::uint32_t, std::endian::big>(to, value);
}
inline std::uint32_t load_be16(const std::byte* from) {
  return pgark::detail::load<std::uint16_t, std::endian::big>(from);
}

}  // namespace pgark::format::columnar
