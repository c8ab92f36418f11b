#include "format/columnar/words.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <numeric>

namespace pgark::format::columnar {
namespace {

// Codes that one byte holds, beside the literal's.
constexpr std::size_t kOneByteEntries = 255;

// sixteen bytes from 16 - n on leave n bytes of a vector.
constexpr auto kMask = [] {
  std::array<std::uint8_t, 2 * kWordBytesMax> bytes{};
  for (std::size_t i = 0; i < kWordBytesMax; ++i) bytes[i] = 0xFF;
  return bytes;
}();

struct Key {
  std::uint64_t head, tail;
};
inline Key key_of(const std::byte* word, std::size_t length) {
  Key key, mask;
  std::memcpy(&key, word, sizeof key);
  std::memcpy(&mask, kMask.data() + kWordBytesMax - length, sizeof mask);
  return {key.head & mask.head, key.tail & mask.tail};
}

}  // namespace

void Words::split(const Kernels& kernels, const Texts& texts) {
  entries_.clear();
  entries_.reserve(kEntriesMax);
  literal_lengths_.clear();
  literals_.clear();
  std::fill_n(slots_.reserve(std::size_t{1} << kSlotBits), std::size_t{1} << kSlotBits, std::uint16_t{0});
  std::uint32_t* const counts = counts_.reserve(texts.count);
  const std::size_t blocks = texts.bytes / 64 + 1;
  std::uint64_t* const ends = ends_.reserve(blocks);
  kernels.word_ends(reinterpret_cast<const std::uint8_t*>(texts.values), texts.bytes, ends);
  // A word ends there, or with its text.
  std::size_t codes_max = texts.count;
  for (std::size_t block = 0; block < blocks; ++block)
    codes_max += static_cast<std::size_t>(std::popcount(ends[block]));
  std::uint16_t* to = codes_.reserve(codes_max);
  std::size_t at = 0;
  for (std::size_t i = 0; i < texts.count; ++i) {
    const std::size_t end = at + texts.length(i);
    const std::uint16_t* const first = to;
    while (at < end) {
      const std::size_t next = end_of_word(at, end);
      const std::size_t length = next - at;
      const std::byte* const word = texts.values + at;
      const std::uint16_t code = length <= kWordBytesMax ? code_of(word, length) : std::uint16_t{0};
      if (code != 0) {
        *to++ = code;
      } else {
        const bool goes_on = to != first && to[-1] == 0;
        append_literal(word, length, goes_on);
        if (!goes_on) *to++ = 0;
      }
      at = next;
    }
    counts[i] = static_cast<std::uint32_t>(to - first);
  }
  codes_used_ = static_cast<std::size_t>(to - codes_.data());
  if (entries_.size() > kOneByteEntries) order_by_count();
}

// Behind the next byte that ends a word, at most `end`.
inline std::size_t Words::end_of_word(std::size_t at, std::size_t end) const {
  const std::uint64_t* const ends = ends_.data();
  const std::uint64_t here = ends[at / 64] >> (at % 64);
  if (here != 0) return std::min(at + static_cast<std::size_t>(std::countr_zero(here)) + 1, end);
  for (std::size_t block = at / 64 + 1; block * 64 < end; ++block) {
    if (ends[block] == 0) continue;
    return std::min(block * 64 + static_cast<std::size_t>(std::countr_zero(ends[block])) + 1, end);
  }
  return end;
}

inline std::uint16_t Words::code_of(const std::byte* word, std::size_t length) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15, kOther = 0xC2B2AE3D27D4EB4F;
  const Key key = key_of(word, length);
  const std::uint64_t hash = (key.head ^ (key.tail * kOther + length)) * kOdd;
  std::size_t slot = hash >> (64 - kSlotBits);
  std::uint16_t* const slots = slots_.data();
  for (;;) {
    const std::uint16_t code = slots[slot];
    if (code == 0) break;
    Word& entry = entries_[code - 1U];
    if ((entry.head == key.head) & (entry.tail == key.tail) & (entry.length == length)) {
      ++entry.count;
      return code;
    }
    slot = (slot + 1) & ((std::size_t{1} << kSlotBits) - 1);
  }
  if (entries_.size() == kEntriesMax) return 0;
  entries_.push_back({key.head, key.tail, static_cast<std::uint32_t>(length), 1});
  return slots[slot] = static_cast<std::uint16_t>(entries_.size());
}

void Words::append_literal(const std::byte* word, std::size_t length, bool goes_on) {
  literals_.insert(literals_.end(), word, word + length);
  if (goes_on) {
    literal_lengths_.back() += static_cast<std::uint32_t>(length);
  } else {
    literal_lengths_.push_back(static_cast<std::uint32_t>(length));
  }
}

// The words that stand in the texts most often come to the front, so that their codes' upper byte is zero.
// Otherwise the order stays: which word came first.
void Words::order_by_count() {
  by_count_.resize(entries_.size());
  std::iota(by_count_.begin(), by_count_.end(), 0U);
  const auto often = by_count_.begin() + kOneByteEntries;
  std::nth_element(by_count_.begin(), often, by_count_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return entries_[a].count != entries_[b].count ? entries_[a].count > entries_[b].count : a < b;
  });
  std::sort(by_count_.begin(), often);
  std::sort(often, by_count_.end());
  ordered_.clear();
  new_codes_.assign(entries_.size() + 1, 0);
  for (const std::uint32_t index : by_count_) {
    ordered_.push_back(entries_[index]);
    new_codes_[index + 1] = static_cast<std::uint16_t>(ordered_.size());
  }
  entries_.swap(ordered_);
  std::uint16_t* const codes = codes_.data();
  for (std::size_t i = 0; i < codes_used_; ++i) codes[i] = new_codes_[codes[i]];
}

std::size_t Words::kept_bytes() const {
  return 8 * ends_.capacity() + 2 * codes_.capacity() + 4 * counts_.capacity() +
         4 * literal_lengths_.capacity() + literals_.capacity();
}

void Words::release() {
  ends_.release();
  codes_.release();
  counts_.release();
  literal_lengths_ = std::vector<std::uint32_t>();
  literals_ = std::vector<std::byte>();
}

}  // namespace pgark::format::columnar
