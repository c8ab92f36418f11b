#include "format/columnar/multiples.hpp"

#include <algorithm>
#include <bit>
#include <concepts>
#include <limits>
#include <numeric>
#include <type_traits>

#include "base/bytes.hpp"

namespace pgark::format::columnar {
namespace {

constexpr std::size_t kSampled = 256;

template <std::unsigned_integral T>
T value_at(const std::byte* values, std::size_t i) {
  return pgark::detail::load<T, std::endian::big>(values + i * sizeof(T));
}

template <std::unsigned_integral T>
T divisor_of_sample(const std::byte* values, std::size_t count) {
  const std::size_t sampled = std::min(count, kSampled);
  if (sampled < 2) return 1;
  const auto first = value_at<T>(values, 0);
  T divisor = 0;
  for (std::size_t i = 1; i < sampled; ++i) {
    const auto value = value_at<T>(values, i * (count - 1) / (sampled - 1));
    const bool is_more =
        static_cast<std::make_signed_t<T>>(value) > static_cast<std::make_signed_t<T>>(first);
    divisor = std::gcd(divisor, is_more ? value - first : first - value);
    if (std::has_single_bit(divisor)) return 1;
  }
  return divisor == 0 ? 1 : divisor;
}

// The number that an odd one has to be multiplied with to give 1: each step doubles the bits that are right.
template <std::unsigned_integral T>
T inverse_of(T odd) {
  T inverse = odd;  // right in its lowest three bits
  for (int bits = 3; bits < std::numeric_limits<T>::digits; bits *= 2) inverse *= 2 - odd * inverse;
  return inverse;
}

template <std::unsigned_integral T>
bool divide_all(const std::byte* values, std::size_t count, T divisor, Multiples& found,
                std::byte* quotients) {
  using Signed = std::make_signed_t<T>;
  auto least = static_cast<Signed>(value_at<T>(values, 0));
  for (std::size_t i = 1; i < count; ++i)
    least = std::min(least, static_cast<Signed>(value_at<T>(values, i)));
  const auto base = static_cast<T>(least);

  // Multiplying with its inverse divides by an odd number, and gives more than any quotient where it does not
  // divide.
  const int shift = std::countr_zero(divisor);
  const T odd = divisor >> shift, inverse = inverse_of(odd), most = std::numeric_limits<T>::max() / odd;
  const T below = (T{1} << shift) - 1;
  T rest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const T above = value_at<T>(values, i) - base;
    const T quotient = (above >> shift) * inverse;
    rest |= (above & below) | static_cast<T>(quotient > most);
    pgark::detail::store<T, std::endian::big>(quotients + i * sizeof(T), quotient);
  }
  found = {base, divisor};
  return rest == 0;
}

template <std::unsigned_integral T>
void multiply_all(std::byte* quotients, std::size_t count, const Multiples& by) {
  const std::uint64_t base = by.base, divisor = by.divisor;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t quotient = value_at<T>(quotients, i);
    pgark::detail::store<T, std::endian::big>(quotients + i * sizeof(T),
                                              static_cast<T>(base + quotient * divisor));
  }
}

}  // namespace

std::uint64_t sample_divisor(const std::byte* values, std::size_t count, std::uint32_t width) {
  return width == 4 ? divisor_of_sample<std::uint32_t>(values, count)
                    : divisor_of_sample<std::uint64_t>(values, count);
}

bool divide(const std::byte* values, std::size_t count, std::uint32_t width, std::uint64_t divisor,
            Multiples& found, std::byte* quotients) {
  return width == 4 ? divide_all(values, count, static_cast<std::uint32_t>(divisor), found, quotients)
                    : divide_all(values, count, divisor, found, quotients);
}

void multiply(std::byte* quotients, std::size_t count, std::uint32_t width, const Multiples& by) {
  if (width == 2) {
    multiply_all<std::uint16_t>(quotients, count, by);
  } else if (width == 4) {
    multiply_all<std::uint32_t>(quotients, count, by);
  } else {
    multiply_all<std::uint64_t>(quotients, count, by);
  }
}

}  // namespace pgark::format::columnar
