// The inner loops over a column's values, in one version per instruction set. All versions give the same
// bytes. Pure functions; any thread. Nothing is read or written outside the ranges named.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pgark::format::columnar {

enum class SimdLevel : std::uint8_t { scalar, sse2, avx2 };

// The best that this processor can run.
SimdLevel best_simd_level();
const char* simd_level_name(SimdLevel level);

// Entries per block in which callers hand out work that uses small buffers on the stack.
inline constexpr std::size_t kKernelBlock = 1024;

struct Kernels {
  // Byte k of value i goes to planes[k][i]. `values` has count * width bytes, each plane `count`.
  void (*split)(const std::uint8_t* values, std::size_t count, std::size_t width,
                std::uint8_t* const* planes);
  // The reverse.
  void (*join)(const std::uint8_t* const* planes, std::size_t count, std::size_t width, std::uint8_t* values);
  // differs[k] becomes non-zero when byte k is not the same in all values. REQUIRES: count > 0.
  void (*compare)(const std::uint8_t* values, std::size_t count, std::size_t width, std::uint8_t* differs);

  // Integers of 2, 4 or 8 bytes, big-endian, differences modulo 2^width. Zigzag form: a difference d is
  // written as 2d when it is not negative, as -2d - 1 otherwise, big-endian again.
  // order 1: out[0] = 0, out[i] = zigzag(v[i] - v[i-1]).
  // order 2: out[0] = out[1] = 0, out[i] = zigzag(v[i] - 2 v[i-1] + v[i-2]).
  void (*differences)(const std::uint8_t* values, std::size_t count, std::size_t width, int order,
                      std::uint8_t* out);
  // In place, from differences to values: `first` is value 0, `step` is (order 2) value 1 minus value 0, as
  // numbers; out[0] is not read.
  void (*sums)(std::uint8_t* values, std::size_t count, std::size_t width, int order, std::uint64_t first,
               std::uint64_t step);

  // Codes below 2^bits, bits 1, 2, 4 or 8, the first code in the lowest bits of a byte. `packed` has
  // ceil(count * bits / 8) bytes; what is over in the last one is zero.
  void (*pack)(const std::uint16_t* codes, std::size_t count, unsigned bits, std::uint8_t* packed);
  void (*unpack)(const std::uint8_t* packed, std::size_t count, unsigned bits, std::uint16_t* codes);

  // Bit i % 64 of ends[i / 64] says whether byte i is none of a word: no letter or digit of ASCII and less
  // than 0x80. `ends` has count / 64 + 1 elements; the bits behind the text are zero.
  void (*word_ends)(const std::uint8_t* text, std::size_t count, std::uint64_t* ends);
};

// Bytes as the kernels take them.
inline const std::uint8_t* octets(const std::byte* bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes);
}
inline std::uint8_t* octets(std::byte* bytes) {
  return reinterpret_cast<std::uint8_t*>(bytes);
}

// REQUIRES: the processor can run it (level <= best_simd_level()).
const Kernels& kernels(SimdLevel level);

}  // namespace pgark::format::columnar
