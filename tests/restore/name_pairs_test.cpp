#include "restore/adapt/name_pairs.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pgark::restore {
namespace {

using Parts = std::vector<std::string>;

class NamePairsTest : public testing::Test {
 protected:
  NamePair good(std::string_view text, std::size_t parts_max = 1) {
    const auto pair = parse_name_pair("--x", text, parts_max, "UTF8");
    EXPECT_TRUE(pair) << text << ": " << (pair ? "" : pair.error().to_string());
    return pair ? *pair : NamePair{};
  }
  std::string fault(std::string_view text, std::size_t parts_max = 1, std::string_view encoding = "UTF8") {
    const auto pair = parse_name_pair("--x", text, parts_max, encoding);
    if (pair) return "no error";
    EXPECT_EQ(pair.error().code, ErrorCode::usage);
    EXPECT_EQ(pair.error().object, "--x " + std::string(text));
    return pair.error().message;
  }
};

TEST_F(NamePairsTest, names_fold_unless_they_are_quoted) {
  EXPECT_EQ(good("Alice=App_1").from, Parts{"alice"});
  EXPECT_EQ(good("Alice=App_1").to, "app_1");
  EXPECT_EQ(good("\"Al=\"\"i.ce\"=\"A b\"").from, Parts{"Al=\"i.ce"});
  EXPECT_EQ(good("\"Al=\"\"i.ce\"=\"A b\"").to, "A b");
  EXPECT_EQ(good("first.last=caf\xc3\xa9").from, Parts{"first.last"});
}

TEST_F(NamePairsTest, old_names_of_several_parts) {
  EXPECT_EQ(good("s.\"T.x\"=u", 2).from, (Parts{"s", "T.x"}));
  EXPECT_EQ(good("t=u.v", 2).to, "u.v");
  EXPECT_EQ(fault("a.b.c=d", 2), "the old name has too many parts");
}

TEST_F(NamePairsTest, what_is_no_pair_is_refused) {
  EXPECT_EQ(fault("alice"), "there is no = between two names");
  EXPECT_EQ(fault(""), "there is no = between two names");
  EXPECT_EQ(fault("=b"), "a name is empty");
  EXPECT_EQ(fault("a="), "a name is empty");
  EXPECT_EQ(fault("a=b=c"), "the new name is not one name");
  EXPECT_EQ(fault("\"a=b"), "the quotes of a name are wrong");
  EXPECT_EQ(fault("a\"b\"=c"), "the quotes of a name are wrong");
  EXPECT_EQ(fault("\"a\"b=c"), "the quotes of a name are wrong");
  EXPECT_EQ(fault("a=\"b\"c"), "the new name is not one name");
  EXPECT_EQ(fault("a=A"), "both names are the same");
  EXPECT_EQ(fault("a=" + std::string(64, 'x')), "a name is longer than 63 bytes");
  EXPECT_EQ(fault("a=\xff"), "a name is not valid UTF-8");
  EXPECT_NE(fault("a=caf\xc3\xa9", 1, "LATIN1").find("LATIN1"), std::string::npos);
}

TEST_F(NamePairsTest, a_name_is_mapped_once) {
  const auto map = parse_name_map("--x", {"a=b", "b=a"}, "UTF8");
  ASSERT_TRUE(map);
  EXPECT_EQ(*map, (NameMap{{"a", "b"}, {"b", "a"}}));
  EXPECT_FALSE(parse_name_map("--x", {"a=b", "A=c"}, "UTF8"));
}

}  // namespace
}  // namespace pgark::restore
