#include "format/columnar/columnar.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "format/columnar/columnar_layout.hpp"
#include "format/columnar_rows.hpp"

namespace pgark::format::columnar {
namespace {

using test::binary_rows;
using test::Field;
using test::integer;
using test::numeric;
using test::one_column;
using test::Row;

ByteBuffer joined(std::span<const ByteSpan> pieces) {
  ByteBuffer bytes;
  for (const ByteSpan piece : pieces) bytes.insert(bytes.end(), piece.begin(), piece.end());
  return bytes;
}

ByteBuffer encoded(ByteSpan rows, SimdLevel level = best_simd_level()) {
  Encoder encoder(level);
  const auto result = value_or_throw(encoder.encode(rows, true));
  EXPECT_EQ(result.pieces.size(), 1U);
  return joined(result.pieces);
}

ByteBuffer decoded(ByteSpan payload, SimdLevel level = best_simd_level()) {
  Decoder decoder(level);
  ByteBuffer rows;
  value_or_throw(decoder.decode(payload, kRowBytesMax, true, rows));
  return rows;
}

std::string hex(ByteSpan bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned>(byte));
  return text;
}

// A payload of one column, in hexadecimal without head and tail, with a blank between head and streams.
std::string column_hex(const std::vector<Field>& fields) {
  const ByteBuffer rows = one_column(fields);
  const ByteBuffer payload = encoded(rows);
  EXPECT_EQ(decoded(payload), rows);
  const ByteSpan column = ByteSpan(payload).subspan(kHeadBytes);
  const ByteSpan streams = column.subspan(kColumnHeadBytes);
  return hex(column.first(kColumnHeadBytes)) + " " + hex(streams.first(streams.size() - kTailBytes));
}

std::vector<Field> numbers(std::size_t count, int width, std::uint64_t (*value)(std::uint64_t)) {
  std::vector<Field> fields;
  for (std::size_t i = 0; i < count; ++i) fields.emplace_back(integer(value(i), width));
  return fields;
}

TEST(ColumnarBytes, head_and_tail) {
  const ByteBuffer payload = encoded(binary_rows({{"a", std::nullopt}, {"a", std::nullopt}}));
  const std::string columns =
      "00000200"
      "00000000"
      "01000000"
      "01000000"
      "01000000"  // null none, a dictionary of one entry
      "01000000"
      "00000000"
      "00000000"
      "00000000"
      "00000000";  // all null
  EXPECT_EQ(hex(payload),
            "0200"
            "0000"
            "02000000"
            "1600000000000000" +
                columns + "61" + std::string(64, '0'));
}

TEST(ColumnarBytes, rows_without_columns) {
  const ByteBuffer rows = binary_rows({{}, {}, {}});
  const ByteBuffer payload = encoded(rows);
  EXPECT_EQ(hex(payload),
            "0000"
            "0000"
            "03000000"
            "0600000000000000" +
                std::string(64, '0'));
  EXPECT_EQ(decoded(payload), rows);
}

TEST(ColumnarBytes, text_of_several_lengths) {
  EXPECT_EQ(column_hex({"ab", "", "xyz"}),
            "0001000000000000"
            "00000000"
            "00000000"
            "0c000000"
            " 08"
            "000000"
            "020003"
            "616278797a");
}

TEST(ColumnarBytes, text_with_nulls) {
  EXPECT_EQ(column_hex({"ab", std::nullopt, "xyz", std::nullopt}),
            "0201000000000000"
            "00000000"
            "00000000"
            "0c000000"
            " 0a"
            "08"
            "000000"
            "0203"
            "616278797a");
}

TEST(ColumnarBytes, nulls_among_values_of_one_length) {
  EXPECT_EQ(column_hex({"abc", std::nullopt, "xyz"}),
            "0200010000000000"
            "03000000"
            "00000000"
            "08000000"
            " 02"
            "07"
            "6178"
            "6279"
            "637a");
}

TEST(ColumnarBytes, empty_values) {
  EXPECT_EQ(column_hex({"", ""}),
            "0000000000000000"
            "00000000"
            "00000000"
            "00000000"
            " ");
}

TEST(ColumnarBytes, planes_leave_out_what_is_constant) {
  EXPECT_EQ(column_hex({integer(0x01020304, 4), integer(0x01090307, 4), integer(0x01020308, 4)}),
            "0000010000000000"
            "04000000"
            "00000000"
            "09000000"
            " 0a"
            "0103"
            "020902"
            "040708");
}

TEST(ColumnarBytes, a_plain_column) {
  std::string longer(40, 'x');
  longer[39] = 'y';
  EXPECT_EQ(column_hex({std::string(40, 'x'), longer}),
            "0000000000000000"
            "28000000"
            "00000000"
            "50000000 " +
                hex(as_bytes(std::string(40, 'x') + longer)));
}

TEST(ColumnarBytes, differences) {
  // 300, 299, 299, 298, 298, ...: in zigzag form 0, 1, 0, 1, 0, ...
  const std::string delta = column_hex(numbers(20, 2, [](std::uint64_t i) { return 300 - (i + 1) / 2; }));
  std::string steps;
  for (int i = 0; i < 20; ++i) steps += i % 2 == 0 ? "00" : "01";
  EXPECT_EQ(delta,
            "0000010100000000"
            "02000000"
            "00000000"
            "18000000"
            " 012c"
            "02"
            "00" +
                steps);
}

TEST(ColumnarBytes, differences_of_differences) {
  // 0, 1000, 3000, 6000, ...: the second differences are all 1000, in zigzag form 2000; the first two are
  // zero.
  const std::string twice = column_hex(numbers(20, 8, [](std::uint64_t i) { return i * (i + 1) * 500; }));
  std::string high = "0000", low = "0000";
  for (int i = 2; i < 20; ++i) {
    high += "07";
    low += "d0";
  }
  EXPECT_EQ(twice.substr(0, 8), "00000102");
  EXPECT_EQ(twice.substr(41),
            "0000000000000000"
            "00000000000007d0"
            "c0"
            "000000000000" +
                high + low);
}

TEST(ColumnarBytes, dictionary) {
  std::vector<Field> fields;
  for (int i = 0; i < 20; ++i) fields.emplace_back(i % 3 == 0 ? "one" : i % 3 == 1 ? "three" : "two");
  // Codes of two bits, the first in the lowest: 0, 1, 2, 0 is 0x24.
  EXPECT_EQ(column_hex(fields),
            "0001020002000000"
            "00000000"
            "03000000"
            "17000000"
            " 08"
            "000000"
            "030503"
            "6f6e65"
            "7468726565"
            "74776f"
            "2449922449");
}

TEST(ColumnarBytes, decimals) {
  // 17.25, -0.50 and 20001.00
  const std::string seventeen = numeric({17, 2500}, 0, false, 2);
  const std::string half = numeric({5000}, -1, true, 2);
  const std::string many = numeric({2, 1}, 1, false, 2);
  EXPECT_EQ(column_hex({seventeen, half, many}),
            "0000030002000000"
            "00000000"
            "00000000"
            "0f000000"
            " e0"
            "0000000000"
            "00003d"
            "0d0009"
            "7a63c8");
}

TEST(Columnar, every_level_writes_and_reads_the_same) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const ByteBuffer rows = test::random_table(seed);
    const ByteBuffer payload = encoded(rows, SimdLevel::scalar);
    for (const SimdLevel level : {SimdLevel::sse2, SimdLevel::avx2}) {
      if (level > best_simd_level()) continue;
      ASSERT_EQ(encoded(rows, level), payload) << seed;
      ASSERT_TRUE(decoded(payload, level) == rows) << seed;
    }
    ASSERT_TRUE(decoded(payload, SimdLevel::scalar) == rows) << seed;
  }
}

// One encoder and one decoder for all, so that memory is reused for other shapes.
TEST(Columnar, random_tables_come_back) {
  Encoder encoder;
  Decoder decoder;
  ByteBuffer out;
  for (std::uint64_t seed = 1000; seed < 1400; ++seed) {
    const ByteBuffer rows = test::random_table(seed);
    const auto written = encoder.encode(rows, true);
    ASSERT_TRUE(written) << seed << ' ' << written.error().to_string();
    const auto read = decoder.decode(written->pieces.front(), rows.size(), true, out);
    ASSERT_TRUE(read) << seed << ' ' << read.error().to_string();
    ASSERT_TRUE(out == rows) << seed;
    EXPECT_EQ(read->rows, written->totals.rows);
    EXPECT_EQ(read->digest, written->totals.digest);
    const auto walked = digest_binary_rows(rows).value();
    EXPECT_EQ(walked.rows, read->rows);
    EXPECT_EQ(walked.digest, read->digest);
    EXPECT_TRUE(std::ranges::is_sorted(written->cuts));
    if (!written->cuts.empty()) {
      EXPECT_GT(written->cuts.front(), 0U);
      EXPECT_LT(written->cuts.back(), written->bytes);
    }
  }
}

// Nulls, short values and long ones in turns, in the first column and in the last.
TEST(Columnar, far_values_that_stay_in_the_rows) {
  std::mt19937_64 random(5);
  std::vector<Row> rows;
  for (int i = 0; i < 300; ++i) {
    Row row;
    for (int column = 0; column < 4; ++column) {
      const std::size_t length = column == 1 ? 4 : std::size_t{400} * (random() % 4) + random() % 200;
      if (random() % 5 == 0) {
        row.emplace_back(std::nullopt);
      } else {
        row.emplace_back(std::string(length, static_cast<char>('a' + random() % 26)));
      }
    }
    rows.push_back(row);
  }
  const ByteBuffer bytes = binary_rows(rows);
  const ByteBuffer copied = encoded(bytes);
  Encoder encoder;
  for (int round = 0; round < 2; ++round) {
    const auto written = encoder.encode(bytes, true, FarValues::stay).value();
    EXPECT_EQ(written.bytes, copied.size());
    EXPECT_EQ(joined(written.pieces), copied);
    const auto in_rows = [&](ByteSpan piece) {
      return piece.data() >= bytes.data() && piece.data() < bytes.data() + bytes.size();
    };
    EXPECT_GT(std::ranges::count_if(written.pieces, in_rows), 300);
  }
  // Without any the payload is one piece all the same.
  const ByteBuffer near = one_column({"a", "b", std::nullopt});
  EXPECT_EQ(encoder.encode(near, true, FarValues::stay)->pieces.size(), 1U);
  EXPECT_EQ(joined(encoder.encode(near, true, FarValues::stay)->pieces), encoded(near));
}

TEST(Columnar, digest_is_that_of_the_rows) {
  std::vector<Row> rows;
  for (int i = 0; i < 200; ++i) rows.push_back({std::to_string(i), std::nullopt, integer(5, 4)});
  Encoder encoder;
  const auto written = encoder.encode(binary_rows(rows), true).value();
  EXPECT_EQ(written.totals.rows, 200U);
  EXPECT_EQ(written.totals.digest, test::totals_of(rows).digest);
  EXPECT_EQ(encoder.encode(binary_rows(rows), false)->totals.digest, Digest128{});
}

TEST(Columnar, many_columns_and_rows_of_no_column) {
  std::vector<Row> rows;
  std::mt19937_64 random(7);
  for (int i = 0; i < 30; ++i) {
    Row row;
    for (std::uint64_t column = 0; column < 1600; ++column) {
      row.emplace_back(column % 7 == 0 ? std::nullopt : Field(integer(random() % (column + 1), 4)));
    }
    rows.push_back(row);
  }
  const ByteBuffer wide = binary_rows(rows);
  EXPECT_TRUE(decoded(encoded(wide)) == wide);
  const ByteBuffer narrow = binary_rows(std::vector<Row>(5000));
  EXPECT_TRUE(decoded(encoded(narrow)) == narrow);
}

TEST(Columnar, long_values) {
  std::mt19937_64 random(8);
  std::vector<Row> rows;
  for (const std::size_t length : {3'000'000, 5, 262'143, 262'144, 262'145, 0, 1'000'000}) {
    std::string value(length, '\0');
    for (char& byte : value) byte = static_cast<char>(random());
    rows.push_back({integer(length, 8), value, std::nullopt});
    rows.push_back({integer(length, 8), std::nullopt, value});
  }
  const ByteBuffer bytes = binary_rows(rows);
  EXPECT_TRUE(decoded(encoded(bytes)) == bytes);
}

// Numbers at the edges of what is stored as a scaled integer, and what is not.
TEST(Columnar, numerics) {
  const std::vector<std::string> values{
      numeric({}, 0, false, 0),
      numeric({}, 0, false, 32),
      numeric({}, 0, false, 33),
      numeric({1}, 0, true, 0),
      numeric({9999, 9999, 9999, 9999}, 3, false, 0),
      numeric({99, 9999, 9999, 9999, 9999}, 4, false, 0),
      numeric({100, 0, 0, 0, 1}, 4, false, 0),
      numeric({1}, 4, true, 0),
      numeric({100}, 4, false, 0),
      numeric({1}, 5, false, 0),
      numeric({1}, -8, false, 32),
      numeric({1}, -9, false, 32),
      numeric({1200}, -1, false, 2),
      numeric({1234}, -1, false, 2),                                       // more decimals than it says
      numeric({0, 1}, 0, false, 4),                                        // a zero in front
      numeric({1, 0}, 0, false, 4),                                        // a zero behind
      numeric({10'000}, 0, false, 0),                                      // no digit
      numeric({1}, 0, false, 0) + "x",                                     // an odd length
      integer(0, 2) + integer(0, 2) + integer(0xC000, 2) + integer(0, 2),  // NaN
      integer(0, 2) + integer(0, 2) + integer(0xD000, 2) + integer(2, 2),  // infinity
      integer(0, 2) + integer(0, 2) + integer(0x4000, 2) + integer(2, 2),  // minus zero
      integer(0, 2) + integer(1, 2) + integer(0, 2) + integer(2, 2),
      integer(0xFFFF, 2) + integer(0, 2) + integer(0, 2) + integer(2, 2),
  };
  const std::vector<std::string> plain{numeric({7}, 0, false, 2), numeric({3, 5000}, 0, false, 2)};
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::vector<Field> fields(plain.begin(), plain.end());
    fields.emplace_back(values[i]);
    const ByteBuffer rows = one_column(fields);
    EXPECT_EQ(decoded(encoded(rows)), rows) << i;
  }
}

TEST(Columnar, rows_must_be_whole_and_alike) {
  Encoder encoder;
  const auto wrong = [&encoder](ByteSpan rows) {
    const auto result = encoder.encode(rows, true);
    const auto walked = digest_binary_rows(rows);
    if (result || walked || result.error().code != ErrorCode::protocol) return std::string("accepted");
    EXPECT_EQ(result.error().message, walked.error().message);
    return result.error().message;
  };
  EXPECT_EQ(encoder.encode({}, true).error().message, "row 1 of the binary rows ends within its field count");
  EXPECT_EQ(digest_binary_rows({})->rows, 0U);
  EXPECT_EQ(wrong(binary_rows({{"a"}, {"a", "b"}})),
            "row 2 of the binary rows has 2 fields, the first row has 1");
  EXPECT_EQ(wrong(as_bytes("\xFF")), "row 1 of the binary rows ends within its field count");
  EXPECT_EQ(wrong(as_bytes("\xFF\xFF")), "row 1 of the binary rows has a negative field count");
  EXPECT_EQ(wrong(as_bytes(integer(1, 2) + integer(0xFFFFFFFE, 4))),
            "row 1 of the binary rows has field 1 of length -2");
  EXPECT_EQ(wrong(as_bytes(integer(1, 2) + integer(5, 4) + "abcd")),
            "row 1 of the binary rows has field 1 of 5 bytes, 4 are left");
  ByteBuffer rows;
  for (int i = 0; i < 100; ++i) {
    const ByteBuffer row =
        binary_rows({{integer(1, 4), std::string(static_cast<std::size_t>(i), 'x'), "abc"}});
    rows.insert(rows.end(), row.begin(), row.end());
  }
  ASSERT_TRUE(encoder.encode(rows, true));
  std::size_t rows_that_end = 0;
  for (std::size_t length = 1; length < rows.size(); ++length) {
    const ByteSpan cut = ByteSpan(rows).first(length);
    if (encoder.encode(cut, false)) {
      ++rows_that_end;
    } else {
      EXPECT_NE(wrong(cut), "accepted") << length;
    }
  }
  EXPECT_EQ(rows_that_end, 99U);
}

}  // namespace
}  // namespace pgark::format::columnar
