#include "restore/table_children.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "restore/selection.hpp"
#include "toc_builder.hpp"

namespace pgark::restore {
namespace {

using format::EntryId;
using format::Section;
using testing::ElementsAre;

class TableChildrenTest : public testing::Test {
 protected:
  // A tree of partitions, a table that inherits, and others of like names.
  TableChildrenTest() {
    parent_ = toc_.table("parent");
    const EntryId leaf = toc_.table("leaf"), middle = toc_.table("Mid \"dle\"");
    const EntryId heir = toc_.table("heir", {parent_});
    toc_.toc.entries.back().create.push_back(
        {"CREATE TABLE public.heir (\n) INHERITS (public.parent)", 0, 0});
    const EntryId reader = toc_.table("reader", {parent_});
    toc_.toc.entries.back().create.push_back({"CREATE TABLE public.reader (a public.parent)", 0, 0});
    for (const EntryId table : {parent_, leaf, middle, heir, reader}) toc_.data(table, 1);
    toc_.add("TABLE ATTACH", "leaf", Section::pre_data, {leaf, middle});
    toc_.add("TABLE ATTACH", "Mid \"dle\"", Section::pre_data, {middle, parent_});
  }
  std::vector<std::string> chosen_rows(const RestoreOptions& options) {
    const Selection selection = value_or_throw(Selection::make(toc_.toc, options));
    std::vector<std::string> names;
    for (const format::TocEntry& entry : toc_.toc.entries) {
      if (entry.kind == "TABLE DATA" && selection.contains(entry.id)) names.push_back(entry.name);
    }
    return names;
  }

  test::TocBuilder toc_;
  EntryId parent_ = 0;
};

TEST_F(TableChildrenTest, AreTakenAlong) {
  RestoreOptions options;
  options.include_tables_and_children = {"parent"};
  EXPECT_THAT(chosen_rows(options), ElementsAre("parent", "leaf", "Mid \"dle\"", "heir"));
  options.include_tables_and_children = {"\"Mid \"\"dle\"\"\""};
  EXPECT_THAT(chosen_rows(options), ElementsAre("leaf", "Mid \"dle\""));
}

TEST_F(TableChildrenTest, StayWhereTheTableAloneIsNamed) {
  RestoreOptions options;
  options.include_tables = {"parent"};
  EXPECT_THAT(chosen_rows(options), ElementsAre("parent"));
}

TEST_F(TableChildrenTest, APatternThatMatchesNothingIsToldAsAnyOther) {
  RestoreOptions options;
  options.include_tables_and_children = {"nowhere"};
  const auto selection = Selection::make(toc_.toc, options);
  ASSERT_FALSE(selection);
  EXPECT_EQ(selection.error().object, "nowhere");
}

}  // namespace
}  // namespace pgark::restore
