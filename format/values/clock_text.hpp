// Times of day and of intervals: "HH:MM:SS.ffffff", the fraction without its last zeros. datetime.c.
#pragma once

#include <cstdint>

#include "format/values/digits.hpp"

namespace pgark::values {

// At most this many characters, whatever the number of microseconds.
inline constexpr std::size_t kClockCharsMax = 32;

// ".ffffff", or nothing. REQUIRES: us < 1,000,000.
inline char* put_fraction(char* at, std::uint32_t us) {
  if (us == 0) return at;
  *at++ = '.';
  at = put_two_digits(at, us / 10'000);
  at = put_two_digits(at, us / 100 % 100);
  at = put_two_digits(at, us % 100);
  while (at[-1] == '0') --at;
  return at;
}

// Hours take more than two digits when they need them. REQUIRES: us >= 0 as a signed number.
inline char* put_clock(char* at, std::uint64_t us) {
  constexpr std::uint64_t kSecondUs = 1'000'000;
  const std::uint64_t seconds = us / kSecondUs, hours = seconds / 3600;
  const auto of_hour = static_cast<std::uint32_t>(seconds % 3600);
  at = hours < 100 ? put_two_digits(at, hours) : put_integer(at, hours);
  *at++ = ':';
  at = put_two_digits(at, of_hour / 60);
  *at++ = ':';
  at = put_two_digits(at, of_hour % 60);
  return put_fraction(at, static_cast<std::uint32_t>(us % kSecondUs));
}
inline char* put_clock(char* at, std::int64_t us) {
  return put_clock(at, static_cast<std::uint64_t>(us));
}

}  // namespace pgark::values
