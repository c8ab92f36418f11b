// Takes texts apart into words and numbers them: each stretch of letters, digits and bytes from 0x80 on
// together with the one byte that ends it, or with the value's end.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "format/columnar/columnar_layout.hpp"
#include "format/columnar/kernels.hpp"
#include "format/columnar/scratch.hpp"

namespace pgark::format::columnar {

// Texts one behind the other, text i of lengths[i] bytes, or all of `width` bytes when `lengths` is null.
// kSlackBytes more may be read.
struct Texts {
  const std::byte* values = nullptr;
  std::size_t count = 0;
  std::size_t bytes = 0;
  const std::uint32_t* lengths = nullptr;
  std::uint32_t width = 0;

  std::uint32_t length(std::size_t i) const { return lengths != nullptr ? lengths[i] : width; }
};

struct Word {
  std::uint64_t head = 0;  // the first and the second eight bytes, zero-filled
  std::uint64_t tail = 0;
  std::uint32_t length = 0;
  std::uint32_t count = 0;  // how often it stands in the texts
};

// Not thread safe. What the accessors return is valid until the next call of split.
class Words {
 public:
  // Beyond so many different ones, and when it is longer than kWordBytesMax, a word is a literal. Words
  // number those first that stand in the texts most often, as far as one byte reaches.
  static constexpr std::size_t kEntriesMax = 4095;

  void split(const Kernels& kernels, const Texts& texts);

  std::span<const Word> entries() const { return entries_; }
  // Of all texts, one text behind the other: 0 is a literal, k the entry k - 1.
  std::span<const std::uint16_t> codes() const { return {codes_.data(), codes_used_}; }
  // Of each text, how many codes it has.
  const std::uint32_t* counts() const { return counts_.data(); }
  // No two in a row: neighbours are one literal.
  std::span<const std::uint32_t> literal_lengths() const { return literal_lengths_; }
  std::span<const std::byte> literals() const { return literals_; }
  std::size_t kept_bytes() const;
  void release();

 private:
  static constexpr unsigned kSlotBits = 14;  // four times kEntriesMax

  std::size_t end_of_word(std::size_t at, std::size_t end) const;
  std::uint16_t code_of(const std::byte* word, std::size_t length);
  void append_literal(const std::byte* word, std::size_t length, bool goes_on);
  void order_by_count();

  std::vector<Word> entries_, ordered_;
  std::vector<std::uint32_t> by_count_;
  std::vector<std::uint16_t> new_codes_;
  Scratch<std::uint64_t> ends_;   // a bit for each byte that ends a word
  Scratch<std::uint16_t> slots_;  // code, or 0
  Scratch<std::uint16_t> codes_;
  Scratch<std::uint32_t> counts_;
  std::size_t codes_used_ = 0;
  std::vector<std::uint32_t> literal_lengths_;
  std::vector<std::byte> literals_;
};

}  // namespace pgark::format::columnar
