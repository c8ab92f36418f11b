#include <type_traits>

#include "format/values/digits.hpp"
#include "format/values/value_type.hpp"

namespace pgark::values {
namespace {

template <class Integer>
Fault write_integer(ByteSpan value, TextOut& out) {
  if (value.size() != sizeof(Integer)) return kWrongLength;
  using Unsigned = std::make_unsigned_t<Integer>;
  const auto number = static_cast<Integer>(detail::load<Unsigned, std::endian::big>(value.data()));
  out.advance_to(put_integer(out.room(kIntegerCharsMax), number));
  return nullptr;
}

}  // namespace

Fault write_bool(const ValueType&, ByteSpan value, TextOut& out) {
  if (value.size() != 1) return kWrongLength;
  out.put(value[0] != std::byte{0} ? 't' : 'f');
  return nullptr;
}

Fault write_int2(const ValueType&, ByteSpan value, TextOut& out) {
  return write_integer<std::int16_t>(value, out);
}
Fault write_int4(const ValueType&, ByteSpan value, TextOut& out) {
  return write_integer<std::int32_t>(value, out);
}
Fault write_int8(const ValueType&, ByteSpan value, TextOut& out) {
  return write_integer<std::int64_t>(value, out);
}
Fault write_uint4(const ValueType&, ByteSpan value, TextOut& out) {
  return write_integer<std::uint32_t>(value, out);
}
Fault write_uint8(const ValueType&, ByteSpan value, TextOut& out) {
  return write_integer<std::uint64_t>(value, out);
}

// u32 block, u16 line: "(block,line)".
Fault write_tid(const ValueType&, ByteSpan value, TextOut& out) {
  if (value.size() != 6) return kWrongLength;
  ByteReader reader(value);
  char* at = out.room(2 * kIntegerCharsMax);
  *at++ = '(';
  at = put_integer(at, reader.u32_be());
  *at++ = ',';
  at = put_integer(at, reader.u16_be());
  *at++ = ')';
  out.advance_to(at);
  return nullptr;
}

// u64: its halves in upper-case hexadecimal, without leading zeros.
Fault write_lsn(const ValueType&, ByteSpan value, TextOut& out) {
  if (value.size() != 8) return kWrongLength;
  ByteReader reader(value);
  const auto put_half = [](char* at, std::uint32_t half) {
    char* const end = std::to_chars(at, at + 8, half, 16).ptr;
    for (; at != end; ++at) {
      if (*at >= 'a') *at = static_cast<char>(*at - 'a' + 'A');
    }
    return end;
  };
  char* at = put_half(out.room(17), reader.u32_be());
  *at++ = '/';
  out.advance_to(put_half(at, reader.u32_be()));
  return nullptr;
}

// u32 count, u64 xmin, u64 xmax, u64 per transaction: "xmin:xmax:a,b,c".
Fault write_snapshot(const ValueType&, ByteSpan value, TextOut& out) {
  ByteReader reader(value);
  const std::uint32_t count = reader.u32_be();
  const std::uint64_t xmin = reader.u64_be(), xmax = reader.u64_be();
  if (!reader.ok() || reader.remaining() % 8 != 0 || reader.remaining() / 8 != count) return kWrongLength;
  char* at = put_integer(out.room(2 * kIntegerCharsMax + 2), xmin);
  *at++ = ':';
  at = put_integer(at, xmax);
  *at++ = ':';
  out.advance_to(at);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i > 0) out.put(',');
    out.advance_to(put_integer(out.room(kIntegerCharsMax), reader.u64_be()));
  }
  return nullptr;
}

}  // namespace pgark::values
