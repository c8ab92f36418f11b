#include "protocol/wire/result_set.hpp"

#include <cassert>
#include <charconv>

namespace pgark::wire {

std::optional<std::string_view> ResultSet::get(std::size_t row, std::size_t column) const {
  assert(column < columns.size() && row < row_count());
  const Cell& cell = cells_[row * columns.size() + column];
  if (cell.length == kNull) return std::nullopt;
  return std::string_view(arena_).substr(cell.offset, cell.length);
}

std::string_view ResultSet::text(std::size_t row, std::size_t column) const {
  return get(row, column).value_or(std::string_view{});
}

std::int64_t ResultSet::integer(std::size_t row, std::size_t column, std::int64_t otherwise) const {
  const std::string_view digits = text(row, column);
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool is_whole = failure == std::errc{} && end == digits.data() + digits.size();
  return is_whole ? value : otherwise;
}

void ResultSet::append_cell(std::optional<std::string_view> value) {
  if (!value) {
    cells_.push_back({arena_.size(), kNull});
    return;
  }
  cells_.push_back({arena_.size(), static_cast<std::uint32_t>(value->size())});
  arena_.append(*value);
}

}  // namespace pgark::wire
