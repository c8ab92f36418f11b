// Compiled with -mavx2 (format/CMakeLists.txt); run only where the processor has it.
#include "format/columnar/kernel_sets.hpp"
#include "format/columnar/kernel_templates.hpp"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace pgark::format::columnar {

#if defined(__AVX2__)
namespace {

struct Avx2 {
  using Register = __m256i;
  static constexpr std::size_t kValues = 32;

  static Register load_plane(const std::uint8_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  }
  static void store_plane(Register value, std::uint8_t* to) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), value);
  }
  static Register load(const std::uint8_t* from, std::size_t stride) {
    return _mm256_loadu2_m128i(reinterpret_cast<const __m128i*>(from + stride),
                               reinterpret_cast<const __m128i*>(from));
  }
  static void store(Register value, std::uint8_t* to, std::size_t stride) {
    _mm256_storeu2_m128i(reinterpret_cast<__m128i*>(to + stride), reinterpret_cast<__m128i*>(to), value);
  }

  static Register evens(Register a, Register b) {
    const Register low = _mm256_set1_epi16(0xFF);
    return _mm256_packus_epi16(_mm256_and_si256(a, low), _mm256_and_si256(b, low));
  }
  static Register odds(Register a, Register b) {
    return _mm256_packus_epi16(_mm256_srli_epi16(a, 8), _mm256_srli_epi16(b, 8));
  }
  static Register low(Register a, Register b) { return _mm256_unpacklo_epi8(a, b); }
  static Register high(Register a, Register b) { return _mm256_unpackhi_epi8(a, b); }

  static Register same(std::uint8_t byte) { return _mm256_set1_epi8(static_cast<char>(byte)); }
  static Register plus(Register a, Register b) { return _mm256_add_epi8(a, b); }
  static Register either(Register a, Register b) { return _mm256_or_si256(a, b); }
  static Register equal(Register a, Register b) { return _mm256_cmpeq_epi8(a, b); }
  static Register smaller(Register a, Register b) { return _mm256_min_epu8(a, b); }
  static std::uint32_t signs(Register bytes) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(bytes));
  }
};

}  // namespace

const Kernels* avx2_kernels() {
  static constexpr Kernels kSet = vector_kernels<Avx2>();
  return &kSet;
}
#else
const Kernels* avx2_kernels() {
  return nullptr;
}
#endif

}  // namespace pgark::format::columnar
