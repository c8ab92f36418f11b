#include "format/columnar/column_reader.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "format/columnar/column_reader_errors.hpp"
#include "format/columnar/copy_fast.hpp"
#include "format/columnar/decimal.hpp"
#include "format/columnar/multiples.hpp"

namespace pgark::format::columnar {
namespace {

std::uint64_t number_be(ByteSpan bytes) {
  std::uint64_t number = 0;
  for (const std::byte byte : bytes) number = number << 8 | static_cast<std::uint64_t>(byte);
  return number;
}

std::size_t count_bits(ByteSpan bytes) {
  std::size_t count = 0;
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    count += static_cast<std::size_t>(
        std::popcount(pgark::detail::load<std::uint64_t, std::endian::native>(bytes.data())));
  }
  for (const std::byte byte : bytes)
    count += static_cast<std::size_t>(std::popcount(static_cast<std::uint8_t>(byte)));
  return count;
}

}  // namespace

Result<JoinColumn> ColumnReader::read(const ColumnHead& head, std::uint32_t rows, ByteSpan streams,
                                      std::uint64_t& budget, ColumnStore& store) {
  reader_ = ByteReader(streams);
  rows_ = rows;
  present_ = rows;
  nulls_ = {};
  JoinColumn column;
  if (head.nulls == Nulls::all) {
    column.length = kNull;
    return column;  // its head says that it has no streams
  }
  if (head.nulls == Nulls::bitmap) {
    nulls_ = reader_.bytes((std::size_t{rows} + 7) / 8);
    if (nulls_.empty()) return too_short();
    const unsigned used = rows % 8;
    if (used != 0 && static_cast<unsigned>(nulls_.back()) >> used != 0) {
      return damaged("the bitmap marks rows that are not there");
    }
    present_ = rows - count_bits(nulls_);
    if (present_ == 0) return damaged("the bitmap leaves no value");
  }
  Result<> done;
  switch (head.values) {
    case Values::plain: done = read_plain(head, budget, store, column); break;
    case Values::planes: done = read_fixed(head, budget, store, column); break;
    case Values::dictionary: done = read_dictionary(head, budget, store, column); break;
    case Values::decimal: done = read_decimals(head, budget, store, column); break;
    case Values::words: done = read_words(head, budget, store, column); break;
  }
  if (!done) return tl::unexpected<Error>(std::move(done).error());
  if (!reader_.done()) return damaged("the streams are longer than its head says");
  return column;
}

template <class T>
void ColumnReader::spread(const T* values, T null, T* rows) const {
  std::size_t next = 0;
  for (std::size_t row = 0; row < rows_; ++row) {
    const bool absent = is_null(row);
    rows[row] = absent ? null : values[next];
    next += absent ? 0 : 1;
  }
}

Result<> ColumnReader::read_plain(const ColumnHead& head, std::uint64_t& budget, ColumnStore& store,
                                  JoinColumn& column) {
  std::uint64_t bytes = std::uint64_t{present_} * head.width;
  if (head.lengths == Lengths::planes) {
    std::uint32_t* const lengths =
        nulls_.empty() ? store.lengths.reserve(present_ + 1) : lengths_.reserve(present_ + 1);
    if (!read_lengths(present_, lengths, bytes)) return too_short();
    column.lengths = lengths;
  }
  if (!take(budget, bytes)) return too_long();
  const ByteSpan values = reader_.bytes(bytes);
  if (!reader_.ok()) return too_short();
  column.next = values.data();
  if (nulls_.empty() && column.lengths == nullptr) {
    column.length = column.step = head.width;
    return {};
  }
  column.kind = JoinColumn::Kind::lengths;
  if (nulls_.empty()) return {};
  std::uint32_t* const all = store.lengths.reserve(rows_);
  if (column.lengths == nullptr) {
    for (std::size_t row = 0; row < rows_; ++row) all[row] = is_null(row) ? kNull : head.width;
  } else {
    spread(column.lengths, kNull, all);
  }
  column.lengths = all;
  return {};
}

Result<> ColumnReader::read_fixed(const ColumnHead& head, std::uint64_t& budget, ColumnStore& store,
                                  JoinColumn& column) {
  const std::uint64_t bytes = std::uint64_t{present_} * head.width;
  if (!take(budget, bytes)) return too_long();
  std::byte* const values = store.values.reserve(bytes + kSlackBytes);
  if (!read_integers(head, present_, head.width, values)) return too_short();
  column.next = values;
  column.length = column.step = head.width;
  if (nulls_.empty()) return {};
  std::uint32_t* const all = store.lengths.reserve(rows_);
  for (std::size_t row = 0; row < rows_; ++row) all[row] = is_null(row) ? kNull : head.width;
  column.kind = JoinColumn::Kind::lengths;
  column.lengths = all;
  return {};
}

Result<> ColumnReader::read_decimals(const ColumnHead& head, std::uint64_t& budget, ColumnStore& store,
                                     JoinColumn& column) {
  // No value is shorter than its header; this bounds what is allocated.
  if (std::uint64_t{present_} * 8 > budget) return too_long();
  const ByteSpan scales = head.detail == kScaleStored ? reader_.bytes(present_) : ByteSpan{};
  std::byte* const numbers = numbers_.reserve((present_ + 1) * 8);
  if (!reader_.ok() || !read_integers(head, present_, 8, numbers)) return too_short();

  std::uint32_t* const lengths =
      nulls_.empty() ? store.lengths.reserve(present_ + 1) : lengths_.reserve(present_ + 1);
  std::byte* const values = store.values.reserve(present_ * kDecimalBytesMax + kSlackBytes);
  std::byte* to = values;
  for (std::size_t i = 0; i < present_; ++i) {
    const std::uint8_t scale = scales.empty() ? head.detail : static_cast<std::uint8_t>(scales[i]);
    if (scale > kScaleMax) return damaged("a decimal has an impossible scale");
    const std::uint64_t scaled = pgark::detail::load<std::uint64_t, std::endian::big>(numbers + i * 8);
    const std::size_t length = put_decimal(scaled, scale, to);
    if (length == 0) return damaged("a decimal is out of range");
    lengths[i] = static_cast<std::uint32_t>(length);
    to += length;
  }
  if (!take(budget, static_cast<std::uint64_t>(to - values))) return too_long();
  join_with_lengths(values, lengths, store, column);
  return {};
}

void ColumnReader::join_with_lengths(const std::byte* values, const std::uint32_t* lengths,
                                     ColumnStore& store, JoinColumn& column) const {
  column.kind = JoinColumn::Kind::lengths;
  column.next = values;
  column.lengths = lengths;
  if (nulls_.empty()) return;
  std::uint32_t* const all = store.lengths.reserve(rows_);
  spread<std::uint32_t>(lengths, kNull, all);
  column.lengths = all;
}

// Entries as they stand in a row, and one more for null.
Result<> ColumnReader::read_entries(const ColumnHead& head, ColumnStore& store) {
  const std::size_t count = head.entries;
  std::uint64_t bytes = std::uint64_t{count} * head.width;
  std::uint32_t* const lengths = lengths_.reserve(count + 1);
  if (head.lengths == Lengths::planes) {
    if (!read_lengths(count, lengths, bytes)) return too_short();
  } else {
    std::fill_n(lengths, count, head.width);
  }
  if (bytes > kNull / 2) return too_short();
  const ByteSpan values = reader_.bytes(bytes);
  if (!reader_.ok()) return too_short();
  std::byte* const fields = store.values.reserve(bytes + 4 * (count + 1) + kSlackBytes);
  store.entries.resize(count + 1);
  std::uint32_t at = 0;
  std::size_t from = 0;
  for (std::size_t i = 0; i < count; ++i) {
    store_be32(fields + at, lengths[i]);
    std::copy_n(values.data() + from, lengths[i], fields + at + 4);
    store.entries[i] = {at, lengths[i] + 4};
    at += lengths[i] + 4;
    from += lengths[i];
  }
  store_be32(fields + at, kNull);
  store.entries[count] = {at, 4};
  return {};
}

Result<> ColumnReader::read_dictionary(const ColumnHead& head, std::uint64_t& budget, ColumnStore& store,
                                       JoinColumn& column) {
  if (auto read = read_entries(head, store); !read) return read;
  column.entries = store.entries.data();
  column.next = store.values.data();
  const std::uint32_t first = store.entries[0].bytes - 4;
  if (head.detail == 0 && nulls_.empty()) {
    if (!take(budget, std::uint64_t{present_} * first)) return too_long();
    column.length = first;
    column.next += 4;
    return {};
  }
  std::uint16_t* const codes =
      nulls_.empty() ? store.codes.reserve(present_ + 1) : codes_.reserve(present_ + 1);
  if (head.detail == 0) {
    std::fill_n(codes, present_, std::uint16_t{0});
  } else if (head.detail == kCodeBitsMax) {
    if (!read_planes(present_, 2, true, reinterpret_cast<std::byte*>(codes))) return too_short();
  } else {
    const std::size_t bits = present_ * head.detail;
    const ByteSpan packed = reader_.bytes((bits + 7) / 8);
    if (!reader_.ok()) return too_short();
    if (bits % 8 != 0 && static_cast<unsigned>(packed.back()) >> (bits % 8) != 0) {
      return damaged("there are codes of values that are not there");
    }
    kernels_->unpack(octets(packed.data()), present_, head.detail, codes);
  }
  std::uint16_t most = 0;
  for (std::size_t i = 0; i < present_; ++i) most = std::max(most, codes[i]);
  if (most >= head.entries) return damaged("a code has no entry in the dictionary");
  std::uint64_t bytes = 0;
  if (head.lengths == Lengths::constant) {
    bytes = std::uint64_t{present_} * head.width;
  } else {
    for (std::size_t i = 0; i < present_; ++i) bytes += store.entries[codes[i]].bytes - 4;
  }
  if (!take(budget, bytes)) return too_long();
  column.kind = JoinColumn::Kind::codes;
  column.codes = codes;
  if (!nulls_.empty()) {
    std::uint16_t* const all = store.codes.reserve(rows_);
    spread(codes, static_cast<std::uint16_t>(head.entries), all);
    column.codes = all;
  }
  return {};
}

bool ColumnReader::read_integers(const ColumnHead& head, std::size_t count, std::uint32_t width,
                                 std::byte* to) {
  Multiples multiples;
  if (head.multiples) {
    multiples.base = number_be(reader_.bytes(width));
    multiples.divisor = number_be(reader_.bytes(width));
  }
  if (!reader_.ok() || !read_differences(count, width, head.transform, to)) return false;
  if (head.multiples) multiply(to, count, width, multiples);
  return true;
}

bool ColumnReader::read_differences(std::size_t count, std::uint32_t width, Transform transform,
                                    std::byte* to) {
  if (transform == Transform::none) return read_planes(count, width, false, to);
  const std::uint64_t first = number_be(reader_.bytes(width));
  const bool twice = transform == Transform::delta_of_delta;
  const std::uint64_t zigzag = twice ? number_be(reader_.bytes(width)) : 0;
  const std::uint64_t step = zigzag >> 1 ^ (0 - (zigzag & 1));
  if (!reader_.ok() || !read_planes(count, width, false, to)) return false;
  kernels_->sums(octets(to), count, width, twice ? 2 : 1, first, step);
  return true;
}

bool ColumnReader::read_lengths(std::size_t count, std::uint32_t* to, std::uint64_t& sum) {
  if (!read_planes(count, 4, true, reinterpret_cast<std::byte*>(to))) return false;
  sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += to[i];
  return true;
}

bool ColumnReader::read_planes(std::size_t count, std::uint32_t width, bool native, std::byte* to) {
  const bool reversed = native && std::endian::native == std::endian::little;
  const ByteSpan mask = reader_.bytes((width + 7) / 8);
  if (!reader_.ok()) return false;
  const auto stored = [&](std::uint32_t plane) {
    return (static_cast<unsigned>(mask[plane / 8]) >> (plane % 8) & 1) != 0;
  };
  for (std::uint32_t plane = width; plane < mask.size() * 8; ++plane) {
    if (stored(plane)) return false;
  }
  std::array<const std::uint8_t*, kPlanesWidthMax> planes;
  std::array<std::size_t, kPlanesWidthMax> steps;
  std::array<std::array<std::uint8_t, kKernelBlock>, kPlanesWidthMax> constants;
  const auto byte_of_plane = [&](std::uint32_t plane) { return reversed ? width - 1 - plane : plane; };
  for (std::uint32_t plane = 0; plane < width; ++plane) {
    if (stored(plane)) continue;
    const std::uint32_t byte = byte_of_plane(plane);
    constants[byte].fill(reader_.u8());
    planes[byte] = constants[byte].data();
    steps[byte] = 0;
  }
  for (std::uint32_t plane = 0; plane < width; ++plane) {
    if (!stored(plane)) continue;
    const std::uint32_t byte = byte_of_plane(plane);
    planes[byte] = octets(reader_.bytes(count).data());
    steps[byte] = kKernelBlock;
  }
  if (!reader_.ok()) return false;
  for (std::size_t done = 0; done < count; done += kKernelBlock) {
    kernels_->join(planes.data(), std::min(kKernelBlock, count - done), width, octets(to) + done * width);
    for (std::uint32_t k = 0; k < width; ++k) planes[k] += steps[k];
  }
  return true;
}

void ColumnReader::release() {
  lengths_.release();
  numbers_.release();
  codes_.release();
  words_.release();
  literal_lengths_.release();
}

}  // namespace pgark::format::columnar
