#include "restore/toc_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "toc_builder.hpp"

namespace pgark::restore {
namespace {

using format::EntryId;
using format::Section;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<EntryId> ids(std::string_view text) {
  const auto parsed = parse_toc_list(text, "list");
  EXPECT_TRUE(parsed) << parsed.error().to_string();
  return parsed.value_or(std::vector<EntryId>{});
}

Error error(std::string_view text) {
  const auto parsed = parse_toc_list(text, "list");
  EXPECT_FALSE(parsed) << text;
  return parsed ? Error{} : parsed.error();
}

TEST(TocList, NumbersInTheirOrder) {
  EXPECT_THAT(ids("; a heading\n\n7; TABLE public t boss\r\n  3 ; INDEX\n12\n;4; left out\n9;"),
              ElementsAre(7u, 3u, 12u, 9u));
  EXPECT_THAT(ids(""), ElementsAre());
}

TEST(TocList, FaultsNameTheLine) {
  EXPECT_EQ(error("1; a\nTABLE t\n").object, "list:2");
  EXPECT_EQ(error("1;\n\n1;").object, "list:3");
  EXPECT_EQ(error("0; nothing").object, "list:1");
  EXPECT_EQ(error("-1; nothing").object, "list:1");
  EXPECT_EQ(error("99999999999; too large").object, "list:1");
  EXPECT_EQ(error("12a; x").code, ErrorCode::usage);
  EXPECT_LT(error(std::string(100000, 'x')).message.size(), 200u);
}

TEST(TocList, WhatIsPrintedIsReadBack) {
  test::TocBuilder builder;
  const EntryId table = builder.table("t");
  builder.index("ti", table);
  const Selection selection = value_or_throw(Selection::make(builder.toc, {}));
  const std::string text = toc_list(builder.toc, selection, "a.pgark");
  EXPECT_THAT(text, HasSubstr("1; TABLE public t -\n2; INDEX public ti -\n"));
  EXPECT_THAT(text, HasSubstr("selected: 2 of 2"));
  EXPECT_THAT(ids(text), ElementsAre(1u, 2u));
}

TEST(TocList, AHostileNameStaysOnItsLine) {
  test::TocBuilder builder;
  builder.table("t\n99; TABLE public evil boss\r");
  const Selection selection = value_or_throw(Selection::make(builder.toc, {}));
  EXPECT_THAT(ids(toc_list(builder.toc, selection, "a\n98;")), ElementsAre(1u));
}

TEST(TocList, PartsOfTablesNameTheirTable) {
  format::TocEntry entry;
  entry.kind = "TRIGGER";
  entry.schema = "public";
  entry.table = "t";
  entry.name = "tr";
  entry.owner = "boss";
  EXPECT_EQ(list_text(entry), "TRIGGER public t tr boss");
}

// The list chooses and orders.
class UseListTest : public testing::Test {
 protected:
  UseListTest() {
    a_ = builder_.table("a");
    b_ = builder_.table("b");
    index_ = builder_.index("bi", b_);
  }
  test::TocBuilder builder_;
  RestoreOptions options_;
  EntryId a_ = 0, b_ = 0, index_ = 0;
};

TEST_F(UseListTest, OnlyListedEntriesInTheOrderOfTheList) {
  options_.use_list = {{index_, a_}};
  const Selection selection = value_or_throw(Selection::make(builder_.toc, options_));
  EXPECT_THAT(selection.order(), ElementsAre(index_, a_));
  EXPECT_FALSE(selection.contains(b_));
}

TEST_F(UseListTest, PatternsNarrowTheListFurther) {
  options_.use_list = {{b_, a_}};
  options_.include_tables = {"b"};
  const Selection selection = value_or_throw(Selection::make(builder_.toc, options_));
  EXPECT_THAT(selection.order(), ElementsAre(b_));
}

TEST_F(UseListTest, AListOfAnotherArchiveIsRefused) {
  options_.use_list = {{77}};
  const auto selection = Selection::make(builder_.toc, options_);
  ASSERT_FALSE(selection);
  EXPECT_THAT(selection.error().to_string(), HasSubstr("entry 77"));
}

}  // namespace
}  // namespace pgark::restore
