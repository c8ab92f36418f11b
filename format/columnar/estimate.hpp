// What a column's values look like, from a sample of 256, and what that says about how to store them.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"
#include "format/columnar/columnar_layout.hpp"
#include "format/columnar/kernels.hpp"

namespace pgark::format::columnar {

inline constexpr std::size_t kSampleValues = 256;

// How often values repeat.
struct Repetition {
  std::size_t sampled = 0;
  std::size_t distinct = 0;
  double bits = 0;  // estimated entropy of a value when only whole values repeat
};

// Values one behind the other, value i of lengths[i] bytes, or all of `width` bytes when `lengths` is null.
Repetition sample_repetition(const std::byte* values, std::size_t count, const std::uint32_t* lengths,
                             std::uint32_t width);

// Most entries of a dictionary that may be tried for such values; 0: none.
std::size_t dictionary_entries_max(const Repetition& repetition, std::size_t count, double bytes_each);

struct PlanesChoice {
  Values values = Values::plain;  // or planes
  Transform transform = Transform::none;
  double bits = 0;  // estimated bits of a value
};

// Whether a way that costs time on the way back is worth it.
bool clearly_better(double bits, double than_bits);

// REQUIRES: count > 0, width from 1 to kPlanesWidthMax.
PlanesChoice choose_planes(const Kernels& kernels, const std::byte* values, std::size_t count,
                           std::uint32_t width);

}  // namespace pgark::format::columnar
