// The versions of each kernel against the scalar one, for all widths and for counts around the vectors'
// sizes.
#include <gtest/gtest.h>

#include <cctype>
#include <random>
#include <vector>

#include "format/columnar/kernels.hpp"

namespace pgark::format::columnar {
namespace {

using Bytes = std::vector<std::uint8_t>;

const std::vector<std::size_t>& counts() {
  static const std::vector<std::size_t> all{1, 2, 3, 7, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 1000, 1024};
  return all;
}

Bytes random_bytes(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

class ColumnarKernels : public testing::TestWithParam<SimdLevel> {
 protected:
  void SetUp() override {
    if (GetParam() > best_simd_level()) GTEST_SKIP() << "this processor cannot run it";
  }
  const Kernels& tested() const { return kernels(GetParam()); }
  const Kernels& scalar() const { return kernels(SimdLevel::scalar); }
};

TEST_P(ColumnarKernels, split_and_join) {
  for (std::size_t width = 1; width <= 32; ++width) {
    for (const std::size_t count : counts()) {
      const Bytes values = random_bytes(count * width, width * 2000 + count);
      std::vector<Bytes> planes(width, Bytes(count));
      std::vector<std::uint8_t*> to;
      std::vector<const std::uint8_t*> from;
      for (Bytes& plane : planes) {
        to.push_back(plane.data());
        from.push_back(plane.data());
      }
      tested().split(values.data(), count, width, to.data());
      for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t k = 0; k < width; ++k)
          ASSERT_EQ(planes[k][i], values[i * width + k]) << width << ' ' << count;
      }
      Bytes back(values.size());
      tested().join(from.data(), count, width, back.data());
      ASSERT_EQ(back, values) << width << ' ' << count;
    }
  }
}

TEST_P(ColumnarKernels, compare) {
  for (std::size_t width = 1; width <= 32; ++width) {
    for (const std::size_t count : counts()) {
      Bytes values;
      const Bytes value = random_bytes(width, width);
      for (std::size_t i = 0; i < count; ++i) values.insert(values.end(), value.begin(), value.end());
      Bytes differs(width, 9);
      tested().compare(values.data(), count, width, differs.data());
      ASSERT_EQ(differs, Bytes(width, 0));
      if (count == 1) continue;
      for (std::size_t k = 0; k < width; ++k) {
        for (const std::size_t i : {std::size_t{0}, count / 2, count - 1}) {
          values[i * width + k] ^= 0x40;
          tested().compare(values.data(), count, width, differs.data());
          for (std::size_t other = 0; other < width; ++other) ASSERT_EQ(differs[other] != 0, other == k);
          values[i * width + k] ^= 0x40;
        }
      }
    }
  }
}

TEST_P(ColumnarKernels, differences_and_sums) {
  for (const std::size_t width : {2, 4, 8}) {
    for (const std::size_t count : counts()) {
      for (const int order : {1, 2}) {
        const Bytes values = random_bytes(count * width, width + count);
        Bytes expected(values.size()), found(values.size());
        scalar().differences(values.data(), count, width, order, expected.data());
        tested().differences(values.data(), count, width, order, found.data());
        ASSERT_EQ(found, expected) << width << ' ' << count << ' ' << order;
        const auto number = [&](std::size_t i) {
          std::uint64_t value = 0;
          for (std::size_t k = 0; k < width; ++k) value = value << 8 | values[i * width + k];
          return value;
        };
        tested().sums(found.data(), count, width, order, number(0), count > 1 ? number(1) - number(0) : 0);
        ASSERT_EQ(found, values) << width << ' ' << count << ' ' << order;
      }
    }
  }
}

TEST_P(ColumnarKernels, pack_and_unpack) {
  for (const unsigned bits : {1U, 2U, 4U, 8U}) {
    for (const std::size_t count : counts()) {
      std::mt19937 random(bits);
      std::vector<std::uint16_t> codes(count), back(count);
      for (std::uint16_t& code : codes) code = static_cast<std::uint16_t>(random() & ((1U << bits) - 1));
      Bytes packed((count * bits + 7) / 8), expected(packed.size());
      scalar().pack(codes.data(), count, bits, expected.data());
      tested().pack(codes.data(), count, bits, packed.data());
      ASSERT_EQ(packed, expected);
      ASSERT_EQ(packed[0] & ((1U << bits) - 1), codes[0]);
      tested().unpack(packed.data(), count, bits, back.data());
      ASSERT_EQ(back, codes);
    }
  }
}

// Every byte in every place of a vector.
TEST_P(ColumnarKernels, word_ends) {
  const auto is_end = [](std::uint8_t byte) {
    return byte < 0x80 && std::isalnum(byte) == 0;  // the program has the locale "C"
  };
  for (const std::size_t count : {0, 1, 63, 64, 65, 127, 128, 129, 1000, 256 * 65}) {
    Bytes text(count);
    for (std::size_t i = 0; i < count; ++i) text[i] = static_cast<std::uint8_t>(i + i / 256);
    std::vector<std::uint64_t> ends(count / 64 + 1, 0x5555);
    tested().word_ends(text.data(), count, ends.data());
    for (std::size_t i = 0; i < ends.size() * 64; ++i) {
      ASSERT_EQ((ends[i / 64] >> (i % 64) & 1) != 0, i < count && is_end(text[i])) << count << ' ' << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, ColumnarKernels,
                         testing::Values(SimdLevel::scalar, SimdLevel::sse2, SimdLevel::avx2),
                         [](const auto& level) { return std::string(simd_level_name(level.param)); });

}  // namespace
}  // namespace pgark::format::columnar
