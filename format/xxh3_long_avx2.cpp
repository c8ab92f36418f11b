// Compiled with -mavx2 (format/CMakeLists.txt); run only where the processor has it.
#include "format/xxh3_long.hpp"

#if defined(__AVX2__)
// All of it in this source, under names of its own.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <new>
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

static_assert(sizeof(XXH3_state_t) <= sizeof(Xxh3State) && alignof(XXH3_state_t) <= alignof(Xxh3State));

XXH3_state_t* in(Xxh3State& state) {
  return reinterpret_cast<XXH3_state_t*>(state.bytes);
}

void begin64(Xxh3State& state) {
  XXH3_64bits_reset(new (state.bytes) XXH3_state_t);
}

void add64(Xxh3State& state, const void* bytes, std::size_t size) {
  XXH3_64bits_update(in(state), bytes, size);
}

std::uint64_t end64(const Xxh3State& state) {
  return XXH3_64bits_digest(reinterpret_cast<const XXH3_state_t*>(state.bytes));
}

constexpr Xxh3Long kAvx2{hash64, hash128, begin64, add64, end64};

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
