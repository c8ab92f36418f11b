// XXH3 with seed 0 of more than 240 bytes, where the width of the processor's vectors counts. Each version
// comes from a source of its own, compiled for its instructions; checksum.cpp picks one at run time. Nothing
// inline here: the linker could keep the copy of the wrong instructions.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pgark::format {

struct Xxh3Sum128 {
  std::uint64_t low;
  std::uint64_t high;
};

// Of a hash that is taken piece by piece; belongs to the version that began it.
struct alignas(64) Xxh3State {
  std::byte bytes[576];
};

struct Xxh3Long {
  std::uint64_t (*hash64)(const void* bytes, std::size_t size);
  Xxh3Sum128 (*hash128)(const void* bytes, std::size_t size);
  void (*begin64)(Xxh3State& state);
  void (*add64)(Xxh3State& state, const void* bytes, std::size_t size);
  std::uint64_t (*end64)(const Xxh3State& state);
};

// Null where the compiler does not aim at such processors.
const Xxh3Long* xxh3_long_avx2();

}  // namespace pgark::format
