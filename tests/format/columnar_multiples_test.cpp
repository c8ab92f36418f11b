// Columns of integers that differ by multiples of one number.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "format/columnar/columnar_layout.hpp"
#include "format/columnar/multiples.hpp"
#include "format/columnar_rows.hpp"

namespace pgark::format::columnar {
namespace {

using test::Field;
using test::integer;
using test::one_column;

constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;

struct Stored {
  ColumnHead head;
  std::uint64_t base = 0, divisor = 1;
};

std::uint64_t number_at(ByteSpan bytes, std::size_t at, std::uint32_t width) {
  std::uint64_t number = 0;
  for (const std::byte byte : bytes.subspan(at, width))
    number = number << 8 | static_cast<std::uint64_t>(byte);
  return number;
}

// How the column is stored; it comes back, on every level of instructions.
Stored stored(const std::vector<Field>& fields, std::uint32_t width) {
  const ByteBuffer rows = one_column(fields);
  ByteBuffer first;
  for (const SimdLevel level : {SimdLevel::scalar, SimdLevel::sse2, SimdLevel::avx2}) {
    if (level > best_simd_level()) continue;
    Encoder encoder(level);
    const ByteSpan payload = value_or_throw(encoder.encode(rows, true)).pieces.front();
    if (first.empty()) first.assign(payload.begin(), payload.end());
    EXPECT_TRUE(std::ranges::equal(first, payload));
    ByteBuffer back;
    value_or_throw(Decoder(level).decode(payload, rows.size(), true, back));
    EXPECT_TRUE(back == rows);
  }
  Stored result{value_or_throw(get_column_head(ByteSpan(first).subspan(kHeadBytes)))};
  if (result.head.multiples) {
    const std::size_t at = kHeadBytes + kColumnHeadBytes;
    result.base = number_at(first, at, width);
    result.divisor = number_at(first, at + width, width);
  }
  return result;
}

template <class Value>
std::vector<Field> numbers(std::size_t count, int width, Value value) {
  std::mt19937_64 random(5);
  std::vector<Field> fields;
  for (std::size_t i = 0; i < count; ++i)
    fields.emplace_back(integer(static_cast<std::uint64_t>(value(random())), width));
  return fields;
}

std::int64_t below(std::uint64_t random, std::int64_t limit) {
  return static_cast<std::int64_t>(random % static_cast<std::uint64_t>(limit));
}

TEST(ColumnarMultiples, times_in_whole_seconds) {
  const auto times = numbers(2000, 8, [](std::uint64_t random) {
    return (below(random, 400'000'000) - 200'000'000) * kMicrosecondsPerSecond;  // before 2000 as well
  });
  const Stored column = stored(times, 8);
  EXPECT_EQ(column.head.values, Values::planes);
  ASSERT_TRUE(column.head.multiples);
  EXPECT_EQ(column.divisor, 1'000'000U);
  EXPECT_LT(static_cast<std::int64_t>(column.base), 0);
  EXPECT_LE(column.head.stored_bytes, 2000U * 4 + 32);
}

TEST(ColumnarMultiples, times_in_whole_milliseconds_that_come_in_order) {
  std::int64_t now = 757'382'400 * kMicrosecondsPerSecond;
  const auto times = numbers(2000, 8, [&](std::uint64_t random) { return now += 1000 * below(random, 100); });
  const Stored column = stored(times, 8);
  ASSERT_TRUE(column.head.multiples);
  EXPECT_EQ(column.head.transform, Transform::delta);
  EXPECT_EQ(column.divisor, 1000U);
  EXPECT_LE(column.head.stored_bytes, 2000U + 48);
}

TEST(ColumnarMultiples, a_rest_that_all_have) {
  const Stored column =
      stored(numbers(1000, 4, [](std::uint64_t random) { return 7 + 100 * below(random, 1'000'000); }), 4);
  ASSERT_TRUE(column.head.multiples);
  EXPECT_EQ(column.divisor, 100U);
  EXPECT_EQ(column.base % 100, 7U);
}

TEST(ColumnarMultiples, nulls_between_them) {
  auto times = numbers(
      1000, 8, [](std::uint64_t random) { return below(random, 400'000'000) * kMicrosecondsPerSecond; });
  for (std::size_t i = 0; i < times.size(); i += 3) times[i] = std::nullopt;
  const Stored column = stored(times, 8);
  EXPECT_TRUE(column.head.multiples);
  EXPECT_EQ(column.head.nulls, Nulls::bitmap);
}

TEST(ColumnarMultiples, amounts_in_whole_units) {
  std::mt19937_64 random(6);
  std::vector<Field> amounts;
  for (int i = 0; i < 1000; ++i) {
    std::vector<unsigned> digits{static_cast<unsigned>(random() % 9999 + 1)};
    if (i % 2 == 0) digits.push_back(static_cast<unsigned>(random() % 9999 + 1));
    amounts.emplace_back(test::numeric(digits, i % 2 == 0 ? 1 : 0, false, 2));
  }
  const Stored column = stored(amounts, 8);
  EXPECT_EQ(column.head.values, Values::decimal);
  ASSERT_TRUE(column.head.multiples);
  EXPECT_EQ(column.divisor % 200, 0U);
}

TEST(ColumnarMultiples, the_whole_range) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 1000;
  const auto wide = numbers(500, 8, [](std::uint64_t random) {
    return 1000 * (random % 2 == 0 ? kMost - below(random, kMost) : below(random, kMost) - kMost);
  });
  EXPECT_TRUE(stored(wide, 8).head.multiples);
  const auto narrow =
      numbers(500, 4, [](std::uint64_t random) { return 1000 * (below(random, 4'294'966) - 2'147'483); });
  EXPECT_TRUE(stored(narrow, 4).head.multiples);
}

// A sample does not see all values.
TEST(ColumnarMultiples, one_value_that_is_none) {
  auto times = numbers(
      100'000, 8, [](std::uint64_t random) { return below(random, 400'000'000) * kMicrosecondsPerSecond; });
  ASSERT_TRUE(stored(times, 8).head.multiples);
  for (const std::int64_t other : {std::numeric_limits<std::int64_t>::max(),  // 'infinity'
                                   std::int64_t{1}, std::numeric_limits<std::int64_t>::min()}) {
    times[50'001] = integer(static_cast<std::uint64_t>(other), 8);
    EXPECT_FALSE(stored(times, 8).head.multiples) << other;
  }
}

TEST(ColumnarMultiples, what_does_not_gain_stays_as_it_is) {
  const auto powers = numbers(1000, 8, [](std::uint64_t random) { return below(random, 1 << 20) * 4096; });
  EXPECT_FALSE(stored(powers, 8).head.multiples);
  std::int64_t counter = 0;
  const auto steps = numbers(1000, 8, [&](std::uint64_t) { return counter += 3000; });
  EXPECT_FALSE(stored(steps, 8).head.multiples);
  const auto any = numbers(1000, 8, [](std::uint64_t random) { return random; });
  EXPECT_FALSE(stored(any, 8).head.multiples);
  const auto few = numbers(20, 8, [](std::uint64_t random) { return below(random, 1 << 20) * 1000; });
  EXPECT_FALSE(stored(few, 8).head.multiples);
}

TEST(ColumnarMultiples, division_is_exact_or_refused) {
  std::mt19937_64 random(8);
  for (int round = 0; round < 2000; ++round) {
    const std::uint32_t width = round % 2 == 0 ? 4 : 8;
    const std::uint64_t limit = width == 4 ? 0xFFFF'FFFF : std::numeric_limits<std::uint64_t>::max();
    const std::uint64_t divisor =
        random() % (round % 3 == 0 ? 50 : std::min(limit, std::uint64_t{1} << 40)) + 1;
    const auto low = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::min());
    const std::uint64_t base = (width == 4 ? std::uint64_t{1} << 31 : low) + random() % 1000;
    std::string bytes = integer(base, static_cast<int>(width));
    bool divisible = true;
    for (int i = 0; i < 9; ++i) {
      const std::uint64_t above = random() % (limit - 1000);
      const std::uint64_t kept = round % 5 == 0 && i == 4 ? above : above / divisor * divisor;
      divisible = divisible && kept % divisor == 0;
      bytes += integer(base + kept, static_cast<int>(width));
    }
    Multiples found;
    ByteBuffer quotients(bytes.size());
    ASSERT_EQ(divide(as_bytes(bytes).data(), 10, width, divisor, found, quotients.data()), divisible);
    if (!divisible) continue;
    multiply(quotients.data(), 10, width, found);
    ASSERT_EQ(as_text(quotients), bytes);
  }
}

// What no writer writes: any base and divisor is arithmetic modulo 2^16.
TEST(ColumnarMultiples, heads_that_no_writer_writes) {
  ColumnHead head;
  head.values = Values::planes;
  head.width = 2;
  head.multiples = true;
  const std::string streams("\xFF\xFE\x00\x03\x02\x00\x01\x02", 8);  // base -2, divisor 3; quotients 1 and 2
  head.stored_bytes = static_cast<std::uint32_t>(streams.size());
  const auto decoded = [&](ColumnHead changed) {
    ByteBuffer payload(kHeadBytes + kColumnHeadBytes);
    put_head({1, 2, 2 * (2 + 4 + 2)}, payload.data());
    put_column_head(changed, payload.data() + kHeadBytes);
    const ByteSpan bytes = as_bytes(streams);
    payload.insert(payload.end(), bytes.begin(), bytes.begin() + changed.stored_bytes);
    payload.resize(payload.size() + kTailBytes);
    ByteBuffer out;
    const auto totals = Decoder().decode(payload, 1000, true, out);
    return totals ? std::string(as_text(out)) : totals.error().message;
  };
  const std::string length("\0\x01\0\0\0\x02", 6);
  EXPECT_EQ(decoded(head), length + std::string("\0\x01", 2) + length + std::string("\0\x04", 2));
  head.stored_bytes = 3;
  EXPECT_NE(decoded(head).find("the streams are shorter"), std::string::npos) << decoded(head);
  head.width = 3;
  EXPECT_NE(decoded(head).find("has multiples of values that are no integers"), std::string::npos);
  head.width = 2;
  head.values = Values::plain;
  EXPECT_NE(decoded(head).find("has multiples of values that are no integers"), std::string::npos);
}

}  // namespace
}  // namespace pgark::format::columnar
