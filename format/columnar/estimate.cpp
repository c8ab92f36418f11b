#include "format/columnar/estimate.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>

namespace pgark::format::columnar {
namespace {

constexpr std::size_t kWindows = 8;
constexpr std::size_t kWindowValues = kSampleValues / kWindows;
constexpr std::size_t kBefore = 2;  // values in front of a window, for differences

// The sample: `windows` stretches of `values` consecutive values.
struct Layout {
  std::size_t windows;
  std::size_t values;
  std::size_t start(std::size_t window, std::size_t count) const {
    return windows == 1 ? 0 : window * (count - values) / (windows - 1);
  }
};
Layout layout_for(std::size_t count) {
  if (count < 2 * kSampleValues) return {1, std::min(count, kSampleValues)};
  return {kWindows, kWindowValues};
}

const std::array<double, kSampleValues + 1>& n_log_n() {
  static const auto table = [] {
    std::array<double, kSampleValues + 1> filled{};
    for (std::size_t n = 2; n < filled.size(); ++n) {
      filled[n] = static_cast<double>(n) * std::log2(static_cast<double>(n));
    }
    return filled;
  }();
  return table;
}

// Entropy in bits from the sum of n log n over `distinct` frequencies, with the correction of Miller and
// Madow: a small sample shows less than there is.
double entropy(double sum_n_log_n, std::size_t total, std::size_t distinct) {
  const auto n = static_cast<double>(total);
  return std::log2(n) - sum_n_log_n / n + static_cast<double>(distinct - 1) / (2 * n * std::numbers::ln2);
}

using Histogram = std::array<std::uint16_t, 256>;

double plane_bits(const std::uint8_t* bytes, std::size_t count, std::size_t width, std::size_t plane,
                  Histogram& histogram) {
  histogram.fill(0);
  for (std::size_t i = 0; i < count; ++i) ++histogram[bytes[i * width + plane]];
  if (histogram[bytes[plane]] == count) return 0;
  double sum = 0;
  std::size_t distinct = 0;
  for (const std::uint16_t n : histogram) {
    sum += n_log_n()[n];
    distinct += n != 0 ? 1 : 0;
  }
  return entropy(sum, count, distinct);
}

double planes_bits(const std::uint8_t* bytes, std::size_t count, std::size_t width) {
  Histogram histogram;
  double bits = 0;
  for (std::size_t k = 0; k < width; ++k) bits += plane_bits(bytes, count, width, k, histogram);
  return bits;
}

double mixed_bits(const std::uint8_t* bytes, std::size_t count) {
  std::array<std::uint32_t, 256> histogram{};
  for (std::size_t i = 0; i < count; ++i) ++histogram[bytes[i]];
  double sum = 0;
  std::size_t distinct = 0;
  for (const std::uint32_t n : histogram) {
    if (n == 0) continue;
    sum += n * std::log2(n);
    ++distinct;
  }
  return entropy(sum, count, distinct);
}

std::uint64_t hash_of(const std::byte* value, std::size_t length) {
  std::uint64_t hash = length + 1;
  const auto mix = [&hash](std::uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15;
    hash ^= hash >> 32;
  };
  std::size_t at = 0;
  std::uint64_t word = 0;
  for (; at + 8 <= length; at += 8) {
    std::memcpy(&word, value + at, 8);
    mix(word);
  }
  word = 0;
  std::memcpy(&word, value + at, length - at);
  mix(word);
  return hash | 1;
}

}  // namespace

Repetition sample_repetition(const std::byte* values, std::size_t count, const std::uint32_t* lengths,
                             std::uint32_t width) {
  constexpr std::size_t kSlots = 1024;
  std::array<std::uint64_t, kSlots> keys{};
  std::array<std::uint16_t, kSlots> counts;
  const Layout layout = layout_for(count);
  Repetition found;
  const std::byte* value = values;
  std::size_t next = 0;
  for (std::size_t window = 0; window < layout.windows; ++window) {
    const std::size_t start = layout.start(window, count);
    if (lengths == nullptr) {
      value = values + start * width;
    } else {
      std::size_t skipped = 0;
      for (; next < start; ++next) skipped += lengths[next];
      value += skipped;
    }
    for (std::size_t i = 0; i < layout.values; ++i) {
      const std::size_t length = lengths != nullptr ? lengths[start + i] : width;
      // A long value is compared by its beginning: it will not be in a dictionary.
      const std::uint64_t key = hash_of(value, std::min<std::size_t>(length, 256));
      std::size_t slot = key >> 20 & (kSlots - 1);
      while (keys[slot] != 0 && keys[slot] != key) slot = (slot + 1) & (kSlots - 1);
      if (keys[slot] == 0) {
        keys[slot] = key;
        counts[slot] = 0;
        ++found.distinct;
      }
      ++counts[slot];
      value += length;
    }
    next = start + layout.values;
    found.sampled += layout.values;
  }
  double sum = 0;
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    if (keys[slot] != 0) sum += n_log_n()[counts[slot]];
  }
  found.bits = found.distinct == 1 ? 0 : entropy(sum, found.sampled, found.distinct);
  return found;
}

std::size_t dictionary_entries_max(const Repetition& repetition, std::size_t count, double bytes_each) {
  if (repetition.distinct == 1) return 256;
  if (count < 16 || bytes_each > 256) return 0;
  std::size_t limit = 0;
  if (repetition.distinct * 2 <= repetition.sampled) {
    limit = 256;
  } else if (bytes_each > 8 && repetition.distinct + 5 <= repetition.sampled) {
    limit = 4096;
  }
  return std::min(limit, count / 4);
}

bool clearly_better(double bits, double than_bits) {
  return bits < 0.95 * than_bits - 0.25;
}

PlanesChoice choose_planes(const Kernels& kernels, const std::byte* values, std::size_t count,
                           std::uint32_t width) {
  constexpr std::size_t kBytes = (kSampleValues + kBefore * kWindows) * kPlanesWidthMax;
  std::array<std::uint8_t, kBytes> sampled;
  Layout layout = layout_for(count);
  // Differences need what stands in front of a window; a small column goes without the first two values.
  const std::size_t before = layout.values > 2 * kBefore ? kBefore : 0;
  const std::size_t kept = layout.values - (layout.windows == 1 ? before : 0);
  const std::size_t taken = kept + before;
  const std::size_t kept_bytes = kept * width;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(values);
  const auto window_at = [&](std::size_t window) {
    const std::size_t start = layout.windows == 1 ? 0 : window * (count - taken) / (layout.windows - 1);
    return bytes + start * width;
  };
  const std::size_t total = kept * layout.windows;

  for (std::size_t i = 0; i < layout.windows; ++i) {
    std::memcpy(sampled.data() + i * kept_bytes, window_at(i) + before * width, kept_bytes);
  }
  PlanesChoice best{Values::planes, Transform::none, planes_bits(sampled.data(), total, width)};
  if (width == 1) return {Values::plain, Transform::none, best.bits};
  if (width != 2 && width != 4 && width != 8) {
    // Text of one length, random bytes: where the place of a byte says nothing about it, planes do not pay.
    const double mixed = mixed_bits(sampled.data(), total * width) * width;
    if (best.bits > 0.9 * mixed) return {Values::plain, Transform::none, mixed};
    return best;
  }
  if (before == 0) return best;
  for (const int order : {1, 2}) {
    std::array<std::uint8_t, (kSampleValues + kBefore) * 8> differences;
    for (std::size_t i = 0; i < layout.windows; ++i) {
      kernels.differences(window_at(i), taken, width, order, differences.data());
      std::memcpy(sampled.data() + i * kept_bytes, differences.data() + before * width, kept_bytes);
    }
    const double bits = planes_bits(sampled.data(), total, width);
    if (clearly_better(bits, best.bits)) {
      best = {Values::planes, order == 1 ? Transform::delta : Transform::delta_of_delta, bits};
    }
  }
  return best;
}

}  // namespace pgark::format::columnar
