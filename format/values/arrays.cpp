#include <array>

#include "format/values/digits.hpp"
#include "format/values/quoting.hpp"
#include "format/values/value_type.hpp"

namespace pgark::values {
namespace {

constexpr std::size_t kDimensionsMax = 6;
constexpr std::uint32_t kNullLength = 0xFFFFFFFF;

struct Dimension {
  std::uint32_t count = 0;
  std::int32_t first = 1;  // subscript
};

struct Header {
  std::array<Dimension, kDimensionsMax> dimensions;
  std::size_t dimension_count = 0;
  std::uint64_t items = 0;
  bool starts_elsewhere = false;  // some dimension does not start at 1
};

// +----------------+-----------+-------------+---------------------------+------------------------+
// | i32 dimensions | i32 nulls | u32 element | i32 count, i32 first, ... | i32 length, item, ...  |
// +----------------+-----------+-------------+---------------------------+------------------------+
// The last dimension varies fastest; length -1 is NULL.
Fault read_header(const ValueType& element, ByteReader& reader, Header& header) {
  const std::uint32_t dimensions = reader.u32_be(), has_nulls = reader.u32_be();
  const Oid oid = reader.u32_be();
  if (!reader.ok()) return kWrongLength;
  if (dimensions > kDimensionsMax || has_nulls > 1) return kMalformed;
  if (oid != element.oid) return "another element type than expected";
  header.dimension_count = dimensions;
  header.items = dimensions == 0 ? 0 : 1;
  for (std::size_t i = 0; i < dimensions; ++i) {
    Dimension& dimension = header.dimensions[i];
    dimension.count = reader.u32_be();
    dimension.first = reader.i32_be();
    if (!reader.ok()) return kWrongLength;
    if (dimension.count > 0x7FFFFFFF || std::int64_t{dimension.first} + dimension.count > 0x80000000LL)
      return kOutOfRange;
    header.items *= dimension.count;
    header.starts_elsewhere |= dimension.first != 1;
    // Each item has a length of four bytes; it also keeps the product small.
    if (header.items > reader.remaining() / 4) return kWrongLength;
  }
  return nullptr;
}

// "[0:2][1:4]=".
void put_bounds(const Header& header, TextOut& out) {
  for (std::size_t i = 0; i < header.dimension_count; ++i) {
    const Dimension& dimension = header.dimensions[i];
    char* at = out.room(2 * kIntegerCharsMax + 3);
    *at++ = '[';
    at = put_integer(at, dimension.first);
    *at++ = ':';
    at = put_integer(at, std::int64_t{dimension.first} + dimension.count - 1);
    *at++ = ']';
    out.advance_to(at);
  }
  out.put('=');
}

Fault put_item(const ValueType& element, ByteReader& reader, TextOut& out) {
  const std::uint32_t length = reader.u32_be();
  if (reader.ok() && length == kNullLength) {
    out.put("NULL");
    return nullptr;
  }
  const ByteSpan item = reader.bytes(length);
  if (!reader.ok()) return kWrongLength;
  const std::size_t from = out.size();
  if (const Fault fault = element.write(element, item, out)) return fault;
  if ((element.traits & kArraySafe) == 0) quote_array_item(out, from, element.delimiter);
  return nullptr;
}

// Counts through the items like an odometer; a wheel that starts again closes and opens a brace.
Fault put_items(const Header& header, const ValueType& element, ByteReader& reader, TextOut& out) {
  std::array<std::uint32_t, kDimensionsMax> position{};
  const std::size_t last = header.dimension_count - 1;
  for (std::size_t i = 0; i <= last; ++i) out.put('{');
  for (std::uint64_t item = 0; item < header.items; ++item) {
    if (const Fault fault = put_item(element, reader, out)) return fault;
    std::size_t wheel = last;
    while (++position[wheel] == header.dimensions[wheel].count) {
      out.put('}');
      position[wheel] = 0;
      if (wheel == 0) return nullptr;
      --wheel;
    }
    out.put(element.delimiter);
    for (; wheel < last; ++wheel) out.put('{');
  }
  return nullptr;
}

}  // namespace

Fault write_array(const ValueType& type, ByteSpan value, TextOut& out) {
  ByteReader reader(value);
  Header header;
  if (const Fault fault = read_header(*type.element, reader, header)) return fault;
  if (header.items == 0) {
    out.put("{}");
    return reader.done() ? nullptr : kWrongLength;
  }
  if (header.starts_elsewhere) put_bounds(header, out);
  if (const Fault fault = put_items(header, *type.element, reader, out)) return fault;
  return reader.done() ? nullptr : kWrongLength;
}

// int2vector and oidvector: sent as arrays of one dimension, printed with spaces between.
Fault write_vector(const ValueType& type, ByteSpan value, TextOut& out) {
  ByteReader reader(value);
  Header header;
  if (const Fault fault = read_header(*type.element, reader, header)) return fault;
  if (header.dimension_count > 1) return kMalformed;
  for (std::uint64_t i = 0; i < header.items; ++i) {
    const ByteSpan item = reader.bytes(reader.u32_be());
    if (!reader.ok()) return kWrongLength;
    if (i > 0) out.put(' ');
    if (const Fault fault = type.element->write(*type.element, item, out)) return fault;
  }
  return reader.done() ? nullptr : kWrongLength;
}

}  // namespace pgark::values
