// Chooses how a column is stored and writes its streams. Not thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "format/codec.hpp"
#include "format/columnar/columnar.hpp"
#include "format/columnar/columnar_layout.hpp"
#include "format/columnar/dictionary.hpp"
#include "format/columnar/estimate.hpp"
#include "format/columnar/kernels.hpp"
#include "format/columnar/multiples.hpp"
#include "format/columnar/row_splitter.hpp"
#include "format/columnar/words.hpp"

namespace pgark::format::columnar {

class ColumnWriter {
 public:
  explicit ColumnWriter(SimdLevel level) : kernels_(&kernels(level)) {}

  // Head and tail go around the columns, which are appended in between, in order.
  void start(const Head& head, FarValues far);
  void append(const RowSplitter& rows, std::size_t column);
  void finish();

  std::span<const ByteSpan> pieces() const { return pieces_; }
  std::size_t bytes() const { return used_ + left_bytes_; }
  std::span<const std::size_t> cuts() const { return cuts_; }
  std::size_t kept_bytes() const;
  void release();

 private:
  // The non-null values of the column at hand.
  struct Present {
    const std::byte* values = nullptr;
    std::size_t count = 0;
    std::size_t bytes = 0;                   // of all values but the far ones
    const std::uint32_t* lengths = nullptr;  // null: all are of `width` bytes
    std::uint32_t width = 0;
    std::span<const FarValue> far;

    std::size_t all_bytes() const;  // with the far ones
    // All of them, the far ones in their places.
    void copy_all(std::byte* to) const;
  };

  // Integers of `width` bytes, or what they are multiples of.
  struct Integers {
    const std::byte* values = nullptr;
    std::size_t count = 0;
    std::uint32_t width = 0;
    PlanesChoice choice;
    std::optional<Multiples> multiples = {};
  };

  Present take_nulls(const RowSplitter& rows, std::size_t column, ColumnHead& head);
  void write_values(const Present& present, ColumnHead& head);
  bool write_dictionary(const Present& present, std::size_t entries_max, ColumnHead& head);
  bool write_decimals(const Present& present, ColumnHead& head);
  Integers plan_integers(const std::byte* values, std::size_t count, std::uint32_t width);
  void write_integers(const Integers& integers, ColumnHead& head);
  void write_number(std::uint64_t number, std::uint32_t width);
  void write_lengths(const std::uint32_t* lengths, std::size_t count);
  void write_plain(const Present& present);
  Texts gather_texts(const Present& present);
  Texts sample_texts(const Texts& texts);
  double compressed_bytes(std::size_t begin, std::size_t end);
  bool words_pay(const Texts& texts);
  bool words_shrink(const Texts& texts) const;
  bool write_words(const Present& present, ColumnHead& head);
  void write_entries();                 // of words_
  void write_codes(std::size_t texts);  // of words_, and its literals
  void gather();

  enum class ByteOrder { big, native };
  void write_planes(const std::byte* values, std::size_t count, std::uint32_t width, ByteOrder order);

  std::byte* room(std::size_t bytes);  // where `bytes` more can be written
  void cut();

  const Kernels* kernels_;
  Scratch<std::byte> out_;
  std::size_t used_ = 0;
  FarValues far_ = FarValues::are_copied;
  std::vector<FarValue> left_;  // values not copied; `at` in out_
  std::size_t left_bytes_ = 0;
  std::vector<ByteSpan> pieces_;
  std::size_t columns_ = 0;
  std::uint32_t rows_ = 0;
  std::vector<std::size_t> cuts_;
  Dictionary dictionary_;
  std::vector<std::uint32_t> entry_lengths_;
  Scratch<std::uint32_t> lengths_;
  Scratch<std::byte> integers_;   // differences
  Scratch<std::byte> quotients_;  // of multiples
  Scratch<std::byte> decimals_;   // scaled numbers
  Scratch<std::byte> scales_;
  Words words_;
  Scratch<std::byte> texts_;  // with far values between the others
  Scratch<std::byte> sample_;
  std::vector<std::uint32_t> sample_lengths_;
  CodecContexts trial_;
};

}  // namespace pgark::format::columnar
