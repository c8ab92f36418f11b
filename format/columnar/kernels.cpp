#include "format/columnar/kernels.hpp"

#include "format/columnar/kernel_sets.hpp"

namespace pgark::format::columnar {

SimdLevel best_simd_level() {
  static const SimdLevel best = [] {
#if defined(__x86_64__)
    if (avx2_kernels() != nullptr && __builtin_cpu_supports("avx2")) return SimdLevel::avx2;
    return SimdLevel::sse2;
#else
    return SimdLevel::scalar;
#endif
  }();
  return best;
}

const char* simd_level_name(SimdLevel level) {
  switch (level) {
    case SimdLevel::avx2: return "avx2";
    case SimdLevel::sse2: return "sse2";
    case SimdLevel::scalar: break;
  }
  return "scalar";
}

const Kernels& kernels(SimdLevel level) {
  const Kernels* found = nullptr;
  if (level == SimdLevel::avx2) found = avx2_kernels();
  if (level == SimdLevel::sse2) found = sse2_kernels();
  return found != nullptr ? *found : *scalar_kernels();
}

}  // namespace pgark::format::columnar
