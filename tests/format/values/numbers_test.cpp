#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "format/values/floats.hpp"
#include "format/values/values_fixture.hpp"

namespace pgark::values {
namespace {

constexpr Oid kBool = 16, kInt8 = 20, kInt2 = 21, kInt4 = 23, kOid = 26, kTid = 27, kFloat4 = 700,
              kFloat8 = 701, kNumeric = 1700, kLsn = 3220, kSnapshot = 5038, kXid8 = 5069;

std::string float_text(double value) {
  char text[kFloatCharsMax];
  return {text, put_float(text, value)};
}
std::string float_text(float value) {
  char text[kFloatCharsMax];
  return {text, put_float(text, value)};
}

TEST(Integers, AreSignedOrNot) {
  EXPECT_EQ(text_of(kInt2, "8000"), "-32768");
  EXPECT_EQ(text_of(kInt4, "7fffffff"), "2147483647");
  EXPECT_EQ(text_of(kInt8, "8000000000000000"), "-9223372036854775808");
  EXPECT_EQ(text_of(kOid, "ffffffff"), "4294967295");
  EXPECT_EQ(text_of(kXid8, "ffffffffffffffff"), "18446744073709551615");
}

TEST(Integers, OtherLengthsAreDamage) {
  EXPECT_EQ(text_of(kInt4, "000001"), "error: a value of type integer is damaged: wrong length");
  EXPECT_EQ(text_of(kInt4, "0000000001"), "error: a value of type integer is damaged: wrong length");
  EXPECT_EQ(text_of(kInt4, ""), "error: a value of type integer is damaged: wrong length");
}

TEST(Integers, OfOtherShapes) {
  EXPECT_EQ(text_of(kBool, "01"), "t");
  EXPECT_EQ(text_of(kBool, "00"), "f");
  EXPECT_EQ(text_of(kTid, "ffffffff 000a"), "(4294967295,10)");
  EXPECT_EQ(text_of(kLsn, "00000016 b374d848"), "16/B374D848");
  EXPECT_EQ(text_of(kLsn, "0000000000000000"), "0/0");
  EXPECT_EQ(
      text_of(kSnapshot, "00000002 000000000000000a 0000000000000014 000000000000000a 000000000000000f"),
      "10:20:10,15");
  EXPECT_EQ(text_of(kSnapshot, "00000000 0000000000000001 0000000000000001"), "1:1:");
  EXPECT_NE(text_of(kSnapshot, "20000001 0000000000000001 0000000000000001 0000000000000001").find("error"),
            std::string::npos);
}

TEST(Floats, AreWrittenOutBetweenFixedLimits) {
  EXPECT_EQ(float_text(0.0), "0");
  EXPECT_EQ(float_text(-0.0), "-0");
  EXPECT_EQ(float_text(0.1), "0.1");
  EXPECT_EQ(float_text(-1.5), "-1.5");
  EXPECT_EQ(float_text(0.0001), "0.0001");
  EXPECT_EQ(float_text(0.00001), "1e-05");
  EXPECT_EQ(float_text(123456789012345.0), "123456789012345");
  EXPECT_EQ(float_text(100000000000000.0), "100000000000000");
  EXPECT_EQ(float_text(1e15), "1e+15");
  EXPECT_EQ(float_text(1e100), "1e+100");
  EXPECT_EQ(float_text(123456.7F), "123456.7");
  EXPECT_EQ(float_text(1e6F), "1e+06");
  EXPECT_EQ(float_text(0.1F), "0.1");
}

TEST(Floats, Extremes) {
  EXPECT_EQ(float_text(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  EXPECT_EQ(float_text(std::numeric_limits<double>::denorm_min()), "5e-324");
  EXPECT_EQ(float_text(std::numeric_limits<float>::max()), "3.4028235e+38");
  EXPECT_EQ(float_text(std::numeric_limits<float>::denorm_min()), "1e-45");
  EXPECT_EQ(text_of(kFloat8, "7ff8000000000000"), "NaN");
  EXPECT_EQ(text_of(kFloat8, "fff8000000000001"), "NaN");
  EXPECT_EQ(text_of(kFloat8, "fff0000000000000"), "-Infinity");
  EXPECT_EQ(text_of(kFloat4, "7f800000"), "Infinity");
}

// std::to_chars prints 1e+23 and 2.748716973531076e+17; some readers would take them for the neighbour.
TEST(Floats, NoDecimalHalfWayToANeighbour) {
  EXPECT_EQ(float_text(1e23), "9.999999999999999e+22");
  EXPECT_EQ(float_text(-274871697353107580.0), "-2.7487169735310758e+17");
}

TEST(Numeric, KeepsItsScale) {
  EXPECT_EQ(text_of(kNumeric, "0000 0000 0000 0000"), "0");
  EXPECT_EQ(text_of(kNumeric, "0000 0000 0000 0003"), "0.000");
  EXPECT_EQ(text_of(kNumeric, "0002 0000 0000 0002 0001 1388"), "1.50");
  EXPECT_EQ(text_of(kNumeric, "0001 ffff 4000 0004 0001"), "-0.0001");
  EXPECT_EQ(text_of(kNumeric, "0001 fffe 0000 0007 04d2"), "0.0000123");
  EXPECT_EQ(text_of(kNumeric, "0001 0002 0000 0000 000c"), "1200000000");
  EXPECT_EQ(text_of(kNumeric, "0003 0001 0000 0001 0001 0002 0fa0"), "10002.4");
}

TEST(Numeric, NotANumber) {
  EXPECT_EQ(text_of(kNumeric, "0000 0000 c000 0000"), "NaN");
  EXPECT_EQ(text_of(kNumeric, "0000 0000 d000 0020"), "Infinity");
  EXPECT_EQ(text_of(kNumeric, "0000 0000 f000 0020"), "-Infinity");
}

TEST(Numeric, Damage) {
  const std::string prefix = "error: a value of type numeric is damaged: ";
  EXPECT_EQ(text_of(kNumeric, "0001 0000 0000 0000"), prefix + "wrong length");
  EXPECT_EQ(text_of(kNumeric, "0000 0000 0000 0000 00"), prefix + "wrong length");
  EXPECT_EQ(text_of(kNumeric, "0001 0000 0000 0000 2710"), prefix + "malformed");
  EXPECT_EQ(text_of(kNumeric, "0000 0000 0001 0000"), prefix + "malformed");
  EXPECT_EQ(text_of(kNumeric, "0000 0000 0000 4000"), prefix + "malformed");
}

TEST(Numeric, LongestOnes) {
  EXPECT_EQ(text_of(kNumeric, "0001 7fff 0000 3fff 0001").size(), 32767U * 4 + 1 + 1 + 16383);
  EXPECT_EQ(text_of(kNumeric, "0000 8000 0000 0000"), "0");
}

}  // namespace
}  // namespace pgark::values
