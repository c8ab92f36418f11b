#include "format/checksum.hpp"

// Inlined because the call and the dispatch on length are a large part of the cost of a short row.
#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cassert>
#include <cstring>

#include "format/xxh3_long.hpp"

namespace pgark::format {
namespace {

// Up to here XXH3 is a few multiplications, and the call through a pointer would be dearer than they are.
constexpr std::size_t kShortBytes = XXH3_MIDSIZE_MAX;

const Xxh3Long* widest() {
#if defined(__x86_64__)
  static const Xxh3Long* const best = __builtin_cpu_supports("avx2") ? xxh3_long_avx2() : nullptr;
  return best;
#else
  return nullptr;
#endif
}

// Adds up the digests of rows.
class Digester {
 public:
  void add(const void* row, std::size_t size) {
    if (size > kShortBytes && wide_ != nullptr) {
      const Xxh3Sum128 sum = wide_->hash128(row, size);
      add(sum.low, sum.high);
    } else {
      const XXH128_hash_t hash = XXH3_128bits(row, size);
      add(hash.low64, hash.high64);
    }
  }
  Digest128 sum() const { return {low_, high_}; }

 private:
  void add(std::uint64_t low, std::uint64_t high) {
    low_ += low;
    high_ += high + (low_ < low ? 1 : 0);
  }

  const Xxh3Long* const wide_ = widest();
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
};

}  // namespace

std::uint64_t checksum64(ByteSpan bytes) {
  const Xxh3Long* const wide = bytes.size() > kShortBytes ? widest() : nullptr;
  return wide != nullptr ? wide->hash64(bytes.data(), bytes.size()) : XXH3_64bits(bytes.data(), bytes.size());
}

std::uint64_t checksum64_of(std::span<const ByteSpan> pieces) {
  if (pieces.size() == 1) return checksum64(pieces.front());
  if (const Xxh3Long* wide = widest()) {
    Xxh3State state;
    wide->begin64(state);
    for (const ByteSpan piece : pieces) wide->add64(state, piece.data(), piece.size());
    return wide->end64(state);
  }
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  for (const ByteSpan piece : pieces) XXH3_64bits_update(&state, piece.data(), piece.size());
  return XXH3_64bits_digest(&state);
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
  Digester digester;
  digester.add(row.data(), row.size());
  return digester.sum();
}

RowTotals digest_text_rows(ByteSpan rows) {
  assert(rows.empty() || rows.back() == std::byte{'\n'});
  const auto* at = reinterpret_cast<const char*>(rows.data());
  const auto* const end = at + rows.size();
  Digester digester;
  std::uint64_t count = 0;
  while (at != end) {
    const auto* newline = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    const char* next = newline + 1;
    digester.add(at, static_cast<std::size_t>(next - at));
    ++count;
    at = next;
  }
  return {count, digester.sum()};
}

Digest128 digest_rows(ByteSpan rows, std::span<const std::size_t> ends) {
  Digester digester;
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    digester.add(rows.data() + begin, end - begin);
    begin = end;
  }
  return digester.sum();
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
