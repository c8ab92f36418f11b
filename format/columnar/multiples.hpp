// Integers that differ by multiples of one number: times in whole milliseconds or seconds, amounts in whole
// units. Each is stored as the quotient (value - base) / divisor: format/SPEC.md, 16.2. Values are big-endian
// and of 4 or 8 bytes, all arithmetic modulo 2^(8 width). Pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pgark::format::columnar {

struct Multiples {
  std::uint64_t base = 0;
  std::uint64_t divisor = 1;
};

// The greatest number that divides all differences within a sample; 1 when it is a power of two, which planes
// make use of as they are. REQUIRES: width 4 or 8.
std::uint64_t sample_divisor(const std::byte* values, std::size_t count, std::uint32_t width);

// Writes the quotients, counted from the least of the values as signed numbers. False when the divisor does
// not divide them all; what was written means nothing then. REQUIRES: count > 0, width 4 or 8, divisor > 0.
bool divide(const std::byte* values, std::size_t count, std::uint32_t width, std::uint64_t divisor,
            Multiples& found, std::byte* quotients);

// The reverse, in place, for any base and divisor. REQUIRES: width 2, 4 or 8.
void multiply(std::byte* quotients, std::size_t count, std::uint32_t width, const Multiples& by);

}  // namespace pgark::format::columnar
