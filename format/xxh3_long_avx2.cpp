// Compiled with -mavx2 (format/CMakeLists.txt); run only where the processor has it.
#include "format/xxh3_long.hpp"

#if defined(__AVX2__)
// All of it in this source, under names of its own.
#define XXH_INLINE_ALL
#include <xxhash.h>
#endif

namespace pgark::format {

#if defined(__AVX2__)
namespace {

std::uint64_t hash64(const void* bytes, std::size_t size) {
  return XXH3_64bits(bytes, size);
}

Xxh3Sum128 hash128(const void* bytes, std::size_t size) {
  const XXH128_hash_t hash = XXH3_128bits(bytes, size);
  return {hash.low64, hash.high64};
}

constexpr Xxh3Long kAvx2{hash64, hash128};

}  // namespace
#endif

const Xxh3Long* xxh3_long_avx2() {
#if defined(__AVX2__)
  return &kAvx2;
#else
  return nullptr;
#endif
}

}  // namespace pgark::format
