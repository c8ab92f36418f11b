#include <gtest/gtest.h>

#include <algorithm>

#include "format/values/values_fixture.hpp"
#include "format/values/whitelist.hpp"

namespace pgark::values {
namespace {

constexpr Oid kInt4Array = 1007, kTextArray = 1009, kBoxArray = 1020, kByteaArray = 1001, kInt2vector = 22,
              kInt4range = 3904, kTsrange = 3908, kTsrangeArray = 3909, kInt4multirange = 4451, kMoney = 790,
              kRegclassArray = 2210, kInt4 = 23;

TypeDescriptor builtin(Oid oid) {
  return {{TypeKind::builtin, oid}};
}
TypeDescriptor around(TypeLevel outer, TypeDescriptor inner) {
  inner.insert(inner.begin(), outer);
  return inner;
}

std::string texts(const char* items) {
  return std::string("00000001 00000001 00000019 ") + items;
}

TEST(Arrays, Shapes) {
  EXPECT_EQ(text_of(kInt4Array, "00000000 00000000 00000017"), "{}");
  EXPECT_EQ(text_of(kInt4Array, "00000001 00000000 00000017 00000000 00000001"), "{}");
  EXPECT_EQ(text_of(kInt4Array, "00000001 00000001 00000017 00000002 00000001 00000004 00000001 ffffffff"),
            "{1,NULL}");
  EXPECT_EQ(text_of(kInt4Array, "00000001 00000000 00000017 00000001 fffffffe 00000004 00000001"),
            "[-2:-2]={1}");
  EXPECT_EQ(text_of(kInt4Array,
                    "00000002 00000001 00000017 00000002 00000000 00000002 00000001"
                    "ffffffff 00000004 00000001 00000004 00000002 ffffffff"),
            "[0:1][1:2]={{NULL,1},{2,NULL}}");
  EXPECT_EQ(text_of(kInt4Array,
                    "00000003 00000001 00000017 00000001 00000001 00000002 00000001 00000001 00000001"
                    "ffffffff ffffffff"),
            "{{{NULL},{NULL}}}");
}

TEST(Arrays, QuotesWhereNeeded) {
  EXPECT_EQ(
      text_of(kTextArray,
              texts("00000005 00000001 00000001 'a' 00000000 00000004 'nULL' 00000003 'a b' 00000002 22 5c")),
      R"({a,"","nULL","a b","\"\\"})");
  EXPECT_EQ(copy_text_of(kTextArray, texts("00000001 00000001 00000002 22 09")), R"({"\\"\t"})");
  EXPECT_EQ(text_of(kByteaArray, "00000001 00000000 00000011 00000001 00000001 00000001 ff"), R"({"\\xff"})");
  EXPECT_EQ(copy_text_of(kByteaArray, "00000001 00000000 00000011 00000001 00000001 00000001 ff"),
            R"({"\\\\xff"})");
  const std::string zeros(64, '0');
  EXPECT_EQ(text_of(kBoxArray,
                    "00000001 00000000 0000025b 00000002 00000001 00000020" + zeros + "00000020" + zeros),
            "{(0,0),(0,0);(0,0),(0,0)}");
}

TEST(Arrays, Damage) {
  const auto fails = [](const char* value) {
    return text_of(kInt4Array, value).starts_with("error: a value of type array of integer");
  };
  EXPECT_TRUE(fails("00000001 00000000 00000019 00000000 00000001"));  // text
  EXPECT_TRUE(fails("00000007 00000000 00000017"));
  EXPECT_TRUE(fails("00000001 00000002 00000017 00000000 00000001"));
  EXPECT_TRUE(fails("00000001 00000000 00000017 00000002 00000001 00000004 00000001"));
  EXPECT_TRUE(fails("00000001 00000000 00000017 7fffffff 00000001"));
  EXPECT_TRUE(fails("00000001 00000000 00000017 00000001 7fffffff 00000005 0000000000"));
  EXPECT_TRUE(
      fails("00000006 00000000 00000017 7fffffff00000001 7fffffff00000001 7fffffff00000001 7fffffff00000001"
            "7fffffff00000001 7fffffff00000001"));
  EXPECT_TRUE(fails("00000001 00000000 00000017 00000001 7fffffff ffffffff 00"));
  EXPECT_EQ(text_of(kInt4Array, "00000001 00000001 00000017 00000001 7fffffff ffffffff"),
            "[2147483647:2147483647]={NULL}");
  EXPECT_TRUE(fails("00000001 00000001 00000017 00000002 7fffffff ffffffff ffffffff"));
}

TEST(Arrays, Vectors) {
  EXPECT_EQ(text_of(kInt2vector, "00000001 00000000 00000015 00000002 00000000 00000002 0001 00000002 fffe"),
            "1 -2");
  EXPECT_EQ(text_of(kInt2vector, "00000001 00000000 00000015 00000000 00000000"), "");
  EXPECT_EQ(text_of(kInt2vector, "00000001 00000001 00000015 00000001 00000000 ffffffff").substr(0, 5),
            "error");
}

TEST(Ranges, Bounds) {
  EXPECT_EQ(text_of(kInt4range, "01"), "empty");
  EXPECT_EQ(text_of(kInt4range, "18"), "(,)");
  EXPECT_EQ(text_of(kInt4range, "02 00000004 00000001 00000004 00000005"), "[1,5)");
  EXPECT_EQ(text_of(kInt4range, "06 00000004 00000001").substr(0, 5), "error");
  EXPECT_EQ(text_of(kInt4range, "0c 00000004 00000001"), "(,1]");
  EXPECT_EQ(text_of(kTsrange, "12 00000008 0000000000000000"), "[\"2000-01-01 00:00:00\",)");
  EXPECT_EQ(
      copy_text_of(kTsrangeArray,
                   "00000001 00000000 00000f44 00000001 00000001 0000000d 12 00000008 0000000000000000"),
      R"x({"[\\"2000-01-01 00:00:00\\",)"})x");
  EXPECT_EQ(text_of(kInt4range, "20").substr(0, 5), "error");
  EXPECT_EQ(text_of(kInt4range, "01 00").substr(0, 5), "error");
  EXPECT_EQ(text_of(kInt4range, "").substr(0, 5), "error");
}

TEST(Ranges, Multiranges) {
  EXPECT_EQ(text_of(kInt4multirange, "00000000"), "{}");
  EXPECT_EQ(text_of(kInt4multirange, "00000002 00000001 18 00000009 12 00000004 00000007"), "{(,),[7,)}");
  EXPECT_EQ(text_of(kInt4multirange, "00000002 00000001 18").substr(0, 5), "error");
}

TEST(UserTypes, AreDescribedLevelByLevel) {
  const TypeDescriptor mood{{TypeKind::enumeration, 16388}};
  EXPECT_EQ(text_of(mood, "'sad'"), "sad");
  const TypeDescriptor moods = around({TypeKind::array, 16390}, mood);
  EXPECT_EQ(text_of(moods, "00000001 00000000 00004004 00000001 00000001 00000003 'sad'"), "{sad}");
  EXPECT_EQ(text_of(moods, "00000001 00000000 00004005 00000001 00000001 00000003 'sad'"),
            "error: a value of type array of enum is damaged: another element type than expected");

  // An array of a domain over a domain names the outer one.
  const TypeDescriptor domain =
      around({TypeKind::domain, 16400}, around({TypeKind::domain, 16399}, builtin(kInt4)));
  EXPECT_EQ(text_of(domain, "00000007"), "7");
  EXPECT_EQ(text_of(around({TypeKind::array, 16401}, domain),
                    "00000001 00000000 00004010 00000001 00000001 00000004 00000007"),
            "{7}");

  const TypeDescriptor list = around({TypeKind::domain, 16410}, builtin(kInt4Array));
  EXPECT_EQ(text_of(around({TypeKind::array, 16411}, list),
                    "00000001 00000000 0000401a 00000001 00000001 0000000c 00000000 00000000 00000017"),
            "{\"{}\"}");

  const TypeDescriptor range = around({TypeKind::range, 16420}, builtin(701));
  EXPECT_EQ(text_of(range, "12 00000008 3ff0000000000000"), "[1,)");
  EXPECT_EQ(text_of(around({TypeKind::multirange, 16422}, range), "00000001 00000001 18"), "{(,)}");
}

TEST(UserTypes, SenselessDescriptorsAreRefused) {
  const auto refused = [](const TypeDescriptor& type) {
    const auto printer = ValuePrinter::make(type, kVersion);
    return !printer && printer.error().code == ErrorCode::archive_unsupported;
  };
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused({{TypeKind::array, 1007}}));
  EXPECT_TRUE(refused({{TypeKind::builtin, kInt4}, {TypeKind::builtin, kInt4}}));
  EXPECT_TRUE(refused(around({TypeKind::multirange, 16400}, builtin(kInt4))));
  EXPECT_TRUE(refused(around({static_cast<TypeKind>(99), 16400}, builtin(kInt4))));
  EXPECT_TRUE(refused(TypeDescriptor(kTypeLevelsMax + 1, {TypeKind::domain, 16400})));
  EXPECT_TRUE(refused(around({TypeKind::range, 16400}, builtin(25))));
  EXPECT_TRUE(refused(around({TypeKind::range, 16400}, {{TypeKind::enumeration, 16399}})));
}

TEST(Whitelist, SaysWhyATypeIsNotOnIt) {
  EXPECT_EQ(text_of(kMoney, ""), "error: type 790 is not read in binary: its text depends on lc_monetary");
  EXPECT_EQ(
      text_of(kRegclassArray, ""),
      "error: type 2210 is not read in binary: it prints names, which hang on the catalogs of the moment");
  EXPECT_EQ(text_of(Oid{99999}, ""), "error: type 99999 is not read in binary");
}

TEST(Whitelist, NamesEachTypeOnce) {
  const std::vector<Oid> oids = whitelisted_oids();
  EXPECT_EQ(std::ranges::adjacent_find(oids), oids.end());
  for (const Oid oid : oids) {
    EXPECT_TRUE(ValuePrinter::make(builtin(oid), kVersion)) << oid;
    EXPECT_EQ(why_left_out(oid), "") << oid;
  }
}

TEST(Printers, NameTheirTypes) {
  EXPECT_EQ(ValuePrinter::make(builtin(1185), kVersion)->type_name(), "array of timestamp with time zone");
  EXPECT_EQ(ValuePrinter::make(builtin(kInt4multirange), kVersion)->type_name(), "int4multirange");
  EXPECT_EQ(ValuePrinter::make(builtin(1006), kVersion)->type_name(), "array of int2vector");
}

// Every type takes damaged values as they come: a hostile one of each length, and of each byte.
TEST(Printers, RefuseOrPrintWhateverTheyGet) {
  for (const Oid oid : whitelisted_oids()) {
    const auto printer = ValuePrinter::make(builtin(oid), kVersion);
    ASSERT_TRUE(printer);
    for (std::size_t size = 0; size < 80; ++size) {
      for (const int byte : {0x00, 0x01, 0x7F, 0x80, 0xFF}) {
        ByteBuffer out(1, std::byte{'x'});
        const ByteBuffer value(size, static_cast<std::byte>(byte));
        const bool is_good = printer->append_text(value, out).has_value();
        EXPECT_TRUE(is_good || out.size() == 1) << oid;
        ByteBuffer copy;
        EXPECT_EQ(printer->append_copy_text(value, copy).has_value(), is_good) << oid;
      }
    }
  }
}

}  // namespace
}  // namespace pgark::values
