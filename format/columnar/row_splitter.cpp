#include "format/columnar/row_splitter.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "format/columnar/columnar_layout.hpp"
#include "format/columnar/copy_fast.hpp"

namespace pgark::format::columnar {
namespace {

constexpr std::size_t kCacheLineBytes = 64;
constexpr std::size_t kPrefetchBytes = 1024;

}  // namespace

bool RowSplitter::wrong(std::string_view what) {
  error_ =
      fail(ErrorCode::protocol, fmt::format("row {} of the binary rows {}", std::uint64_t{row_} + 1, what))
          .value();
  return false;
}

ByteSpan RowSplitter::values(std::size_t column) const {
  const std::byte* first = stores_[column].values.data();
  return {first, static_cast<std::size_t>(columns_[column].next - first)};
}

void RowSplitter::start(std::size_t columns) {
  if (columns > columns_.size()) {
    columns_.resize(columns);
    const std::size_t before = stores_.size();
    stores_.resize(columns);
    for (std::size_t i = before; i < columns; ++i) {
      stores_[i].values.set_stream(i);
      stores_[i].lengths.set_stream(i + 3);
    }
  }
  columns_used_ = columns;
  for (std::size_t i = 0; i < columns; ++i) {
    Store& store = stores_[i];
    SplitColumn& column = columns_[i];
    store.far.clear();
    column.uniform = true;
    column.length = 0;
    column.field_lengths = nullptr;
    column.lengths_capacity = 0;
    column.next = store.values.reserve(2 * kSlackBytes);
    column.last = column.next + (store.values.capacity() - kSlackBytes);
  }
}

// Room for `bytes` more and the slack.
void RowSplitter::make_room(std::size_t index, std::size_t bytes) {
  SplitColumn& column = columns_[index];
  if (static_cast<std::size_t>(column.last - column.next) >= bytes) return;
  Scratch<std::byte>& values = stores_[index].values;
  const auto used = static_cast<std::size_t>(column.next - values.data());
  values.grow(used + bytes + kSlackBytes, used);
  column.next = values.data() + used;
  column.last = values.data() + (values.capacity() - kSlackBytes);
}

// Makes sure that uniform columns have room for a block of rows and the others for its lengths.
void RowSplitter::prepare_block() {
  std::size_t least = 2 + kSlackBytes;
  for (std::size_t i = 0; i < columns_used_; ++i) {
    SplitColumn& column = columns_[i];
    least += 4;
    if (column.uniform) {
      if (column.length == kNull) continue;
      least += column.length;
      make_room(i, std::min<std::size_t>(std::size_t{kBlockRows} * column.length,
                                         static_cast<std::size_t>(end_ - at_)));
    } else if (column.lengths_capacity < row_ + kBlockRows) {
      Scratch<std::uint32_t>& lengths = stores_[i].lengths;
      column.field_lengths = lengths.grow(std::size_t{row_} + kBlockRows, row_);
      column.lengths_capacity =
          static_cast<std::uint32_t>(std::min<std::size_t>(lengths.capacity(), std::size_t{kNull}));
    }
  }
  fast_end_ = static_cast<std::size_t>(end_ - at_) > least ? end_ - least : begin_;
}

// Reads fields from `column` on as long as they are what was seen before and surely fit. Returns the field it
// did not read, or the number of columns. Branches on the lengths of uniform columns only, which the
// processor foresees: the next field's place does not wait for this field's length.
inline std::size_t RowSplitter::fast_fields(std::size_t column) {
  const std::byte* at = at_;
  SplitColumn* const columns = columns_.data();
  const std::size_t count = columns_used_;
  for (; column < count; ++column) {
    SplitColumn& to = columns[column];
    const std::uint32_t length = load_be32(at);
    if (to.uniform) {
      const std::uint32_t expected = to.length;
      if (length != expected) break;
      at += 4;
      if (expected == kNull) continue;
      copy_over(to.next, at, expected);
      to.next += expected;
      at += expected;
    } else {
      const std::ptrdiff_t bytes = length == kNull ? 0 : std::ptrdiff_t{length};
      if (bytes >= kFarBytes || bytes + 4 > fast_end_ - at || bytes > to.last - to.next) break;
      to.field_lengths[row_] = length;
      copy_over(to.next, at + 4, static_cast<std::size_t>(bytes));
      to.next += bytes;
      at += 4 + bytes;
    }
  }
  at_ = at;
  return column;
}

bool RowSplitter::careful_field(std::size_t index) {
  const auto left = static_cast<std::size_t>(end_ - at_);
  if (left < 4) return wrong(fmt::format("ends within the length of field {}", index + 1));
  const std::uint32_t length = load_be32(at_);
  const std::uint32_t bytes = length == kNull ? 0 : length;
  if (bytes > 0x7FFFFFFF) {
    return wrong(fmt::format("has field {} of length {}", index + 1, static_cast<std::int32_t>(length)));
  }
  if (bytes > left - 4) {
    return wrong(fmt::format("has field {} of {} bytes, {} are left", index + 1, bytes, left - 4));
  }
  SplitColumn& column = columns_[index];
  Store& store = stores_[index];
  const bool far = static_cast<std::ptrdiff_t>(bytes) >= kFarBytes;
  if (row_ == 0 && !far) column.length = length;
  if (column.uniform && (far || length != column.length)) {
    // From here on each field's length counts.
    column.uniform = false;
    column.field_lengths = store.lengths.grow(std::size_t{row_} + kBlockRows, 0);
    column.lengths_capacity =
        static_cast<std::uint32_t>(std::min<std::size_t>(store.lengths.capacity(), std::size_t{kNull}));
    std::fill_n(column.field_lengths, row_, column.length);
  }
  if (!column.uniform) column.field_lengths[row_] = length;
  const ByteSpan value(at_ + 4, bytes);
  if (far) {
    store.far.push_back({static_cast<std::size_t>(column.next - store.values.data()), value});
  } else if (bytes != 0) {
    make_room(index, bytes);
    std::memcpy(column.next, value.data(), bytes);
    column.next += bytes;
  }
  at_ += 4 + bytes;
  return true;
}

bool RowSplitter::one_row(std::size_t columns) {
  if (end_ - at_ < 2) return wrong("ends within its field count");
  const std::uint32_t count = load_be16(at_);
  if (count != columns) return wrong(fmt::format("has {} fields, the first row has {}", count, columns));
  at_ += 2;
  // The rows were written by another processor: what comes is on its way while these fields are taken apart.
  __builtin_prefetch(at_ + kPrefetchBytes);
  __builtin_prefetch(at_ + kPrefetchBytes + kCacheLineBytes);
  std::size_t column = 0;
  while (column < columns) {
    if (at_ <= fast_end_) column = fast_fields(column);
    if (column == columns) break;
    if (!careful_field(column)) return false;
    ++column;
  }
  return true;
}

Result<RowTotals> RowSplitter::split(ByteSpan rows, bool digest) {
  begin_ = at_ = rows.data();
  end_ = begin_ + rows.size();
  fast_end_ = begin_;
  row_ = 0;
  columns_used_ = 0;
  if (rows.size() < 2) {
    wrong("ends within its field count");
    return tl::unexpected<Error>(error_);
  }
  const std::size_t columns = load_be16(at_);
  if (columns > kColumnsMax) {
    wrong("has a negative field count");
    return tl::unexpected<Error>(error_);
  }
  start(columns);

  RowTotals totals;
  std::array<std::size_t, kBlockRows> ends{};
  while (at_ != end_) {
    const std::byte* const block = at_;
    prepare_block();
    std::size_t in_block = 0;
    for (; in_block < kBlockRows && at_ != end_; ++in_block) {
      if (!one_row(columns)) return tl::unexpected<Error>(error_);
      ends[in_block] = static_cast<std::size_t>(at_ - block);
      ++row_;
      if (row_ == 1) break;  // now the columns' lengths are known
    }
    if (digest)
      totals.digest += digest_rows({block, at_}, std::span(ends).first(in_block == 0 ? 1 : in_block));
  }
  totals.rows = row_;
  return totals;
}

std::size_t RowSplitter::kept_bytes() const {
  std::size_t bytes = 0;
  for (const Store& store : stores_) bytes += store.values.capacity() + 4 * store.lengths.capacity();
  return bytes;
}

void RowSplitter::release() {
  for (Store& store : stores_) {
    store.values.release();
    store.lengths.release();
    store.far.shrink_to_fit();
  }
}

}  // namespace pgark::format::columnar
