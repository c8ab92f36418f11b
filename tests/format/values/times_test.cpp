#include <gtest/gtest.h>

#include "format/values/values_fixture.hpp"

namespace pgark::values {
namespace {

constexpr Oid kDate = 1082, kTime = 1083, kTimestamp = 1114, kTimestamptz = 1184, kInterval = 1186,
              kTimetz = 1266;

TEST(Dates, FromTheFirstToTheLast) {
  EXPECT_EQ(text_of(kDate, "00000000"), "2000-01-01");
  EXPECT_EQ(text_of(kDate, "ffffffff"), "1999-12-31");
  EXPECT_EQ(text_of(kDate, "0000003b"), "2000-02-29");
  EXPECT_EQ(text_of(kDate, "ffda97a7"), "4714-11-24 BC");
  EXPECT_EQ(text_of(kDate, "7fda970c"), "5874897-12-31");
  EXPECT_EQ(text_of(kDate, "fff4dbf8"), "0001-12-31 BC");
  EXPECT_EQ(text_of(kDate, "fff4dbf9"), "0001-01-01");
  EXPECT_EQ(text_of(kDate, "7fffffff"), "infinity");
  EXPECT_EQ(text_of(kDate, "80000000"), "-infinity");
  EXPECT_EQ(text_of(kDate, "ffda97a6"), "error: a value of type date is damaged: out of range");
  EXPECT_EQ(text_of(kDate, "7fda970d"), "error: a value of type date is damaged: out of range");
}

TEST(Times, OfADay) {
  EXPECT_EQ(text_of(kTime, "0000000000000000"), "00:00:00");
  EXPECT_EQ(text_of(kTime, "000000141dd76000"), "24:00:00");
  EXPECT_EQ(text_of(kTime, "000000141dd75fff"), "23:59:59.999999");
  EXPECT_EQ(text_of(kTime, "00000000000186a0"), "00:00:00.1");
  EXPECT_EQ(text_of(kTime, "000000141dd76001"),
            "error: a value of type time without time zone is damaged: out of range");
  EXPECT_EQ(text_of(kTimetz, "0000000000000000 00000000"), "00:00:00+00");
  EXPECT_EQ(text_of(kTimetz, "0000000000000000 ffffb2a8"), "00:00:00+05:30");
  EXPECT_EQ(text_of(kTimetz, "0000000000000000 0000e0ff"), "00:00:00-15:59:59");
  EXPECT_NE(text_of(kTimetz, "0000000000000000 80000000").find("out of range"), std::string::npos);
}

TEST(Timestamps, FromTheFirstToTheLast) {
  EXPECT_EQ(text_of(kTimestamp, "0000000000000000"), "2000-01-01 00:00:00");
  EXPECT_EQ(text_of(kTimestamp, "ffffffffffffffff"), "1999-12-31 23:59:59.999999");
  EXPECT_EQ(text_of(kTimestamp, "fd0f7cc1411fa000"), "4714-11-24 00:00:00 BC");
  EXPECT_EQ(text_of(kTimestamp, "fd0f7cc1411f9fff").substr(0, 5), "error");
  EXPECT_EQ(text_of(kTimestamp, "7fffffffffffffff"), "infinity");
  EXPECT_EQ(text_of(kTimestamp, "7ffffffffffffffe").substr(0, 5), "error");
  EXPECT_EQ(text_of(kTimestamptz, "0000000000000001"), "2000-01-01 00:00:00.000001+00");
  EXPECT_EQ(text_of(kTimestamptz, "8000000000000000"), "-infinity");
  EXPECT_EQ(text_of(kTimestamptz, "fd0f7cc1411fa000"), "4714-11-24 00:00:00+00 BC");
}

// i64 microseconds, i32 days, i32 months.
TEST(Intervals, SignsOfTheirParts) {
  EXPECT_EQ(text_of(kInterval, "0000000000000000 00000000 00000000"), "00:00:00");
  EXPECT_EQ(text_of(kInterval, "0000000000000000 00000001 0000000d"), "1 year 1 mon 1 day");
  EXPECT_EQ(text_of(kInterval, "ffffffffffffffff 00000002 fffffff2"),
            "-1 years -2 mons +2 days -00:00:00.000001");
  EXPECT_EQ(text_of(kInterval, "00000000000f4240 ffffffff 00000001"), "1 mon -1 days +00:00:01");
  EXPECT_EQ(text_of(kInterval, "00000053d1ac1000 00000000 00000000"), "100:00:00");
  EXPECT_EQ(text_of(kInterval, "8000000000000000 00000000 00000000"), "-2562047788:00:54.775808");
}

TEST(Intervals, AreInfiniteSince17) {
  const char* const last = "7fffffffffffffff 7fffffff 7fffffff";
  EXPECT_EQ(text_of(kInterval, last, 170000), "infinity");
  EXPECT_EQ(text_of(kInterval, last, 160009),
            "178956970 years 7 mons 2147483647 days 2562047788:00:54.775807");
  EXPECT_EQ(text_of(kInterval, "8000000000000000 80000000 80000000"), "-infinity");
  EXPECT_EQ(text_of(kInterval, "8000000000000000 80000000 80000000", 160009),
            "-178956970 years -8 mons -2147483648 days -2562047788:00:54.775808");
}

}  // namespace
}  // namespace pgark::values
