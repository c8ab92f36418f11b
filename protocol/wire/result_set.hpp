// The rows of one statement, in text format, packed into one arena.
//
// Views returned by the accessors are valid as long as the ResultSet lives and is not appended to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgark::wire {

struct Column {
  std::string name;
  std::uint32_t table_oid = 0;
  std::uint32_t type_oid = 0;
  std::int32_t type_modifier = -1;
};

class ResultSet {
 public:
  std::vector<Column> columns;
  std::string command_tag;  // "SELECT 3", "COPY 17", ...

  std::size_t row_count() const { return columns.empty() ? empty_rows_ : cells_.size() / columns.size(); }
  bool empty() const { return row_count() == 0; }
  // SQL NULL is nullopt. REQUIRES: row < row_count(), column < columns.size().
  std::optional<std::string_view> get(std::size_t row, std::size_t column) const;
  // As get(), with NULL read as the empty string.
  std::string_view text(std::size_t row, std::size_t column) const;
  // NULL and malformed numbers read as `otherwise`.
  std::int64_t integer(std::size_t row, std::size_t column, std::int64_t otherwise = 0) const;
  bool boolean(std::size_t row, std::size_t column) const { return text(row, column) == "t"; }

  // Used by the query machine: one cell at a time, row by row.
  void append_cell(std::optional<std::string_view> value);
  void append_empty_row() { ++empty_rows_; }

 private:
  static constexpr std::uint32_t kNull = 0xffffffff;
  struct Cell {
    std::size_t offset;
    std::uint32_t length;  // kNull for SQL NULL
  };
  std::string arena_;
  std::vector<Cell> cells_;
  std::size_t empty_rows_ = 0;  // rows of a statement without columns
};

}  // namespace pgark::wire
