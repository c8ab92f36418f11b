#include "format/checksum.hpp"

// Inlined because the call and the dispatch on length are a large part of the cost of a short row.
#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace pgark::format {
namespace {

struct Sum128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  void add(XXH128_hash_t hash) {
    low += hash.low64;
    high += hash.high64 + (low < hash.low64 ? 1 : 0);
  }
};

}  // namespace

std::uint64_t checksum64(ByteSpan bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

Digest128& Digest128::operator+=(const Digest128& other) {
  low += other.low;
  high += other.high + (low < other.low ? 1 : 0);
  return *this;
}

std::string Digest128::hex() const {
  return fmt::format("{:016x}{:016x}", high, low);
}

Digest128 row_digest(ByteSpan row) {
  const XXH128_hash_t hash = XXH3_128bits(row.data(), row.size());
  return {hash.low64, hash.high64};
}

RowTotals digest_text_rows(ByteSpan rows) {
  assert(rows.empty() || rows.back() == std::byte{'\n'});
  const auto* at = reinterpret_cast<const char*>(rows.data());
  const auto* const end = at + rows.size();
  Sum128 sum;
  std::uint64_t count = 0;
  while (at != end) {
    const auto* newline = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    const char* next = newline + 1;
    sum.add(XXH3_128bits(at, static_cast<std::size_t>(next - at)));
    ++count;
    at = next;
  }
  return {count, {sum.low, sum.high}};
}

Digest128 digest_rows(ByteSpan rows, std::span<const std::size_t> ends) {
  Sum128 sum;
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    sum.add(XXH3_128bits(rows.data() + begin, end - begin));
    begin = end;
  }
  return {sum.low, sum.high};
}

// In stretches that an 8-bit counter can hold, which compilers turn into vector code many times faster than a
// 64-bit count.
std::uint64_t count_text_rows(ByteSpan rows) {
  constexpr std::size_t kStretchBytes = 192;
  std::uint64_t total = 0;
  while (!rows.empty()) {
    const ByteSpan stretch = rows.first(std::min(rows.size(), kStretchBytes));
    std::uint8_t count = 0;
    for (const std::byte byte : stretch)
      count = static_cast<std::uint8_t>(count + (byte == std::byte{'\n'} ? 1 : 0));
    total += count;
    rows = rows.subspan(stretch.size());
  }
  return total;
}

}  // namespace pgark::format
