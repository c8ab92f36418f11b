#include "format/columnar/columnar_layout.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgark::format::columnar {
namespace {

template <std::unsigned_integral T>
void put(std::byte* to, T value) {
  pgark::detail::store<T, std::endian::little>(to, value);
}

tl::unexpected<Error> damaged(std::string_view what) {
  return fail(ErrorCode::archive_damaged, fmt::format("the columnar payload {}", what));
}

// The combination of the fields that go with `values`; null when it is sound.
const char* wrong_with(const ColumnHead& head) {
  if (head.lengths == Lengths::planes && head.width != 0) return "has a width beside lengths";
  if (head.nulls == Nulls::all) {
    const bool empty = head.lengths == Lengths::constant && head.values == Values::plain && head.width == 0 &&
                       head.stored_bytes == 0;
    if (!empty) return "has values in a column of nulls";
  }
  const bool has_entries = head.values == Values::dictionary || head.values == Values::words;
  if (!has_entries && head.entries != 0) return "has entries without a dictionary";
  if (head.transform != Transform::none && head.values != Values::planes && head.values != Values::decimal) {
    return "has differences of values that are no integers";
  }
  const bool integers =
      head.values == Values::decimal ||
      (head.values == Values::planes && (head.width == 2 || head.width == 4 || head.width == 8));
  if (head.multiples && !integers) return "has multiples of values that are no integers";
  switch (head.values) {
    case Values::plain: return head.detail != 0 ? "has an unexpected detail" : nullptr;
    case Values::planes: {
      const bool integer = head.width == 2 || head.width == 4 || head.width == 8;
      if (head.detail != 0 || head.lengths != Lengths::constant || head.width == 0 ||
          head.width > kPlanesWidthMax) {
        return "has byte planes of an impossible width";
      }
      return head.transform != Transform::none && !integer ? "has differences of an impossible width"
                                                           : nullptr;
    }
    case Values::dictionary: {
      const unsigned bits = head.detail;
      const bool known = bits == 0 || bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16;
      if (!known) return "has a dictionary with an impossible width of codes";
      const std::uint32_t most = std::min(std::uint32_t{1} << bits, kDictionaryEntriesMax);
      const bool fits = head.entries != 0 && head.entries <= most;
      return fits ? nullptr : "has a dictionary with an impossible number of entries";
    }
    case Values::decimal: {
      if (head.lengths != Lengths::constant || head.width != 0) return "has lengths beside decimals";
      const bool known = head.detail <= kScaleMax || head.detail == kScaleStored;
      return known ? nullptr : "has decimals of an impossible scale";
    }
    case Values::words: {
      if (head.lengths != Lengths::constant || head.width != 0) return "has lengths beside words";
      if (head.detail != 0) return "has an unexpected detail";
      const bool fits = head.entries != 0 && head.entries <= kDictionaryEntriesMax;
      return fits ? nullptr : "has an impossible number of words";
    }
  }
  return "is not known";
}

}  // namespace

void put_head(const Head& head, std::byte* to) {
  put<std::uint16_t>(to, static_cast<std::uint16_t>(head.columns));
  put<std::uint16_t>(to + 2, 0);
  put<std::uint32_t>(to + 4, head.rows);
  put<std::uint64_t>(to + 8, head.row_bytes);
}

void put_column_head(const ColumnHead& head, std::byte* to) {
  to[0] = static_cast<std::byte>(head.nulls);
  to[1] = static_cast<std::byte>(head.lengths);
  to[2] = static_cast<std::byte>(head.values);
  to[3] = static_cast<std::byte>(head.transform);
  to[4] = static_cast<std::byte>(head.detail);
  to[5] = static_cast<std::byte>(head.multiples);
  to[6] = to[7] = std::byte{0};
  put<std::uint32_t>(to + 8, head.width);
  put<std::uint32_t>(to + 12, head.entries);
  put<std::uint32_t>(to + 16, head.stored_bytes);
}

Result<Head> get_head(ByteSpan bytes) {
  ByteReader reader(bytes.first(kHeadBytes));
  Head head;
  head.columns = reader.u16_le();
  const std::uint16_t reserved = reader.u16_le();
  head.rows = reader.u32_le();
  head.row_bytes = reader.u64_le();
  if (reserved != 0) {
    return fail(ErrorCode::archive_unsupported, "the columnar payload uses a feature of a newer version");
  }
  if (head.columns > kColumnsMax) return damaged(fmt::format("claims {} columns", head.columns));
  // Every row has its field count, every field its length: this bounds all that is allocated per row.
  const std::uint64_t least = 2 + 4 * std::uint64_t{head.columns};
  if (head.rows == 0 || head.rows > head.row_bytes / least) {
    return damaged(
        fmt::format("claims {} rows of {} columns in {} bytes", head.rows, head.columns, head.row_bytes));
  }
  return head;
}

Result<ColumnHead> get_column_head(ByteSpan bytes) {
  ByteReader reader(bytes.first(kColumnHeadBytes));
  const std::uint8_t nulls = reader.u8();
  const std::uint8_t lengths = reader.u8();
  const std::uint8_t values = reader.u8();
  const std::uint8_t transform = reader.u8();
  ColumnHead head;
  head.detail = reader.u8();
  const std::uint8_t multiples = reader.u8();
  const bool reserved_zero = reader.u16_le() == 0;
  head.width = reader.u32_le();
  head.entries = reader.u32_le();
  head.stored_bytes = reader.u32_le();
  if (!reserved_zero || nulls > 2 || lengths > 1 || values > 4 || transform > 2 || multiples > 1) {
    return fail(ErrorCode::archive_unsupported, "the columnar payload has a column of an unknown kind");
  }
  head.nulls = static_cast<Nulls>(nulls);
  head.lengths = static_cast<Lengths>(lengths);
  head.values = static_cast<Values>(values);
  head.transform = static_cast<Transform>(transform);
  head.multiples = multiples != 0;
  if (const char* wrong = wrong_with(head)) return damaged(wrong);
  return head;
}

}  // namespace pgark::format::columnar
