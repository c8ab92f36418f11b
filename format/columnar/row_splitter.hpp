// Takes COPY BINARY rows apart: for each column its values one behind the other and, unless every field so
// far had the same length, their lengths. Checks the structure of the rows and digests them on the way.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "format/checksum.hpp"
#include "format/columnar/scratch.hpp"

namespace pgark::format::columnar {

// A value too long to be copied twice, or to be worth a look for others like it: it stays in the rows.
struct FarValue {
  std::size_t at = 0;  // bytes of the column's copied values in front of it
  ByteSpan bytes;
};

struct SplitColumn {
  // Of every field, when `uniform`; kNull: all are null.
  std::uint32_t length = 0;
  bool uniform = true;
  std::byte* next = nullptr;               // where the next value goes; kSlackBytes are free behind it
  std::byte* last = nullptr;               // a value must end here at the latest
  std::uint32_t* field_lengths = nullptr;  // of each row, kNull for null; set unless `uniform`
  std::uint32_t lengths_capacity = 0;
};

// Not thread safe. What the accessors return is valid until the next call of split.
class RowSplitter {
 public:
  // `rows`: whole rows, at least one, without the file header and trailer of COPY BINARY. Fails with
  // ErrorCode::protocol when they are not, naming row and field. The rows must outlive the use of far values.
  Result<RowTotals> split(ByteSpan rows, bool digest);

  std::uint32_t rows() const { return row_; }
  std::span<const SplitColumn> columns() const { return {columns_.data(), columns_used_}; }
  // The copied values of a column; kSlackBytes more may be read.
  ByteSpan values(std::size_t column) const;
  std::span<const FarValue> far_values(std::size_t column) const { return stores_[column].far; }
  // Bytes of memory kept for the next call.
  std::size_t kept_bytes() const;
  void release();

 private:
  static constexpr std::uint32_t kBlockRows = 64;
  static constexpr std::ptrdiff_t kFarBytes = 512;

  struct Store {
    Scratch<std::byte> values;
    Scratch<std::uint32_t> lengths;
    std::vector<FarValue> far;
  };

  void start(std::size_t columns);
  void prepare_block();
  std::size_t fast_fields(std::size_t column);
  // False: error_ says why.
  bool careful_field(std::size_t column);
  bool one_row(std::size_t columns);
  void make_room(std::size_t column, std::size_t bytes);
  bool wrong(std::string_view what);  // sets error_; false

  std::vector<SplitColumn> columns_;  // never shrinks; so do the stores, which belong to them
  std::vector<Store> stores_;
  std::size_t columns_used_ = 0;
  std::uint32_t row_ = 0;
  Error error_;
  const std::byte* begin_ = nullptr;
  const std::byte* at_ = nullptr;
  const std::byte* end_ = nullptr;
  const std::byte* fast_end_ = nullptr;  // a field list that begins here at the latest fits; begin_: none
};

}  // namespace pgark::format::columnar
