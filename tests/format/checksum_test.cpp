#include "format/checksum.hpp"

#include <gtest/gtest.h>
#include <xxhash.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "format/xxh3_long.hpp"

namespace pgark::format {
namespace {

std::string noise(std::size_t size) {
  std::mt19937_64 random(size);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

std::vector<std::size_t> sizes() {
  std::vector<std::size_t> result;
  for (std::size_t size = 0; size < 1300; ++size) result.push_back(size);
  for (std::size_t size : {4096, 65536 + 1, 1 << 20, (4 << 20) + 63}) result.push_back(size);
  return result;
}

// The library's own functions, not those that are compiled into ours.
Digest128 library_digest(std::string_view bytes) {
  const XXH128_hash_t hash = ::XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

TEST(Checksum, of_every_length_is_the_library_s) {
  for (const std::size_t size : sizes()) {
    const std::string bytes = noise(size);
    EXPECT_EQ(checksum64(as_bytes(bytes)), ::XXH3_64bits(bytes.data(), bytes.size())) << size;
    EXPECT_EQ(row_digest(as_bytes(bytes)), library_digest(bytes)) << size;
  }
}

TEST(Checksum, of_pieces_is_that_of_the_whole) {
  std::mt19937_64 random(11);
  for (const std::size_t size : {0, 1, 240, 241, 5000, 300'000}) {
    const std::string bytes = noise(size);
    for (const std::size_t most : {1, 100, 600, 3000, 70'000}) {
      if (most == 1 && size > 10'000) continue;
      std::vector<ByteSpan> pieces;
      for (ByteSpan left = as_bytes(bytes); !left.empty();) {
        const std::size_t length = std::min<std::size_t>(left.size(), random() % (most + 1));
        pieces.push_back(left.first(length));
        left = left.subspan(length);
      }
      EXPECT_EQ(checksum64_of(pieces), ::XXH3_64bits(bytes.data(), bytes.size())) << size << ' ' << most;
    }
  }
}

TEST(Checksum, rows_add_up) {
  std::string rows;
  std::vector<std::size_t> ends;
  Digest128 expected;
  for (const std::size_t size : {0, 3, 200, 239, 240, 241, 1000, 70000}) {
    std::string row = noise(static_cast<std::size_t>(size));
    std::replace(row.begin(), row.end(), '\n', 'n');
    row += '\n';
    expected += library_digest(row);
    rows += row;
    ends.push_back(rows.size());
  }
  const RowTotals totals = digest_text_rows(as_bytes(rows));
  EXPECT_EQ(totals.rows, ends.size());
  EXPECT_EQ(totals.digest, expected);
  EXPECT_EQ(digest_rows(as_bytes(rows), ends), expected);
}

// The tests' machines have AVX2, and so take one way only.
TEST(Checksum, wide_vectors_give_the_same) {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2")) GTEST_SKIP() << "a processor without AVX2";
  ASSERT_NE(xxh3_long_avx2(), nullptr);
  const std::string bytes = noise(5000);
  for (std::size_t size = 241; size < bytes.size(); size += 7) {
    const XXH128_hash_t hash = ::XXH3_128bits(bytes.data(), size);
    EXPECT_EQ(xxh3_long_avx2()->hash64(bytes.data(), size), ::XXH3_64bits(bytes.data(), size));
    EXPECT_EQ(xxh3_long_avx2()->hash128(bytes.data(), size).low, hash.low64);
    EXPECT_EQ(xxh3_long_avx2()->hash128(bytes.data(), size).high, hash.high64);
  }
#endif
}

}  // namespace
}  // namespace pgark::format
