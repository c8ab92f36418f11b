#include "format/columnar/dictionary.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace pgark::format::columnar {
namespace {

std::uint64_t load64(const std::byte* from) {
  std::uint64_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// The first and last eight bytes. Together with the length they are the whole of a value up to 16 bytes.
struct Ends {
  std::uint64_t head;
  std::uint64_t tail;
};
inline Ends ends_of(const std::byte* value, std::size_t length) {
  if (length >= 8) return {load64(value), load64(value + length - 8)};
  // What lies behind a short value is masked away; on a big-endian machine it is in the low bytes.
  std::uint64_t mask = (std::uint64_t{1} << (8 * length)) - 1;
  if constexpr (std::endian::native == std::endian::big) {
    mask = length == 0 ? 0 : ~std::uint64_t{0} << (64 - 8 * length);
  }
  return {load64(value) & mask, 0};
}

inline bool same_middle(const std::byte* a, const std::byte* b, std::size_t length) {
  for (std::size_t at = 8; at + 8 < length; at += 8) {
    if (load64(a + at) != load64(b + at)) return false;
  }
  return true;
}

// Good in its upper bits: products carry upwards only, so the tail is turned round, to bring the bytes in
// which values differ most to the bottom.
inline std::uint64_t hash_of(const std::byte* value, std::size_t length, Ends ends) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;
  std::uint64_t hash = (ends.head ^ length) * kOdd;
  for (std::size_t at = 8; at + 8 < length; at += 8) hash = ((hash ^ hash >> 32) + load64(value + at)) * kOdd;
  return ((hash ^ hash >> 32) + __builtin_bswap64(ends.tail)) * kOdd;
}

}  // namespace

bool Dictionary::build(const std::byte* values, std::size_t count, const std::uint32_t* lengths,
                       std::uint32_t width, std::size_t entries_max) {
  entries_.clear();
  entries_.reserve(kEntriesMax);
  entries_max = std::min(entries_max, kEntriesMax);
  std::uint16_t* const codes = codes_.reserve(count);
  if (lengths == nullptr && width == 1) return build_bytes(values, count, entries_max);
  // So much larger than what it will hold that probing is rare; a small one stays in the first-level cache.
  const unsigned slot_bits = entries_max <= 256 ? 12 : kSlotBits;
  const std::size_t slots = std::size_t{1} << slot_bits;
  const std::size_t mask = slots - 1;
  std::uint16_t* const table = slots_.reserve(std::size_t{1} << kSlotBits);
  std::fill_n(table, slots, std::uint16_t{0});
  const std::byte* value = values;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t length = lengths != nullptr ? lengths[i] : width;
    const Ends ends = ends_of(value, length);
    std::size_t slot = hash_of(value, length, ends) >> (64 - slot_bits);
    for (;;) {
      const std::uint16_t found = table[slot];
      if (found == 0) {
        if (entries_.size() == entries_max) return false;
        entries_.push_back({ends.head, ends.tail, value, static_cast<std::uint32_t>(length)});
        table[slot] = static_cast<std::uint16_t>(entries_.size());
        codes[i] = static_cast<std::uint16_t>(entries_.size() - 1);
        break;
      }
      const DictionaryEntry& entry = entries_[found - 1U];
      const bool same = (entry.head == ends.head) & (entry.tail == ends.tail) & (entry.length == length);
      if (same && (length <= 16 || same_middle(entry.value, value, length))) {
        codes[i] = static_cast<std::uint16_t>(found - 1);
        break;
      }
      slot = (slot + 1) & mask;
    }
    value += length;
  }
  return true;
}

// Values of one byte.
bool Dictionary::build_bytes(const std::byte* values, std::size_t count, std::size_t entries_max) {
  std::array<std::uint16_t, 256> code;
  code.fill(0xFFFF);
  for (std::size_t i = 0; i < count; ++i) {
    std::uint16_t& known = code[static_cast<std::uint8_t>(values[i])];
    if (known == 0xFFFF) {
      if (entries_.size() == entries_max) return false;
      known = static_cast<std::uint16_t>(entries_.size());
      entries_.push_back({0, 0, values + i, 1});
    }
    codes_.data()[i] = known;
  }
  return true;
}

}  // namespace pgark::format::columnar
