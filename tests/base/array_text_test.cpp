#include "base/array_text.hpp"

#include <gtest/gtest.h>

namespace pgark {
namespace {

using Items = std::vector<ArrayItem>;

TEST(ArrayText, ParsesPlainAndQuotedItems) {
  EXPECT_EQ(parse_array("{}").value(), Items{});
  EXPECT_EQ(parse_array("{a,b=1}").value(), (Items{"a", "b=1"}));
  EXPECT_EQ(parse_array(R"({"a b","c\"d\\e","x,y}",""})").value(), (Items{"a b", "c\"d\\e", "x,y}", ""}));
}

TEST(ArrayText, OnlyUnquotedNullIsNull) {
  EXPECT_EQ(parse_array("{NULL,\"NULL\",N\\ULL}").value(), (Items{std::nullopt, "NULL", "NULL"}));
  EXPECT_EQ(parse_text_array("{a,NULL}").error().code, ErrorCode::protocol);
}

TEST(ArrayText, AcceptsBounds) {
  EXPECT_EQ(parse_array("[0:1]={23,25}").value(), (Items{"23", "25"}));
}

TEST(ArrayText, RefusesEveryTruncation) {
  const std::string whole = R"({a,"b\"c",d})";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(parse_array(std::string_view(whole).substr(0, length))) << length;
  }
}

TEST(ArrayText, RefusesWhatIsNotOneArray) {
  EXPECT_FALSE(parse_array("{{a},{b}}"));
  EXPECT_FALSE(parse_array("{a}x"));
  EXPECT_FALSE(parse_array("{a,}"));
  EXPECT_FALSE(parse_array("{,a}"));
  EXPECT_EQ(parse_array("{a}x").error().offset, 3u);
}

TEST(ArrayText, EncodesWhatItParses) {
  const Items items{"plain", "", "NULL", std::nullopt, "q\"\\,{} \n"};
  EXPECT_EQ(parse_array(encode_text_array(items)).value(), items);
  const std::vector<std::uint32_t> oids{1259, 4294967295u};
  EXPECT_EQ(encode_oid_array(oids), "{1259,4294967295}");
}

TEST(ArrayText, OptionsAreCutAtTheFirstEquals) {
  EXPECT_EQ(split_option("a=b=c"), (std::pair<std::string, std::string>("a", "b=c")));
  EXPECT_EQ(split_option("a"), (std::pair<std::string, std::string>("a", "")));
}

}  // namespace
}  // namespace pgark
