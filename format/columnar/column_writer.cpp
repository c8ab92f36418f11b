#include "format/columnar/column_writer.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "format/columnar/copy_fast.hpp"
#include "format/columnar/decimal.hpp"
#include "format/columnar/estimate.hpp"

namespace pgark::format::columnar {
namespace {

// Streams shorter than this are not worth a block of their own.
constexpr std::size_t kCutBytes = 2048;

std::uint8_t bits_for(std::size_t entries) {
  for (const unsigned bits : {0U, 1U, 2U, 4U, 8U}) {
    if (entries <= std::size_t{1} << bits) return static_cast<std::uint8_t>(bits);
  }
  return kCodeBitsMax;
}

}  // namespace

std::byte* ColumnWriter::room(std::size_t bytes) {
  return out_.grow(used_ + bytes + kSlackBytes, used_) + used_;
}

void ColumnWriter::cut() {
  if (far_ == FarValues::stay) return;
  if (used_ - (cuts_.empty() ? 0 : cuts_.back()) >= kCutBytes) cuts_.push_back(used_);
}

void ColumnWriter::start(const Head& head, FarValues far) {
  used_ = 0;
  far_ = far;
  left_.clear();
  left_bytes_ = 0;
  cuts_.clear();
  rows_ = head.rows;
  columns_ = 0;
  const std::size_t heads = kHeadBytes + kColumnHeadBytes * std::size_t{head.columns};
  put_head(head, room(heads));
  used_ = heads;
}

void ColumnWriter::append(const RowSplitter& rows, std::size_t column) {
  cut();
  const std::size_t before = bytes();
  ColumnHead head;
  const Present present = take_nulls(rows, column, head);
  if (present.count != 0) write_values(present, head);
  head.stored_bytes = static_cast<std::uint32_t>(bytes() - before);
  put_column_head(head, out_.data() + kHeadBytes + kColumnHeadBytes * columns_);
  ++columns_;
}

void ColumnWriter::finish() {
  cut();
  std::memset(room(kTailBytes), 0, kTailBytes);
  used_ += kTailBytes;
  gather();
}

// Only now: out_ may have moved while it grew.
void ColumnWriter::gather() {
  pieces_.clear();
  std::size_t from = 0;
  for (const FarValue& value : left_) {
    if (value.at != from) pieces_.emplace_back(out_.data() + from, value.at - from);
    pieces_.push_back(value.bytes);
    from = value.at;
  }
  pieces_.emplace_back(out_.data() + from, used_ - from);
}

// Writes the bitmap of nulls, if any, and finds out whether all values have the same length.
ColumnWriter::Present ColumnWriter::take_nulls(const RowSplitter& rows, std::size_t column,
                                               ColumnHead& head) {
  const SplitColumn& split = rows.columns()[column];
  const ByteSpan values = rows.values(column);
  Present present{values.data(), rows_, values.size(), nullptr, split.length, rows.far_values(column)};
  if (split.uniform) {
    if (split.length != kNull) return present;
    head.nulls = Nulls::all;
    return {};
  }
  std::size_t nulls = 0;
  std::uint32_t least = kNull, most = 0;
  for (std::size_t i = 0; i < rows_; ++i) {
    const std::uint32_t length = split.field_lengths[i];
    nulls += length == kNull ? 1 : 0;
    least = std::min(least, length);
    most = std::max(most, length == kNull ? 0 : length);
  }
  present.lengths = split.field_lengths;
  if (nulls != 0) {
    head.nulls = Nulls::bitmap;
    const std::size_t bytes = (rows_ + std::size_t{7}) / 8;
    std::uint8_t* const bitmap = octets(room(bytes));
    std::memset(bitmap, 0, bytes);
    std::uint32_t* const lengths = lengths_.reserve(rows_);
    std::size_t count = 0;
    for (std::size_t i = 0; i < rows_; ++i) {
      const std::uint32_t length = split.field_lengths[i];
      const unsigned null = length == kNull ? 1 : 0;
      bitmap[i / 8] = static_cast<std::uint8_t>(bitmap[i / 8] | null << (i % 8));
      lengths[count] = length;
      count += 1 - null;
    }
    used_ += bytes;
    present.count = count;
    present.lengths = lengths;
  }
  if (least == most && least != kNull) {
    present.lengths = nullptr;
    present.width = least;
  }
  return present;
}

void ColumnWriter::write_values(const Present& present, ColumnHead& head) {
  head.width = present.lengths == nullptr ? present.width : 0;
  const std::size_t total = present.all_bytes();
  if (present.far.empty() && total != 0) {
    const Repetition repetition =
        sample_repetition(present.values, present.count, present.lengths, present.width);
    const double bytes_each = static_cast<double>(total) / static_cast<double>(present.count);
    std::size_t entries_max = dictionary_entries_max(repetition, present.count, bytes_each);
    Integers integers;
    if (present.lengths == nullptr && present.width <= kPlanesWidthMax) {
      integers = plan_integers(present.values, present.count, present.width);
      // Without differences a dictionary is as good when the sample calls it a little worse: it is smaller.
      if (integers.choice.bits + 0.3 < repetition.bits) entries_max = 0;
      // One byte is its own code, unless several codes fit into it.
      if (present.width == 1) entries_max = std::min<std::size_t>(entries_max, 16);
    }
    if (entries_max != 0 && write_dictionary(present, entries_max, head)) return;
    if (integers.choice.values == Values::planes) {
      head.values = Values::planes;
      write_integers(integers, head);
      return;
    }
    if ((present.lengths != nullptr || present.width >= 8) && write_decimals(present, head)) return;
  }
  if (far_ == FarValues::are_copied && write_words(present, head)) return;
  if (present.lengths != nullptr) {
    head.lengths = Lengths::planes;
    write_lengths(present.lengths, present.count);
    cut();
  }
  write_plain(present);
}

std::size_t ColumnWriter::Present::all_bytes() const {
  std::size_t total = bytes;
  for (const FarValue& value : far) total += value.bytes.size();
  return total;
}

void ColumnWriter::Present::copy_all(std::byte* to) const {
  std::size_t from = 0;
  for (const FarValue& value : far) {
    to = std::copy_n(values + from, value.at - from, to);
    to = std::copy_n(value.bytes.data(), value.bytes.size(), to);
    from = value.at;
  }
  std::copy_n(values + from, bytes - from, to);
}

void ColumnWriter::write_plain(const Present& present) {
  if (far_ == FarValues::are_copied) {
    const std::size_t total = present.all_bytes();
    present.copy_all(room(total));
    used_ += total;
    return;
  }
  std::byte* const to = room(present.bytes);
  std::copy_n(present.values, present.bytes, to);
  for (const FarValue& far : present.far) {
    left_.push_back({used_ + far.at, far.bytes});
    left_bytes_ += far.bytes.size();
  }
  used_ += present.bytes;
}

bool ColumnWriter::write_dictionary(const Present& present, std::size_t entries_max, ColumnHead& head) {
  if (!dictionary_.build(present.values, present.count, present.lengths, present.width, entries_max))
    return false;
  const auto& entries = dictionary_.entries();
  head.values = Values::dictionary;
  head.entries = static_cast<std::uint32_t>(entries.size());
  head.detail = bits_for(entries.size());
  if (present.lengths != nullptr) {
    entry_lengths_.clear();
    for (const DictionaryEntry& entry : entries) entry_lengths_.push_back(entry.length);
    head.lengths = Lengths::planes;
    write_lengths(entry_lengths_.data(), entries.size());
  }
  for (const DictionaryEntry& entry : entries) {
    std::memcpy(room(entry.length), entry.value, entry.length);
    used_ += entry.length;
  }
  cut();
  if (head.detail == kCodeBitsMax) {
    write_planes(reinterpret_cast<const std::byte*>(dictionary_.codes()), present.count, 2,
                 ByteOrder::native);
  } else if (head.detail != 0) {
    const std::size_t bytes = (present.count * head.detail + 7) / 8;
    kernels_->pack(dictionary_.codes(), present.count, head.detail, octets(room(bytes)));
    used_ += bytes;
  }
  return true;
}

bool ColumnWriter::write_decimals(const Present& present, ColumnHead& head) {
  std::byte* const numbers = decimals_.reserve(present.count * 8);
  std::byte* const scales = scales_.reserve(present.count);
  const std::byte* value = present.values;
  bool one_scale = true;
  for (std::size_t i = 0; i < present.count; ++i) {
    const std::size_t length = present.lengths != nullptr ? present.lengths[i] : present.width;
    std::uint64_t scaled = 0;
    std::uint8_t scale = 0;
    if (!get_decimal(value, length, scaled, scale)) return false;
    pgark::detail::store<std::uint64_t, std::endian::big>(numbers + i * 8, scaled);
    scales[i] = static_cast<std::byte>(scale);
    one_scale = one_scale && scales[i] == scales[0];
    value += length;
  }
  head.values = Values::decimal;
  head.width = 0;
  head.detail = one_scale ? static_cast<std::uint8_t>(scales[0]) : kScaleStored;
  if (!one_scale) {
    std::memcpy(room(present.count), scales, present.count);
    used_ += present.count;
    cut();
  }
  write_integers(plan_integers(numbers, present.count, 8), head);
  return true;
}

// Lengths are numbers of four bytes: their upper planes are nearly always one constant byte each.
void ColumnWriter::write_lengths(const std::uint32_t* lengths, std::size_t count) {
  write_planes(reinterpret_cast<const std::byte*>(lengths), count, 4, ByteOrder::native);
}

void ColumnWriter::write_planes(const std::byte* values, std::size_t count, std::uint32_t width,
                                ByteOrder order) {
  std::array<std::uint8_t, kPlanesWidthMax> differs;
  kernels_->compare(octets(values), count, width, differs.data());
  const bool reversed = order == ByteOrder::native && std::endian::native == std::endian::little;
  const auto byte_of_plane = [&](std::uint32_t plane) { return reversed ? width - 1 - plane : plane; };

  const std::size_t mask_bytes = (width + 7) / 8;
  std::byte* const head = room(mask_bytes + width + count * width);
  std::memset(head, 0, mask_bytes);
  std::byte* to = head + mask_bytes;
  for (std::uint32_t plane = 0; plane < width; ++plane) {
    const std::uint32_t byte = byte_of_plane(plane);
    if (differs[byte] != 0) {
      head[plane / 8] |= std::byte{1} << (plane % 8);
    } else {
      *to++ = values[byte];
    }
  }
  used_ = static_cast<std::size_t>(to - out_.data());

  std::array<std::uint8_t, kKernelBlock> unused;
  std::array<std::uint8_t*, kPlanesWidthMax> first{};
  for (std::uint32_t plane = 0; plane < width; ++plane) {
    const std::uint32_t byte = byte_of_plane(plane);
    if (differs[byte] == 0) continue;
    cut();
    first[byte] = octets(to);
    to += count;
    used_ += count;
  }
  cut();
  for (std::size_t done = 0; done < count; done += kKernelBlock) {
    std::array<std::uint8_t*, kPlanesWidthMax> planes;
    for (std::uint32_t k = 0; k < width; ++k)
      planes[k] = first[k] != nullptr ? first[k] + done : unused.data();
    kernels_->split(octets(values) + done * width, std::min(kKernelBlock, count - done), width,
                    planes.data());
  }
}

std::size_t ColumnWriter::kept_bytes() const {
  return out_.capacity() + dictionary_.kept_bytes() + 4 * lengths_.capacity() + integers_.capacity() +
         quotients_.capacity() + decimals_.capacity() + scales_.capacity() + words_.kept_bytes() +
         texts_.capacity();
}

void ColumnWriter::release() {
  out_.release();
  dictionary_.release();
  lengths_.release();
  integers_.release();
  quotients_.release();
  decimals_.release();
  scales_.release();
  words_.release();
  texts_.release();
}

}  // namespace pgark::format::columnar
