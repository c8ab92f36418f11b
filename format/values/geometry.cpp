#include <bit>

#include "format/values/floats.hpp"
#include "format/values/value_type.hpp"

namespace pgark::values {
namespace {

constexpr std::size_t kPointBytes = 16;

void put_number(ByteReader& reader, TextOut& out) {
  out.advance_to(put_float(out.room(kFloatCharsMax), std::bit_cast<double>(reader.u64_be())));
}

void put_point(ByteReader& reader, TextOut& out) {
  out.put('(');
  put_number(reader, out);
  out.put(',');
  put_number(reader, out);
  out.put(')');
}

// As many points as there are bytes for.
void put_points(ByteReader& reader, TextOut& out) {
  put_point(reader, out);
  while (reader.remaining() >= kPointBytes) {
    out.put(',');
    put_point(reader, out);
  }
}

// i32 number of points, at least one; the points.
Fault put_counted_points(ByteReader& reader, TextOut& out, char open, char close) {
  const std::uint32_t count = reader.u32_be();
  if (!reader.ok() || count == 0 || reader.remaining() % kPointBytes != 0 ||
      reader.remaining() / kPointBytes != count)
    return kWrongLength;
  out.put(open);
  put_points(reader, out);
  out.put(close);
  return nullptr;
}

}  // namespace

Fault write_point(const ValueType&, ByteSpan value, TextOut& out) {
  if (value.size() != kPointBytes) return kWrongLength;
  ByteReader reader(value);
  put_point(reader, out);
  return nullptr;
}

Fault write_lseg(const ValueType&, ByteSpan value, TextOut& out) {
  if (value.size() != 2 * kPointBytes) return kWrongLength;
  ByteReader reader(value);
  out.put('[');
  put_points(reader, out);
  out.put(']');
  return nullptr;
}

Fault write_box(const ValueType&, ByteSpan value, TextOut& out) {
  if (value.size() != 2 * kPointBytes) return kWrongLength;
  ByteReader reader(value);
  put_points(reader, out);
  return nullptr;
}

// u8 closed; then as a polygon.
Fault write_path(const ValueType&, ByteSpan value, TextOut& out) {
  ByteReader reader(value);
  const bool is_closed = reader.u8() != 0;
  return put_counted_points(reader, out, is_closed ? '(' : '[', is_closed ? ')' : ']');
}

Fault write_polygon(const ValueType&, ByteSpan value, TextOut& out) {
  ByteReader reader(value);
  return put_counted_points(reader, out, '(', ')');
}

Fault write_line(const ValueType&, ByteSpan value, TextOut& out) {
  if (value.size() != 24) return kWrongLength;
  ByteReader reader(value);
  out.put('{');
  put_number(reader, out);
  out.put(',');
  put_number(reader, out);
  out.put(',');
  put_number(reader, out);
  out.put('}');
  return nullptr;
}

Fault write_circle(const ValueType&, ByteSpan value, TextOut& out) {
  if (value.size() != 24) return kWrongLength;
  ByteReader reader(value);
  out.put('<');
  put_point(reader, out);
  out.put(',');
  put_number(reader, out);
  out.put('>');
  return nullptr;
}

}  // namespace pgark::values
