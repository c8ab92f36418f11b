#include <array>

#include "format/values/digits.hpp"
#include "format/values/value_type.hpp"

namespace pgark::values {
namespace {

constexpr std::uint8_t kFamilyV4 = 2, kFamilyV6 = 3;
constexpr std::size_t kWords = 8;
using Words = std::array<std::uint16_t, kWords>;

char* put_v4(char* at, ByteSpan bytes) {
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0) *at++ = '.';
    at = put_integer(at, static_cast<unsigned>(bytes[i]));
  }
  return at;
}

struct Run {
  std::size_t from = kWords, count = 0;
  std::size_t end() const { return from + count; }
};

// The first of the longest runs of two or more zero words.
Run zero_run(const Words& words) {
  Run best;
  for (std::size_t i = 0; i < kWords;) {
    Run run{i, 0};
    while (run.end() < kWords && words[run.end()] == 0) ++run.count;
    if (run.count >= 2 && run.count > best.count) best = run;
    i = run.end() + 1;
  }
  return best;
}

// RFC 5952, but for addresses with an IPv4 address in them (::1.2.3.4, ::ffff:1.2.3.4), as BIND prints them.
char* put_v6(char* at, ByteSpan bytes) {
  Words words{};
  ByteReader reader(bytes);
  for (std::uint16_t& word : words) word = reader.u16_be();
  const Run zeros = zero_run(words);
  const bool holds_v4 = zeros.from == 0 && (zeros.count == 6 || (zeros.count == 5 && words[5] == 0xFFFF));
  for (std::size_t i = 0; i < kWords; ++i) {
    if (i >= zeros.from && i < zeros.end()) {
      if (i == zeros.from) *at++ = ':';
      continue;
    }
    if (i != 0) *at++ = ':';
    if (i == 6 && holds_v4) return put_v4(at, bytes.subspan(12));
    at = std::to_chars(at, at + 4, words[i], 16).ptr;
  }
  if (zeros.count > 0 && zeros.end() == kWords) *at++ = ':';
  return at;
}

// +-----------+---------+------------+----------+---------+
// | u8 family | u8 bits | u8 is cidr | u8 bytes | address |
// +-----------+---------+------------+----------+---------+
Fault put_address(ByteSpan value, TextOut& out, bool always_bits) {
  ByteReader reader(value);
  const std::uint8_t family = reader.u8(), bits = reader.u8();
  reader.u8();
  const std::size_t size = reader.u8();
  if (!reader.ok() || reader.remaining() != size) return kWrongLength;
  if (family != kFamilyV4 && family != kFamilyV6) return "an address family that is not known";
  if (size != (family == kFamilyV4 ? 4U : 16U)) return kWrongLength;
  if (bits > 8 * size) return kOutOfRange;
  char* at = out.room(64);
  at = family == kFamilyV4 ? put_v4(at, reader.rest()) : put_v6(at, reader.rest());
  if (always_bits || bits < 8 * size) {
    *at++ = '/';
    at = put_integer(at, bits);
  }
  out.advance_to(at);
  return nullptr;
}

Fault put_hardware_address(ByteSpan value, TextOut& out) {
  char* at = out.room(3 * value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (i > 0) *at++ = ':';
    at = put_hex(at, value.subspan(i, 1));
  }
  out.advance_to(at);
  return nullptr;
}

}  // namespace

Fault write_inet(const ValueType&, ByteSpan value, TextOut& out) {
  return put_address(value, out, /*always_bits=*/false);
}
Fault write_cidr(const ValueType&, ByteSpan value, TextOut& out) {
  return put_address(value, out, /*always_bits=*/true);
}

Fault write_macaddr(const ValueType&, ByteSpan value, TextOut& out) {
  return value.size() == 6 ? put_hardware_address(value, out) : kWrongLength;
}
Fault write_macaddr8(const ValueType&, ByteSpan value, TextOut& out) {
  return value.size() == 8 ? put_hardware_address(value, out) : kWrongLength;
}

}  // namespace pgark::values
