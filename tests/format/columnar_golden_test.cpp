// Columnar payloads of every released version stay readable; the writer's choices may change, so its bytes
// are compared only to notice when they do. tests/golden/README.md says how the files are made.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "format/columnar_golden_rows.hpp"

namespace pgark::format::columnar {
namespace {

struct GoldenRows {
  const char* name;  // of the test
  const char* file;  // below tests/golden
  ByteBuffer (*rows)();
  std::uint64_t count;
  const char* digest;
};

constexpr GoldenRows kColumns{"columns", "v1.1/columnar.payload", &test::golden::columnar_rows, 1000,
                              "4d1f0f21b7274cf65d14d304f9037b4e"};
constexpr GoldenRows kWords{"words", "v1.4/words.payload", &test::golden::rows_of_words, 2000,
                            "540c8f06d27b530d04251853e494a797"};
constexpr GoldenRows kMultiples{"multiples", "v1.5/multiples.payload", &test::golden::rows_of_multiples, 1000,
                                "7e2992d81c4e116da7eac84e7b8c8f31"};

ByteBuffer file_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const ByteSpan bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

class ColumnarGolden : public testing::TestWithParam<GoldenRows> {
 protected:
  static ByteBuffer payload() {
    return file_bytes(std::string(PGARK_SOURCE_DIR) + "/tests/golden/" + GetParam().file);
  }
};

TEST_P(ColumnarGolden, decodes_to_the_known_rows) {
  Decoder decoder;
  ByteBuffer rows;
  const auto totals = decoder.decode(payload(), kRowBytesMax, true, rows);
  ASSERT_TRUE(totals) << totals.error().to_string();
  EXPECT_EQ(totals->rows, GetParam().count);
  EXPECT_EQ(totals->digest.hex(), GetParam().digest);
  EXPECT_TRUE(rows == GetParam().rows());
}

TEST_P(ColumnarGolden, the_writer_still_writes_the_same) {
  Encoder encoder;
  const ByteBuffer rows = GetParam().rows();
  EXPECT_TRUE(std::ranges::equal(encoder.encode(rows, true)->pieces.front(), payload()));
}

INSTANTIATE_TEST_SUITE_P(Payloads, ColumnarGolden, testing::Values(kColumns, kWords, kMultiples),
                         [](const auto& golden) { return std::string(golden.param.name); });

// Writes the file of the current version into the folder PGARK_GOLDEN_OUT.
TEST(ColumnarGoldenFiles, DISABLED_write) {
  const char* folder = std::getenv("PGARK_GOLDEN_OUT");
  ASSERT_NE(folder, nullptr) << "set PGARK_GOLDEN_OUT";
  Encoder encoder;
  const ByteBuffer rows = test::golden::rows_of_multiples();
  const std::string_view payload = as_text(encoder.encode(rows, true)->pieces.front());
  std::ofstream file(std::string(folder) + "/multiples.payload", std::ios::binary);
  file.write(payload.data(), static_cast<std::streamsize>(payload.size()));
  EXPECT_TRUE(file.flush().good());
}

}  // namespace
}  // namespace pgark::format::columnar
