#include <fmt/format.h>

#include <array>

#include "format/columnar/columnar.hpp"
#include "format/columnar/columnar_layout.hpp"
#include "format/columnar/copy_fast.hpp"

namespace pgark::format::columnar {
namespace {

// Rows of COPY BINARY, one after another.
class RowWalk {
 public:
  explicit RowWalk(ByteSpan rows) : left_(rows) {}
  bool at_end() const { return left_.empty(); }
  std::size_t left() const { return left_.size(); }

  // Steps over one row.
  Result<> next() {
    if (left_.size() < 2) return wrong("ends within its field count");
    const std::uint32_t count = load_be16(left_.data());
    if (count > kColumnsMax) return wrong("has a negative field count");
    if (rows_ == 0) fields_ = count;
    if (count != fields_) return wrong(fmt::format("has {} fields, the first row has {}", count, fields_));
    std::size_t at = 2;
    for (std::uint32_t field = 1; field <= count; ++field) {
      if (left_.size() - at < 4) return wrong(fmt::format("ends within the length of field {}", field));
      const std::uint32_t length = load_be32(left_.data() + at);
      at += 4;
      if (length == kNull) continue;
      if (length > 0x7FFFFFFF) {
        return wrong(fmt::format("has field {} of length {}", field, static_cast<std::int32_t>(length)));
      }
      if (length > left_.size() - at) {
        return wrong(fmt::format("has field {} of {} bytes, {} are left", field, length, left_.size() - at));
      }
      at += length;
    }
    left_ = left_.subspan(at);
    ++rows_;
    return {};
  }
  std::uint64_t rows() const { return rows_; }

 private:
  tl::unexpected<Error> wrong(std::string_view what) const {
    return fail(ErrorCode::protocol, fmt::format("row {} of the binary rows {}", rows_ + 1, what));
  }

  ByteSpan left_;
  std::uint64_t rows_ = 0;
  std::uint32_t fields_ = 0;
};

}  // namespace

Result<RowTotals> digest_binary_rows(ByteSpan rows) {
  std::array<std::size_t, 64> ends;
  RowTotals totals;
  RowWalk walk(rows);
  while (!walk.at_end()) {
    const std::size_t begin = rows.size() - walk.left();
    std::size_t count = 0;
    for (; count < ends.size() && !walk.at_end(); ++count) {
      if (auto stepped = walk.next(); !stepped) return tl::unexpected<Error>(std::move(stepped).error());
      ends[count] = rows.size() - walk.left() - begin;
    }
    totals.digest += digest_rows(rows.subspan(begin), std::span(ends).first(count));
  }
  totals.rows = walk.rows();
  return totals;
}

}  // namespace pgark::format::columnar
