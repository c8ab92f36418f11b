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

const std::string kFile = std::string(PGARK_SOURCE_DIR) + "/tests/golden/v1.1/columnar.payload";

ByteBuffer file_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const ByteSpan bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

TEST(ColumnarGolden, decodes_to_the_known_rows) {
  const ByteBuffer payload = file_bytes(kFile);
  Decoder decoder;
  ByteBuffer rows;
  const auto totals = decoder.decode(payload, kRowBytesMax, true, rows);
  ASSERT_TRUE(totals) << totals.error().to_string();
  EXPECT_EQ(totals->rows, 1000U);
  EXPECT_EQ(totals->digest.hex(), "4d1f0f21b7274cf65d14d304f9037b4e");
  EXPECT_TRUE(rows == test::golden::columnar_rows());
}

TEST(ColumnarGolden, the_writer_still_writes_the_same) {
  Encoder encoder;
  const ByteBuffer rows = test::golden::columnar_rows();
  const ByteSpan payload = encoder.encode(rows, true)->pieces.front();
  EXPECT_TRUE(std::ranges::equal(payload, file_bytes(kFile)));
}

// Writes the file into the folder PGARK_GOLDEN_OUT.
TEST(ColumnarGoldenFiles, DISABLED_write) {
  const char* folder = std::getenv("PGARK_GOLDEN_OUT");
  ASSERT_NE(folder, nullptr) << "set PGARK_GOLDEN_OUT";
  Encoder encoder;
  const ByteBuffer rows = test::golden::columnar_rows();
  const std::string_view payload = as_text(encoder.encode(rows, true)->pieces.front());
  std::ofstream file(std::string(folder) + "/columnar.payload", std::ios::binary);
  file.write(payload.data(), static_cast<std::streamsize>(payload.size()));
  EXPECT_TRUE(file.flush().good());
}

}  // namespace
}  // namespace pgark::format::columnar
