// Columnar payloads of every released version stay readable; the writer's choices may change, so its bytes
// are compared only to notice when they do. tests/golden/README.md says how the files are made.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "format/columnar_rows.hpp"

namespace pgark::format::columnar {
namespace {

const std::string kFile = std::string(PGARK_SOURCE_DIR) + "/tests/golden/v1.1/columnar.payload";

// Every kind of column, from plain arithmetic.
ByteBuffer known_rows() {
  using test::Field;
  using test::integer;
  std::vector<test::Row> rows;
  std::uint64_t state = 1;
  const auto next = [&state] {
    return state = (state * 6364136223846793005 + 1442695040888963407), state >> 33;
  };
  for (unsigned i = 0; i < 1000; ++i) {
    std::string word;
    for (std::uint64_t left = next() % 20; left > 0; --left) word += static_cast<char>('a' + next() % 26);
    // One after the other: the order in which arguments are evaluated is not the same everywhere.
    test::Row row;
    const auto maybe = [&](const std::string& value) {
      row.push_back(next() % 4 == 0 ? std::nullopt : Field(value));
    };
    const auto number = [&](bool negative, std::uint64_t scale) {
      const auto whole = static_cast<unsigned>(next() % 999 + 1);
      const auto hundredths = static_cast<unsigned>(next() % 99 + 1);
      row.emplace_back(test::numeric({whole, hundredths * 100}, 0, negative, scale));
    };
    row.emplace_back(integer(7'000'000'000 + i * 3 + next() % 3, 8));  // differences
    row.emplace_back(integer(std::uint64_t{i} * i * 5, 8));            // differences of differences
    row.emplace_back(integer(next(), 4));                              // planes
    row.emplace_back(integer(next() % 3, 4));                          // dictionary, codes of two bits
    row.emplace_back(next() % 2 == 0 ? "t" : "f");                     // dictionary, codes of one bit
    row.emplace_back(std::to_string(next() % 100));                    // dictionary of strings
    row.emplace_back("constant");
    row.emplace_back(std::nullopt);
    row.emplace_back(word);  // plain
    maybe(word + "!");
    maybe(integer(next(), 2));
    maybe(integer(next() % 7, 2));
    number(i % 3 == 0, 2);              // decimals
    number(false, i % 5 == 0 ? 2 : 3);  // decimals of two scales
    std::string uuid;
    for (int word_of_four = 0; word_of_four < 4; ++word_of_four) uuid += integer(next(), 4);
    row.emplace_back(uuid);
    rows.push_back(row);
  }
  return test::binary_rows(rows);
}

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
  EXPECT_TRUE(rows == known_rows());
}

TEST(ColumnarGolden, the_writer_still_writes_the_same) {
  Encoder encoder;
  const ByteBuffer rows = known_rows();
  const ByteSpan payload = encoder.encode(rows, true)->pieces.front();
  EXPECT_TRUE(std::ranges::equal(payload, file_bytes(kFile)));
}

// Writes the file into the folder PGARK_GOLDEN_OUT.
TEST(ColumnarGoldenFiles, DISABLED_write) {
  const char* folder = std::getenv("PGARK_GOLDEN_OUT");
  ASSERT_NE(folder, nullptr) << "set PGARK_GOLDEN_OUT";
  Encoder encoder;
  const ByteBuffer rows = known_rows();
  const std::string_view payload = as_text(encoder.encode(rows, true)->pieces.front());
  std::ofstream file(std::string(folder) + "/columnar.payload", std::ios::binary);
  file.write(payload.data(), static_cast<std::streamsize>(payload.size()));
  EXPECT_TRUE(file.flush().good());
}

}  // namespace
}  // namespace pgark::format::columnar
