#include "format/columnar/decimal.hpp"

#include <array>

#include "format/columnar/columnar_layout.hpp"
#include "format/columnar/copy_fast.hpp"

namespace pgark::format::columnar {
namespace {

// numeric: words of 16 bits, big-endian: number of digits, weight (the power of 10000 of the first digit),
// sign, number of decimals, then the digits to the base 10000, without zeros at either end.
constexpr std::uint32_t kNegative = 0x4000;
constexpr std::size_t kHeaderBytes = 8;
constexpr std::size_t kDigitsMax = 5;
constexpr std::uint64_t kBase = 10'000;

void store_be16(std::byte* to, std::uint64_t value) {
  to[0] = static_cast<std::byte>(value >> 8);
  to[1] = static_cast<std::byte>(value);
}

// Digits behind the decimal point that hold `scale` decimals, and the decimals of them that are left over.
constexpr int fraction_digits(unsigned scale) {
  return static_cast<int>((scale + 3) / 4);
}
constexpr unsigned spare_decimals(unsigned scale) {
  return static_cast<unsigned>(fraction_digits(scale)) * 4 - scale;
}

}  // namespace

bool get_decimal(const std::byte* value, std::size_t length, std::uint64_t& scaled, std::uint8_t& scale) {
  if (length < kHeaderBytes || length > kDecimalBytesMax) return false;
  const std::uint32_t digits = load_be16(value);
  const int weight = static_cast<std::int16_t>(load_be16(value + 2));
  const std::uint32_t sign = load_be16(value + 4);
  const std::uint32_t decimals = load_be16(value + 6);
  if (length != kHeaderBytes + 2 * digits || (sign != 0 && sign != kNegative) || decimals > kScaleMax)
    return false;
  scale = static_cast<std::uint8_t>(decimals);
  scaled = 0;
  if (digits == 0) return weight == 0 && sign == 0;
  std::uint64_t number = 0;
  std::uint32_t digit = 0;
  for (std::uint32_t i = 0; i < digits; ++i) {
    digit = load_be16(value + kHeaderBytes + std::size_t{2} * i);
    if (digit >= kBase || (i == 0 && digit == 0)) return false;
    number = number * kBase + digit;
  }
  if (digit == 0) return false;
  // Up to the last digit that the decimals reach.
  const int missing = weight - static_cast<int>(digits) + 1 + fraction_digits(decimals);
  if (missing < 0 || missing > static_cast<int>(kDigitsMax)) return false;
  for (int i = 0; i < missing; ++i) {
    if (number >= kDecimalWordsMax / kBase) return false;
    number *= kBase;
  }
  if (number >= kDecimalWordsMax) return false;
  // Divisions by constants: the compiler makes them multiplications.
  std::uint64_t whole = number;
  std::uint64_t back = number;
  switch (spare_decimals(decimals)) {
    case 1: whole = number / 10, back = whole * 10; break;
    case 2: whole = number / 100, back = whole * 100; break;
    case 3: whole = number / 1000, back = whole * 1000; break;
    default: break;
  }
  if (back != number) return false;
  scaled = whole << 1;
  if (sign != 0) scaled -= 1;
  return true;
}

std::size_t put_decimal(std::uint64_t scaled, std::uint8_t scale, std::byte* to) {
  static constexpr std::array<std::uint64_t, 4> kPowers{1, 10, 100, 1000};
  const bool negative = (scaled & 1) != 0;
  std::uint64_t number = (scaled >> 1) + (negative ? 1 : 0);
  const std::uint64_t power = kPowers[spare_decimals(scale)];
  if (number >= kDecimalWordsMax / power) return 0;
  number *= power;
  if (number == 0) {
    std::memset(to, 0, kHeaderBytes);
    to[7] = static_cast<std::byte>(scale);
    return kHeaderBytes;
  }
  // From the last digit to the first, then without the zeros at both ends.
  std::array<std::uint64_t, kDigitsMax> digits;
  int used = 0;
  while (number != 0) {
    const std::uint64_t rest = number / kBase;
    digits[static_cast<std::size_t>(used++)] = number - rest * kBase;
    number = rest;
  }
  int zeros = 0;
  while (digits[static_cast<std::size_t>(zeros)] == 0) ++zeros;
  const int weight = used - 1 - fraction_digits(scale);
  const int count = used - zeros;
  store_be16(to, static_cast<std::uint64_t>(count));
  store_be16(to + 2, static_cast<std::uint64_t>(static_cast<std::uint16_t>(weight)));
  store_be16(to + 4, negative ? kNegative : 0);
  store_be16(to + 6, scale);
  std::byte* out = to + kHeaderBytes;
  for (int i = used - 1; i >= zeros; --i, out += 2) store_be16(out, digits[static_cast<std::size_t>(i)]);
  return static_cast<std::size_t>(out - to);
}

}  // namespace pgark::format::columnar
