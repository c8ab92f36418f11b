#include "cli/filter_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/certificates.hpp"
#include "support/temp_directory.hpp"

namespace pgark::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<FilterRule> rules(std::string_view text) {
  const auto parsed = parse_filter(text, "f");
  EXPECT_TRUE(parsed) << parsed.error().to_string();
  return parsed.value_or(std::vector<FilterRule>{});
}

std::string pattern(std::string_view line) {
  const auto parsed = rules(line);
  return parsed.size() == 1 ? parsed[0].pattern : "not one rule";
}

Error error(std::string_view text) {
  const auto parsed = parse_filter(text, "f");
  EXPECT_FALSE(parsed) << text;
  return parsed ? Error{} : parsed.error();
}

TEST(FilterFile, RulesCommentsAndEmptyLines) {
  EXPECT_THAT(rules("# what we want\n\n  include table public.orders  # the important one\r\n"
                    "\texclude schema temp*\ninclude extension hstore"),
              ElementsAre(FilterRule{true, FilterKind::table, "public.orders", 3},
                          FilterRule{false, FilterKind::schema, "temp*", 4},
                          FilterRule{true, FilterKind::extension, "hstore", 5}));
  EXPECT_THAT(rules(""), ElementsAre());
  EXPECT_THAT(rules("#"), ElementsAre());
}

TEST(FilterFile, EveryKindHasAName) {
  for (const char* kind : {"table", "table_and_children", "table_data", "table_data_and_children", "schema",
                           "extension", "foreign_data", "function", "index", "trigger"}) {
    const auto parsed = rules(std::string("exclude ") + kind + " x");
    ASSERT_EQ(parsed.size(), 1u);
    EXPECT_EQ(filter_kind_name(parsed[0].kind), kind);
  }
}

TEST(FilterFile, BlanksInPatterns) {
  EXPECT_EQ(pattern("include table  my   table "), "my table");
  EXPECT_EQ(pattern("include table public . orders"), "public.orders");
  EXPECT_EQ(pattern("include function f( integer ,double  precision )"), "f(integer, double precision)");
}

TEST(FilterFile, QuotedNamesKeepEverything) {
  EXPECT_EQ(pattern("include table \"a # b\".\"c\"\"d\"#x"), "\"a # b\".\"c\"\"d\"");
  const auto parsed = rules("include table \"two\nlines\"\nexclude table t");
  ASSERT_EQ(parsed.size(), 2u);
  EXPECT_EQ(parsed[0].pattern, "\"two\nlines\"");
  EXPECT_EQ(parsed[1].line, 3u);
}

TEST(FilterFile, FaultsNameTheLine) {
  EXPECT_EQ(error("include table a\ninclud table b").object, "f:2");
  EXPECT_THAT(error("include tabel x").message, HasSubstr("tabel"));
  EXPECT_THAT(error("include").message, HasSubstr("no kind"));
  EXPECT_THAT(error("include table # nothing").message, HasSubstr("no object"));
  EXPECT_EQ(error("\ninclude table \"open\n\n").object, "f:2");
  EXPECT_EQ(error("x").code, ErrorCode::usage);
}

TEST(FilterFile, MessagesAreOneShortLine) {
  const Error long_word = error("include table \"" + std::string(5000, 'x'));
  EXPECT_LT(long_word.message.size(), 200u);
  EXPECT_EQ(error("include table \"a\nb").message.find('\n'), std::string::npos);
}

TEST(FilterFile, SeveralFilesAreOneList) {
  const test::TempDirectory folder;
  test::write_file(folder.path() / "a", "include table t1\n");
  test::write_file(folder.path() / "b", "include table t2\n");
  const auto read = read_filters({(folder.path() / "a").string(), (folder.path() / "b").string()});
  ASSERT_TRUE(read) << read.error().to_string();
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[1].pattern, "t2");
  const auto missing = read_filters({(folder.path() / "c").string()});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::io);
}

}  // namespace
}  // namespace pgark::cli
