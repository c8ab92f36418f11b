#include <gtest/gtest.h>

#include "format/values/values_fixture.hpp"

namespace pgark::values {
namespace {

constexpr Oid kBytea = 17, kChar = 18, kText = 25, kJsonb = 3802, kUuid = 2950, kVarbit = 1562, kCidr = 650,
              kInet = 869, kMacaddr = 829, kPoint = 600, kLseg = 601, kPath = 602, kBox = 603, kLine = 628,
              kCircle = 718, kPolygon = 604, kTsvector = 3614, kTsquery = 3615;

TEST(Strings, PassAndAreEscapedForCopy) {
  EXPECT_EQ(text_of(kText, "'a' 09 'b' 0a 5c"), "a\tb\n\\");
  EXPECT_EQ(copy_text_of(kText, "'a' 09 'b' 0a 5c"), "a\\tb\\n\\\\");
  EXPECT_EQ(copy_text_of(kText, "08 0b 0c 0d 01 0e 7f ff"), "\\b\\v\\f\\r\x01\x0e\x7f\xff");
  EXPECT_EQ(copy_text_of(kText, "'0123456789abcdef' 5c '0123456789abcdef' 0a"),
            "0123456789abcdef\\\\0123456789abcdef\\n");
  EXPECT_EQ(copy_text_of(kText, ""), "");
}

TEST(Strings, BytesAndBits) {
  EXPECT_EQ(text_of(kBytea, "00ff5c"), "\\x00ff5c");
  EXPECT_EQ(copy_text_of(kBytea, "00ff5c"), "\\\\x00ff5c");
  EXPECT_EQ(text_of(kBytea, ""), "\\x");
  EXPECT_EQ(text_of(kUuid, "00112233445566778899aabbccddeeff"), "00112233-4455-6677-8899-aabbccddeeff");
  EXPECT_EQ(text_of(kVarbit, "00000009 aa80"), "101010101");
  EXPECT_EQ(text_of(kVarbit, "00000000"), "");
  EXPECT_EQ(text_of(kVarbit, "00000009 aa").substr(0, 5), "error");
  EXPECT_EQ(text_of(kVarbit, "ffffffff").substr(0, 5), "error");
}

TEST(Strings, SingleCharacters) {
  EXPECT_EQ(text_of(kChar, "41"), "A");
  EXPECT_EQ(text_of(kChar, "00"), "");
  EXPECT_EQ(text_of(kChar, "80", 150000), "\\200");
  EXPECT_EQ(text_of(kChar, "80", 140009), "\x80");
}

TEST(Strings, OnlyTheKnownVersionOfAForm) {
  EXPECT_EQ(text_of(kJsonb, "01 '[1]'"), "[1]");
  EXPECT_EQ(text_of(kJsonb, "02 '[1]'"),
            "error: a value of type jsonb is damaged: a version that is not known");
  EXPECT_EQ(text_of(kJsonb, ""), "error: a value of type jsonb is damaged: wrong length");
}

TEST(Addresses, LongestRunOfZeros) {
  EXPECT_EQ(text_of(kInet, "02 20 00 04 01020304"), "1.2.3.4");
  EXPECT_EQ(text_of(kInet, "02 08 00 04 01020304"), "1.2.3.4/8");
  EXPECT_EQ(text_of(kCidr, "02 20 01 04 01020304"), "1.2.3.4/32");
  const auto v6 = [](const char* address) { return text_of(kInet, std::string("03 80 00 10 ") + address); };
  EXPECT_EQ(v6("0000 0000 0000 0000 0000 0000 0000 0000"), "::");
  EXPECT_EQ(v6("0000 0000 0000 0000 0000 0000 0000 0001"), "::1");
  EXPECT_EQ(v6("0001 0000 0000 0002 0000 0000 0000 0003"), "1:0:0:2::3");
  EXPECT_EQ(v6("0001 0000 0000 0002 0000 0000 0003 0004"), "1::2:0:0:3:4");
  EXPECT_EQ(v6("0001 0000 0002 0003 0004 0005 0006 0007"), "1:0:2:3:4:5:6:7");
  EXPECT_EQ(v6("0000 0000 0000 0000 0000 ffff 0102 0304"), "::ffff:1.2.3.4");
  EXPECT_EQ(v6("0000 0000 0000 0000 0000 0000 0102 0304"), "::1.2.3.4");
  EXPECT_EQ(v6("0001 0000 0000 0000 0000 0000 0000 0000"), "1::");
}

TEST(Addresses, Damage) {
  for (const char* const value : {"02 21 00 04 01020304", "04 20 00 04 01020304", "02 20 00 10 01020304",
                                  "02 20 00", "", "03 20 00 04 01020304", "02 20 00 04 0102030405"})
    EXPECT_EQ(text_of(kInet, value).substr(0, 5), "error") << value;
}

TEST(Addresses, OfHardware) {
  EXPECT_EQ(text_of(kMacaddr, "08002b01020a"), "08:00:2b:01:02:0a");
}

TEST(Shapes, OfPoints) {
  const std::string one = "3ff0000000000000", half = "3fe0000000000000", point = one + half;
  EXPECT_EQ(text_of(kPoint, point), "(1,0.5)");
  EXPECT_EQ(text_of(kLseg, point + point), "[(1,0.5),(1,0.5)]");
  EXPECT_EQ(text_of(kBox, point + point), "(1,0.5),(1,0.5)");
  EXPECT_EQ(text_of(kPath, "01 00000001" + point), "((1,0.5))");
  EXPECT_EQ(text_of(kPath, "00 00000002" + point + point), "[(1,0.5),(1,0.5)]");
  EXPECT_EQ(text_of(kPolygon, "00000001" + point), "((1,0.5))");
  EXPECT_EQ(text_of(kLine, point + one), "{1,0.5,1}");
  EXPECT_EQ(text_of(kCircle, point + half), "<(1,0.5),0.5>");
  EXPECT_EQ(text_of(kPolygon, "00000000").substr(0, 5), "error");
  EXPECT_EQ(text_of(kPolygon, "10000001" + point).substr(0, 5), "error");
  EXPECT_EQ(text_of(kPoint, one).substr(0, 5), "error");
}

TEST(TextSearch, Vectors) {
  EXPECT_EQ(text_of(kTsvector, "00000000"), "");
  EXPECT_EQ(text_of(kTsvector, "00000002 'a' 00 0002 c001 0002 'b' 00 0000"), "'a':1A,2 'b'");
  EXPECT_EQ(text_of(kTsvector, "00000001 5c 27 00 0000"), R"('\\''')");
  EXPECT_EQ(text_of(kTsvector, "00000001 'a' 0000 01").substr(0, 5), "error");
  EXPECT_EQ(text_of(kTsvector, "ffffffff 'a' 00 0000").substr(0, 5), "error");
}

// Operators come before their operands, the right one first.
TEST(TextSearch, Queries) {
  const std::string a = "01 00 00 'a' 00", b = "01 00 01 'b' 00", c = "01 0a 00 'c' 00";
  const std::string negation = "02 01", conjunction = "02 02", disjunction = "02 03", phrase = "02 04 0001";
  EXPECT_EQ(text_of(kTsquery, "00000000"), "");
  EXPECT_EQ(text_of(kTsquery, "00000001" + a), "'a'");
  EXPECT_EQ(text_of(kTsquery, "00000001" + c), "'c':AC");
  EXPECT_EQ(text_of(kTsquery, "00000003" + conjunction + b + a), "'a' & 'b':*");
  EXPECT_EQ(text_of(kTsquery, "00000005" + conjunction + a + disjunction + a + a), "( 'a' | 'a' ) & 'a'");
  EXPECT_EQ(text_of(kTsquery, "00000004" + negation + conjunction + a + a), "!( 'a' & 'a' )");
  EXPECT_EQ(text_of(kTsquery, "00000005" + phrase + phrase + a + a + a), "'a' <-> ( 'a' <-> 'a' )");
  EXPECT_EQ(text_of(kTsquery, "00000005" + phrase + a + phrase + a + a), "'a' <-> 'a' <-> 'a'");
  EXPECT_EQ(text_of(kTsquery, "00000003 02 04 0005" + a + a), "'a' <5> 'a'");
  for (const std::string& value :
       {"00000002" + a + a, "00000001" + negation, "00000002" + conjunction + a, "00000001 03" + a,
        "00000002 02 05" + a, "ffffffff" + a, "00000001" + a + "00"})
    EXPECT_EQ(text_of(kTsquery, value).substr(0, 5), "error") << value;
}

TEST(TextSearch, AQueryMayBeDeep) {
  constexpr std::uint32_t kNots = 1'000'000;
  ByteBuffer value;
  ByteWriter writer(value);
  writer.u32_be(kNots + 1);
  for (std::uint32_t i = 0; i < kNots; ++i) writer.u16_be(0x0201);
  writer.bytes(bytes_of("01 00 00 'a' 00"));
  ByteBuffer out;
  ASSERT_TRUE(ValuePrinter::make({{TypeKind::builtin, kTsquery}}, kVersion)->append_text(value, out));
  EXPECT_EQ(out.size(), kNots + 3);
}

}  // namespace
}  // namespace pgark::values
