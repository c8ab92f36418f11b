// Columns of words back to texts.
#include <algorithm>

#include "format/columnar/column_reader.hpp"
#include "format/columnar/column_reader_errors.hpp"

namespace pgark::format::columnar {

Result<> ColumnReader::read_word_entries(const ColumnHead& head, ByteSpan& lengths) {
  lengths = reader_.bytes(head.entries);
  if (!reader_.ok()) return too_short();
  std::byte* const words = words_.reserve((std::size_t{head.entries} + 1) * kWordBytesMax);
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const auto length = static_cast<std::size_t>(lengths[i]);
    if (length == 0 || length > kWordBytesMax) return damaged("a word has an impossible length");
    const ByteSpan word = reader_.bytes(length);
    if (!reader_.ok()) return too_short();
    std::copy_n(word.data(), length, words + i * kWordBytesMax);
  }
  return {};
}

Result<> ColumnReader::read_words(const ColumnHead& head, std::uint64_t& budget, ColumnStore& store,
                                  JoinColumn& column) {
  ByteSpan word_lengths;
  if (auto read = read_word_entries(head, word_lengths); !read) return read;
  std::uint32_t* const lengths =
      nulls_.empty() ? store.lengths.reserve(present_ + 1) : lengths_.reserve(present_ + 1);
  std::uint64_t many = 0;
  if (!read_lengths(present_, lengths, many)) return too_short();
  // No word is empty; this bounds what is allocated.
  if (many > budget) return too_long();
  if (many == 0) return damaged("there is no word");
  std::uint16_t* const codes = codes_.reserve(many + 1);
  if (!read_planes(many, 2, true, reinterpret_cast<std::byte*>(codes))) return too_short();

  std::uint64_t bytes = 0;
  std::size_t literals = 0;
  for (std::size_t i = 0; i < many; ++i) {
    if (codes[i] > head.entries) return damaged("a code has no word");
    if (codes[i] == 0) {
      ++literals;
    } else {
      bytes += static_cast<std::size_t>(word_lengths[codes[i] - 1U]);
    }
  }
  std::uint64_t literal_bytes = 0;
  const std::uint32_t* literal_length = nullptr;
  // Nor is a literal, and theirs are all stored.
  if (literals > reader_.remaining()) return too_short();
  if (literals != 0) {
    std::uint32_t* const all = literal_lengths_.reserve(literals + 1);
    if (!read_lengths(literals, all, literal_bytes)) return too_short();
    if (std::find(all, all + literals, 0U) != all + literals) return damaged("a literal is empty");
    literal_length = all;
  }
  if (!take(budget, bytes + literal_bytes)) return too_long();
  const ByteSpan literal_texts = reader_.bytes(literal_bytes);
  if (!reader_.ok()) return too_short();

  const std::byte* literal = literal_texts.data();
  const std::byte* const words = words_.data();
  std::byte* const values = store.values.reserve(bytes + literal_bytes + kSlackBytes);
  std::byte* to = values;
  const std::uint16_t* code = codes;
  for (std::size_t i = 0; i < present_; ++i) {
    const std::byte* const begin = to;
    for (const std::uint16_t* const end = code + lengths[i]; code != end; ++code) {
      if (*code != 0) {
        std::memcpy(to, words + (*code - 1U) * kWordBytesMax, kWordBytesMax);
        to += static_cast<std::size_t>(word_lengths[*code - 1U]);
      } else {
        to = std::copy_n(literal, *literal_length, to);
        literal += *literal_length++;
      }
    }
    lengths[i] = static_cast<std::uint32_t>(to - begin);
  }
  join_with_lengths(values, lengths, store, column);
  return {};
}

}  // namespace pgark::format::columnar
