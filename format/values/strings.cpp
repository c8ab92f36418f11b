#include "format/values/digits.hpp"
#include "format/values/value_type.hpp"

namespace pgark::values {

// text, varchar, bpchar, name, json, refcursor and the labels of enums are sent as they are printed.
Fault write_verbatim(const ValueType&, ByteSpan value, TextOut& out) {
  out.put(as_text(value));
  return nullptr;
}

// One byte. Zero is printed as nothing; bytes above 0x7F are, since 15, a backslash and three octal digits.
Fault write_char(const ValueType& type, ByteSpan value, TextOut& out) {
  if (value.size() != 1) return kWrongLength;
  const auto byte = static_cast<unsigned>(value[0]);
  if (byte == 0) return nullptr;
  if (byte < 0x80 || type.server_version_num < 150000) {
    out.put(static_cast<char>(byte));
    return nullptr;
  }
  char* at = out.room(4);
  *at++ = '\\';
  for (const unsigned shift : {6U, 3U, 0U}) *at++ = static_cast<char>('0' + (byte >> shift & 7));
  out.advance_to(at);
  return nullptr;
}

// u8 version of the form, always 1; then the text.
Fault write_versioned(const ValueType&, ByteSpan value, TextOut& out) {
  if (value.empty()) return kWrongLength;
  if (value[0] != std::byte{1}) return "a version that is not known";
  out.put(as_text(value.subspan(1)));
  return nullptr;
}

Fault write_bytea(const ValueType&, ByteSpan value, TextOut& out) {
  char* const at = put_text(out.room(2 + 2 * value.size()), "\\x");
  out.advance_to(put_hex(at, value));
  return nullptr;
}

Fault write_uuid(const ValueType&, ByteSpan value, TextOut& out) {
  if (value.size() != 16) return kWrongLength;
  char* at = put_hex(out.room(36), value.first(4));
  for (std::size_t from = 4; from < 10; from += 2) {
    *at++ = '-';
    at = put_hex(at, value.subspan(from, 2));
  }
  *at++ = '-';
  out.advance_to(put_hex(at, value.subspan(10)));
  return nullptr;
}

// i32 number of bits, then the bits, highest first, filled up to whole bytes.
Fault write_bits(const ValueType&, ByteSpan value, TextOut& out) {
  ByteReader reader(value);
  const std::uint32_t count = reader.u32_be();
  if (!reader.ok() || count > 0x7FFFFFFF || reader.remaining() != (std::size_t{count} + 7) / 8)
    return kWrongLength;
  const ByteSpan bytes = reader.rest();
  char* const at = out.room(count);
  for (std::size_t i = 0; i < count; ++i)
    at[i] = (static_cast<unsigned>(bytes[i / 8]) >> (7 - i % 8) & 1) != 0 ? '1' : '0';
  out.advance_to(at + count);
  return nullptr;
}

}  // namespace pgark::values
