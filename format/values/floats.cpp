#include "format/values/floats.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "format/values/digits.hpp"
#include "format/values/value_type.hpp"

namespace pgark::values {
namespace {

template <class Float>
using Bits = std::conditional_t<sizeof(Float) == 8, std::uint64_t, std::uint32_t>;

// "d.ddde+xx" taken apart: digits * 10^(exponent - count + 1).
struct Decimal {
  char digits[24];
  int count = 0;
  int exponent = 0;  // of the first digit
};

Decimal take_apart(const char* at, const char* end) {
  Decimal decimal;
  for (; at != end && *at != 'e'; ++at) {
    if (*at != '.') decimal.digits[decimal.count++] = *at;
  }
  ++at;
  if (*at == '+') ++at;
  std::from_chars(at, end, decimal.exponent);
  return decimal;
}

// Whether the decimal lies exactly half-way between a number and a neighbour of it, given that it reads back
// as that number. With mantissa m and exponent e the halves are (2m + 1) * 2^(e-1) and (2m - 1) * 2^(e-1),
// below a power of two (4m - 1) * 2^(e-2): an odd number times a power of two, as the decimal is odd(digits)
// * 5^k times one. As the mantissa is below 2^53 and the decimal has 17 digits at most, there is none with a
// negative k.
template <class Float>
bool is_halfway(const Decimal& decimal, Float magnitude) {
  constexpr int kFractionBits = std::numeric_limits<Float>::digits - 1;
  const int k = decimal.exponent - decimal.count + 1;
  if (k < 1 || k > 23) return false;
  std::uint64_t digits = 0, power = 1;
  std::from_chars(decimal.digits, decimal.digits + decimal.count, digits);
  for (int i = 0; i < k; ++i) power *= 5;
  const std::uint64_t odd = digits >> std::countr_zero(digits);

  const std::uint64_t fraction =
      std::bit_cast<Bits<Float>>(magnitude) & ((std::uint64_t{1} << kFractionBits) - 1);
  const std::uint64_t mantissa = fraction | (std::uint64_t{1} << kFractionBits);
  const auto is_half = [=](std::uint64_t half) { return half % power == 0 && half / power == odd; };
  return is_half(2 * mantissa + 1) || is_half(fraction == 0 ? 4 * mantissa - 1 : 2 * mantissa - 1);
}

// The server does not print a decimal half-way between two numbers although it would read back: some readers
// round otherwise. Then it takes the nearest decimal of more digits. std::to_chars does print halves.
template <class Float>
char* put_beside_half(char* at, Float magnitude, int digits_count) {
  constexpr int kDigitsMax = std::numeric_limits<Float>::max_digits10;
  char* end = at;
  for (int precision = digits_count; precision < kDigitsMax; ++precision) {
    end = std::to_chars(at, at + kFloatCharsMax - 1, magnitude, std::chars_format::scientific, precision).ptr;
    Float read_back = 0;
    std::from_chars(at, end, read_back);
    if (read_back == magnitude && !is_halfway(take_apart(at, end), magnitude)) break;
  }
  return end;
}

char* put_fixed(char* at, const Decimal& decimal) {
  const std::string_view digits(decimal.digits, static_cast<std::size_t>(decimal.count));
  if (decimal.exponent < 0) {
    at = put_text(at, std::string_view("0.000").substr(0, static_cast<std::size_t>(1 - decimal.exponent)));
    return put_text(at, digits);
  }
  const auto whole = static_cast<std::size_t>(decimal.exponent) + 1;
  if (digits.size() > whole) {
    at = put_text(at, digits.substr(0, whole));
    *at++ = '.';
    return put_text(at, digits.substr(whole));
  }
  at = put_text(at, digits);
  std::memset(at, '0', whole - digits.size());
  return at + (whole - digits.size());
}

template <class Float>
char* put_shortest(char* at, Float value) {
  // Numbers of so many digits before the point are written out, as printf's %g does.
  constexpr int kWholeDigitsMax = std::numeric_limits<Float>::digits10;
  if (std::isnan(value)) return put_text(at, "NaN");
  if (std::signbit(value)) *at++ = '-';
  const Float magnitude = std::fabs(value);
  if (std::isinf(magnitude)) return put_text(at, "Infinity");
  if (magnitude == 0) return put_text(at, "0");

  char* const end = std::to_chars(at, at + kFloatCharsMax - 1, magnitude, std::chars_format::scientific).ptr;
  const Decimal decimal = take_apart(at, end);
  if (decimal.exponent >= -4 && decimal.exponent < kWholeDigitsMax) return put_fixed(at, decimal);
  return is_halfway(decimal, magnitude) ? put_beside_half(at, magnitude, decimal.count) : end;
}

template <class Float>
Fault write_float(ByteSpan value, TextOut& out) {
  if (value.size() != sizeof(Float)) return kWrongLength;
  const auto bits = detail::load<Bits<Float>, std::endian::big>(value.data());
  out.advance_to(put_float(out.room(kFloatCharsMax), std::bit_cast<Float>(bits)));
  return nullptr;
}

}  // namespace

char* put_float(char* at, double value) {
  return put_shortest(at, value);
}
char* put_float(char* at, float value) {
  return put_shortest(at, value);
}

Fault write_float4(const ValueType&, ByteSpan value, TextOut& out) {
  return write_float<float>(value, out);
}
Fault write_float8(const ValueType&, ByteSpan value, TextOut& out) {
  return write_float<double>(value, out);
}

}  // namespace pgark::values
