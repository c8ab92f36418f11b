// Reads the streams of one column, from bytes that nobody vouches for. Not thread safe.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "format/columnar/columnar_layout.hpp"
#include "format/columnar/kernels.hpp"
#include "format/columnar/row_joiner.hpp"

namespace pgark::format::columnar {

// Memory of a column, kept from chunk to chunk.
struct ColumnStore {
  Scratch<std::byte> values;
  Scratch<std::uint32_t> lengths;
  Scratch<std::uint16_t> codes;
  std::vector<FieldEntry> entries;

  std::size_t kept_bytes() const {
    return values.capacity() + 4 * lengths.capacity() + 2 * codes.capacity() +
           sizeof(FieldEntry) * entries.capacity();
  }
};

class ColumnReader {
 public:
  explicit ColumnReader(SimdLevel level) : kernels_(&kernels(level)) {}

  // `streams` has the column's stored bytes; kTailBytes more may be read behind it, and values may be
  // borrowed from it. `budget` is the number of bytes that the values of this and all later columns have
  // together in the rows; what this column has is taken off. Fails with archive_damaged.
  Result<JoinColumn> read(const ColumnHead& head, std::uint32_t rows, ByteSpan streams, std::uint64_t& budget,
                          ColumnStore& store);

  std::size_t kept_bytes() const {
    return 4 * (lengths_.capacity() + literal_lengths_.capacity()) + numbers_.capacity() +
           2 * codes_.capacity() + words_.capacity();
  }
  void release();

 private:
  Result<> read_plain(const ColumnHead& head, std::uint64_t& budget, ColumnStore& store, JoinColumn& column);
  Result<> read_fixed(const ColumnHead& head, std::uint64_t& budget, ColumnStore& store, JoinColumn& column);
  Result<> read_decimals(const ColumnHead& head, std::uint64_t& budget, ColumnStore& store,
                         JoinColumn& column);
  Result<> read_dictionary(const ColumnHead& head, std::uint64_t& budget, ColumnStore& store,
                           JoinColumn& column);
  Result<> read_entries(const ColumnHead& head, ColumnStore& store);
  Result<> read_words(const ColumnHead& head, std::uint64_t& budget, ColumnStore& store, JoinColumn& column);
  // The words that have a number, kWordBytesMax bytes each, in words_; `lengths` of each.
  Result<> read_word_entries(const ColumnHead& head, ByteSpan& lengths);
  // Below, `to` has room for one element more than `count`.
  bool read_integers(const ColumnHead& head, std::size_t count, std::uint32_t width, std::byte* to);
  bool read_differences(std::size_t count, std::uint32_t width, Transform transform, std::byte* to);
  bool read_planes(std::size_t count, std::uint32_t width, bool native, std::byte* to);
  bool read_lengths(std::size_t count, std::uint32_t* to, std::uint64_t& sum);
  bool is_null(std::size_t row) const {
    return (static_cast<unsigned>(nulls_[row / 8]) >> (row % 8) & 1) != 0;
  }
  // Values one behind the other, a length for each; from here on one for each row.
  void join_with_lengths(const std::byte* values, const std::uint32_t* lengths, ColumnStore& store,
                         JoinColumn& column) const;
  // From an element per value to one per row.
  template <class T>
  void spread(const T* values, T null, T* rows) const;

  const Kernels* kernels_;
  ByteReader reader_{{}};
  std::uint32_t rows_ = 0;
  std::size_t present_ = 0;  // values that are not null
  ByteSpan nulls_;           // the bitmap, or empty
  Scratch<std::uint32_t> lengths_;
  Scratch<std::byte> numbers_;
  Scratch<std::uint16_t> codes_;
  Scratch<std::byte> words_;
  Scratch<std::uint32_t> literal_lengths_;
};

}  // namespace pgark::format::columnar
