#include "format/columnar/kernel_sets.hpp"
#include "format/columnar/kernel_templates.hpp"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace pgark::format::columnar {

#if defined(__x86_64__)
namespace {

struct Sse2 {
  using Register = __m128i;
  static constexpr std::size_t kValues = 16;

  static Register load_plane(const std::uint8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  }
  static void store_plane(Register value, std::uint8_t* to) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), value);
  }
  static Register load(const std::uint8_t* from, std::size_t) { return load_plane(from); }
  static void store(Register value, std::uint8_t* to, std::size_t) { store_plane(value, to); }

  static Register evens(Register a, Register b) {
    const Register low = _mm_set1_epi16(0xFF);
    return _mm_packus_epi16(_mm_and_si128(a, low), _mm_and_si128(b, low));
  }
  static Register odds(Register a, Register b) {
    return _mm_packus_epi16(_mm_srli_epi16(a, 8), _mm_srli_epi16(b, 8));
  }
  static Register low(Register a, Register b) { return _mm_unpacklo_epi8(a, b); }
  static Register high(Register a, Register b) { return _mm_unpackhi_epi8(a, b); }

  static Register same(std::uint8_t byte) { return _mm_set1_epi8(static_cast<char>(byte)); }
  static Register plus(Register a, Register b) { return _mm_add_epi8(a, b); }
  static Register either(Register a, Register b) { return _mm_or_si128(a, b); }
  static Register equal(Register a, Register b) { return _mm_cmpeq_epi8(a, b); }
  static Register smaller(Register a, Register b) { return _mm_min_epu8(a, b); }
  static std::uint32_t signs(Register bytes) { return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes)); }
};

}  // namespace

const Kernels* sse2_kernels() {
  static constexpr Kernels kSet = vector_kernels<Sse2>();
  return &kSet;
}
#else
const Kernels* sse2_kernels() {
  return nullptr;
}
#endif

}  // namespace pgark::format::columnar
