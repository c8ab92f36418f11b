#include "format/values/quoting.hpp"
#include "format/values/value_type.hpp"

namespace pgark::values {
namespace {

enum Flags : std::uint8_t {
  kEmpty = 0x01,
  kLowerInclusive = 0x02,
  kUpperInclusive = 0x04,
  kLowerInfinite = 0x08,
  kUpperInfinite = 0x10,
};
constexpr std::uint8_t kKnownFlags =
    kEmpty | kLowerInclusive | kUpperInclusive | kLowerInfinite | kUpperInfinite;

// u32 length, then the bound.
Fault put_bound(const ValueType& bound, ByteReader& reader, TextOut& out) {
  const ByteSpan value = reader.bytes(reader.u32_be());
  if (!reader.ok()) return kWrongLength;
  const std::size_t from = out.size();
  if (const Fault fault = bound.write(bound, value, out)) return fault;
  if ((bound.traits & kArraySafe) == 0) quote_range_bound(out, from);
  return nullptr;
}

}  // namespace

// u8 flags; the lower and the upper bound, unless the flags say that there is none.
Fault write_range(const ValueType& type, ByteSpan value, TextOut& out) {
  ByteReader reader(value);
  const unsigned flags = reader.u8();
  if (!reader.ok()) return kWrongLength;
  if ((flags & ~unsigned{kKnownFlags}) != 0) return kMalformed;
  if ((flags & kEmpty) != 0) {
    out.put("empty");
    return reader.done() ? nullptr : kWrongLength;
  }
  out.put((flags & kLowerInclusive) != 0 ? '[' : '(');
  if ((flags & kLowerInfinite) == 0) {
    if (const Fault fault = put_bound(*type.element, reader, out)) return fault;
  }
  out.put(',');
  if ((flags & kUpperInfinite) == 0) {
    if (const Fault fault = put_bound(*type.element, reader, out)) return fault;
  }
  out.put((flags & kUpperInclusive) != 0 ? ']' : ')');
  return reader.done() ? nullptr : kWrongLength;
}

// u32 count; for each range u32 length and the range.
Fault write_multirange(const ValueType& type, ByteSpan value, TextOut& out) {
  ByteReader reader(value);
  const std::uint32_t count = reader.u32_be();
  if (!reader.ok()) return kWrongLength;
  out.put('{');
  for (std::uint32_t i = 0; i < count; ++i) {
    const ByteSpan range = reader.bytes(reader.u32_be());
    if (!reader.ok()) return kWrongLength;
    if (i > 0) out.put(',');
    if (const Fault fault = write_range(*type.element, range, out)) return fault;
  }
  out.put('}');
  return reader.done() ? nullptr : kWrongLength;
}

}  // namespace pgark::values
