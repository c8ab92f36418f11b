// Payloads that no encoder wrote. What is accepted must be rows; everything else is an error, and nothing is
// read or written outside (the sanitizers watch).
#include <gtest/gtest.h>

#include "format/columnar/columnar_layout.hpp"
#include "format/columnar_rows.hpp"

namespace pgark::format::columnar {
namespace {

using test::Field;
using test::integer;

ByteBuffer encoded(ByteSpan rows) {
  Encoder encoder;
  const auto result = value_or_throw(encoder.encode(rows, true));
  return {result.pieces.front().begin(), result.pieces.front().end()};
}

// Accepted, as rows that are sound; or refused with a known code.
void expect_rows_or_error(Decoder& decoder, ByteSpan bytes) {
  // In a block of memory of its own, so that a sanitizer sees what is read behind its end.
  const ByteBuffer payload(bytes.begin(), bytes.end());
  ByteBuffer out;
  const auto totals = decoder.decode(payload, std::size_t{1} << 20, true, out);
  if (!totals) {
    EXPECT_TRUE(totals.error().code == ErrorCode::archive_damaged ||
                totals.error().code == ErrorCode::archive_unsupported);
    return;
  }
  const auto walked = digest_binary_rows(out);
  ASSERT_TRUE(walked) << walked.error().to_string();
  EXPECT_EQ(walked->rows, totals->rows);
  EXPECT_EQ(walked->digest, totals->digest);
}

// Every kind of column in forty rows.
ByteBuffer sample_rows() {
  std::vector<test::Row> rows;
  std::mt19937_64 random(3);
  for (unsigned i = 0; i < 40; ++i) {
    const Field maybe = i % 5 == 0 ? std::nullopt : Field(std::string(i % 4, 'v'));
    rows.push_back({integer(1000 + i, 8), integer(i * i * 77, 8), integer(random() % 3, 4),
                    integer(random(), 4), std::nullopt, maybe,
                    i % 3 == 0 ? std::nullopt : Field(integer(random(), 2)),
                    test::numeric({1 + i, 100 * i + 100}, 0, i % 2 == 0, i % 2 == 0 ? 2U : 3U),
                    std::string(random() % 30, static_cast<char>('a' + i % 26)),
                    i % 7 == 0 ? std::nullopt : Field(i % 2 == 0 ? "yes" : "no"), "same"});
  }
  return test::binary_rows(rows);
}

TEST(ColumnarDamage, every_truncation_is_noticed) {
  const ByteBuffer payload = encoded(sample_rows());
  Decoder decoder;
  for (std::size_t length = 0; length < payload.size(); ++length) {
    const ByteBuffer cut(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(length));
    ByteBuffer out;
    const auto totals = decoder.decode(cut, kRowBytesMax, true, out);
    ASSERT_FALSE(totals) << length;
    EXPECT_EQ(totals.error().code, ErrorCode::archive_damaged) << length;
  }
}

TEST(ColumnarDamage, what_follows_is_noticed) {
  ByteBuffer payload = encoded(sample_rows());
  payload.resize(payload.size() + 1);
  ByteBuffer out;
  EXPECT_FALSE(Decoder().decode(payload, kRowBytesMax, true, out));
}

TEST(ColumnarDamage, every_byte_changed) {
  const ByteBuffer payload = encoded(sample_rows());
  Decoder decoder;
  for (std::size_t at = 0; at < payload.size(); ++at) {
    for (const unsigned change : {0x01U, 0x02U, 0x10U, 0x80U, 0xFFU}) {
      ByteBuffer changed = payload;
      changed[at] ^= static_cast<std::byte>(change);
      expect_rows_or_error(decoder, changed);
    }
  }
}

TEST(ColumnarDamage, random_changes_of_random_tables) {
  Decoder decoder;
  std::mt19937_64 random(11);
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    const ByteBuffer payload = encoded(test::random_table(seed));
    for (int i = 0; i < 20; ++i) {
      ByteBuffer changed = payload;
      for (std::uint64_t changes = 1 + random() % 4; changes > 0; --changes) {
        const std::size_t heads = std::min<std::size_t>(changed.size(), 100);
        changed[random() % (random() % 2 == 0 ? heads : changed.size())] = static_cast<std::byte>(random());
      }
      expect_rows_or_error(decoder, changed);
    }
  }
}

std::string refusal(const ByteBuffer& payload, std::uint64_t row_bytes_max = kRowBytesMax) {
  ByteBuffer out;
  const auto totals = Decoder().decode(payload, row_bytes_max, true, out);
  return totals ? "accepted" : totals.error().message;
}

TEST(ColumnarDamage, limits_are_checked_before_allocating) {
  const ByteBuffer rows = test::one_column({"a", "b"});
  const ByteBuffer payload = encoded(rows);
  EXPECT_EQ(refusal(payload, rows.size()), "accepted");
  EXPECT_EQ(refusal(payload, rows.size() - 1), "the columnar payload claims 14 bytes of rows, more than 13");

  ByteBuffer many_rows = payload;
  many_rows[7] = std::byte{0x7F};
  EXPECT_EQ(refusal(many_rows), "the columnar payload claims 2130706434 rows of 1 columns in 14 bytes");
  ByteBuffer huge = payload;
  huge[15] = std::byte{0x7F};
  EXPECT_NE(refusal(huge).find("more than"), std::string::npos);
  ByteBuffer columns = payload;
  columns[1] = std::byte{0x80};
  EXPECT_EQ(refusal(columns), "the columnar payload claims 32769 columns");
  ByteBuffer none = payload;
  none[4] = std::byte{0};
  EXPECT_EQ(refusal(none), "the columnar payload claims 0 rows of 1 columns in 14 bytes");
}

TEST(ColumnarDamage, reserved_bytes_are_refused_as_unsupported) {
  const ByteBuffer payload = encoded(test::one_column({"a", "b"}));
  for (const std::size_t at : {std::size_t{2}, std::size_t{3}, kHeadBytes + 6, kHeadBytes + 7}) {
    ByteBuffer changed = payload;
    changed[at] = std::byte{1};
    ByteBuffer out;
    EXPECT_EQ(Decoder().decode(changed, kRowBytesMax, true, out).error().code, ErrorCode::archive_unsupported)
        << at;
  }
  for (const std::size_t at : {0, 1, 2, 3, 5}) {
    ByteBuffer changed = payload;
    changed[kHeadBytes + at] = std::byte{9};
    ByteBuffer out;
    EXPECT_EQ(Decoder().decode(changed, kRowBytesMax, true, out).error().code, ErrorCode::archive_unsupported)
        << at;
  }
}

TEST(ColumnarDamage, bits_of_rows_that_are_not_there) {
  ByteBuffer nulls = encoded(test::one_column({"abc", std::nullopt, "xyz"}));
  nulls[kHeadBytes + kColumnHeadBytes] |= std::byte{0x08};
  EXPECT_EQ(refusal(nulls), "column 1 of the columnar payload: the bitmap marks rows that are not there");
  nulls[kHeadBytes + kColumnHeadBytes] = std::byte{0x07};
  EXPECT_EQ(refusal(nulls), "column 1 of the columnar payload: the bitmap leaves no value");
  std::vector<Field> fields;
  for (int i = 0; i < 21; ++i) fields.emplace_back(i % 2 == 0 ? "aa" : "bb");
  ByteBuffer codes = encoded(test::one_column(fields));
  codes[codes.size() - kTailBytes - 1] |= std::byte{0x80};
  EXPECT_EQ(refusal(codes), "column 1 of the columnar payload: there are codes of values that are not there");
}

TEST(ColumnarDamage, a_code_without_an_entry) {
  std::vector<Field> fields;
  for (int i = 0; i < 24; ++i) fields.emplace_back(std::string(1, static_cast<char>('a' + i % 3)));
  ByteBuffer payload = encoded(test::one_column(fields));
  payload[payload.size() - kTailBytes - 1] = std::byte{0xFF};
  EXPECT_EQ(refusal(payload), "column 1 of the columnar payload: a code has no entry in the dictionary");
}

}  // namespace
}  // namespace pgark::format::columnar
