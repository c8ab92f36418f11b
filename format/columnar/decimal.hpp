// Values in the binary form of numeric as scaled integers, and back to the same bytes.
// format/SPEC.md, "Decimals".
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"

namespace pgark::format::columnar {

// The longest value written by put_decimal: four header words and five digits.
inline constexpr std::size_t kDecimalBytesMax = 18;

// True when the value is a number that put_decimal would write with exactly these bytes. `scaled` is the
// number times 10^scale, with the sign in the lowest bit (2m, or -2m - 1 for a negative m).
bool get_decimal(const std::byte* value, std::size_t length, std::uint64_t& scaled, std::uint8_t& scale);

// Writes the value and returns its length; 0 when the number is out of range. Up to kSlackBytes are written.
std::size_t put_decimal(std::uint64_t scaled, std::uint8_t scale, std::byte* to);

}  // namespace pgark::format::columnar
