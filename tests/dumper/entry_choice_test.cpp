#include "dumper/ddl/entry_choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/catalog_builder.hpp"
#include "support/toc_view.hpp"

namespace pgark::dumper {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

// A table with rows, an index, a comment on each, and privileges.
class EntryChoiceTest : public ::testing::Test {
 protected:
  EntryChoiceTest() {
    table_ = db_.table("t");
    db_.column(table_, "a");
    Relation& table = db_.catalog.relations[table_];
    table.tablespace = "fast";
    table.acl = "{boss=arwdDxt/boss,r1=r/boss}";
    table.default_acl = "{boss=arwdDxt/boss}";
    table.owner = "boss";
    db_.comment(db_.relation_id(table_), "about t");
    db_.index(table_, "ti");
    db_.catalog.database.tablespace = "fast";
  }
  testing::TocView toc(const ContentChoice& choice) const {
    DumpOptions options;
    static_cast<ContentChoice&>(options.selection) = choice;
    return testing::TocView(db_.catalog, options);
  }

  testing::CatalogBuilder db_;
  Index table_ = kNone;
};

TEST_F(EntryChoiceTest, EverythingIsThereWithoutAChoice) {
  const auto all = toc({}).listing();
  for (const char* name : {"TABLE t", "TABLE DATA t", "INDEX ti", "COMMENT TABLE t", "ACL TABLE t"})
    EXPECT_THAT(all, Contains(name));
}

TEST_F(EntryChoiceTest, ASectionIsNumberedAnew) {
  ContentChoice choice;
  choice.section_pre_data = choice.section_post_data = false;
  const testing::TocView rows = toc(choice);
  EXPECT_THAT(rows.listing(), ElementsAre("TABLE DATA t"));
  EXPECT_EQ(rows.build.toc.entries[0].id, 1u);
  EXPECT_THAT(rows.build.toc.entries[0].dependencies, ElementsAre());
  ASSERT_EQ(rows.build.data.size(), 1u);
  EXPECT_EQ(rows.build.data[0].entry, 1u);
}

TEST_F(EntryChoiceTest, WithoutTheDataSectionNoRowsAreRead) {
  ContentChoice choice;
  choice.section_data = false;
  const testing::TocView rest = toc(choice);
  EXPECT_TRUE(rest.build.data.empty());
  EXPECT_TRUE(rest.depends(rest.entry("INDEX", "ti"), rest.entry("TABLE", "t")));
}

TEST_F(EntryChoiceTest, KindsAreLeftOut) {
  ContentChoice choice;
  choice.no_comments = choice.no_privileges = true;
  const auto listing = toc(choice).listing();
  EXPECT_THAT(listing, Not(Contains("COMMENT TABLE t")));
  EXPECT_THAT(listing, Not(Contains("ACL TABLE t")));
  EXPECT_THAT(listing, Contains("INDEX ti"));
}

TEST_F(EntryChoiceTest, DescriptionsGoWithWhatTheyDescribe) {
  TocBuild build;
  const auto add = [&build](const char* kind, std::vector<format::EntryId> dependencies) {
    format::TocEntry entry;
    entry.id = static_cast<format::EntryId>(build.toc.entries.size() + 1);
    entry.kind = kind;
    entry.dependencies = std::move(dependencies);
    build.toc.entries.push_back(std::move(entry));
  };
  add("PUBLICATION", {});
  add("PUBLICATION TABLE", {1});
  add("COMMENT", {1});
  add("SECURITY LABEL", {1});
  add("TABLE", {});
  add("COMMENT", {5});
  ContentChoice choice;
  choice.no_publications = true;
  apply_choice(build, choice);
  ASSERT_EQ(build.toc.entries.size(), 2u);
  EXPECT_EQ(build.toc.entries[0].kind, "TABLE");
  EXPECT_THAT(build.toc.entries[1].dependencies, ElementsAre(1u));
}

TEST_F(EntryChoiceTest, OwnersTablespacesAndMethodsAreProperties) {
  ContentChoice choice;
  const testing::TocView before = toc(choice);
  EXPECT_EQ(before.entry("TABLE", "t").tablespace, "fast");
  EXPECT_NE(before.sql("DATABASE", "db").find("TABLESPACE = fast"), std::string::npos);
  choice.no_owner = choice.no_tablespaces = choice.no_table_access_method = true;
  const testing::TocView after = toc(choice);
  const format::TocEntry& table = after.entry("TABLE", "t");
  EXPECT_EQ(table.owner_object, "");
  EXPECT_EQ(table.tablespace, "");
  EXPECT_FALSE(table.takes_tablespace);
  EXPECT_EQ(table.access_method, "");
  EXPECT_EQ(after.sql("DATABASE", "db").find("TABLESPACE"), std::string::npos);
}

TEST_F(EntryChoiceTest, EveryNameIsQuotedOnRequest) {
  DumpOptions options;
  options.session.quote_all_identifiers = true;
  const testing::TocView quoted(db_.catalog, options);
  EXPECT_NE(quoted.sql("TABLE", "t").find("\"public\".\"t\""), std::string::npos);
  EXPECT_NE(toc({}).sql("TABLE", "t").find("public.t"), std::string::npos) << "the scope has ended";
}

}  // namespace
}  // namespace pgark::dumper
