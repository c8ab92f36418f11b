#include "restore/script/script_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "toc_builder.hpp"

namespace pgark::restore {
namespace {

using format::EntryId;
using format::Section;
using testing::ElementsAre;

// A partitioned table with a partition, rows, an index and a key onto it.
class ScriptOrderTest : public testing::Test {
 protected:
  ScriptOrderTest() {
    const EntryId parent = toc_.table("parent"), leaf = toc_.table("leaf");
    attach_ = toc_.add("TABLE ATTACH", "leaf", Section::pre_data, {leaf, parent}).id;
    rows_ = toc_.data(leaf, 1);
    toc_.index("parent_i", parent);
    const EntryId index = toc_.index("leaf_i", leaf);
    toc_.add("INDEX ATTACH", "leaf_i", Section::post_data, {index, leaf, parent}).table = "leaf";
  }
  std::vector<std::string> order() {
    const auto selection = value_or_throw(Selection::make(toc_.toc, options_));
    std::vector<std::string> names;
    for (const format::TocEntry* entry : script_order(toc_.toc, selection))
      names.push_back(entry->kind + " " + entry->name);
    return names;
  }

  test::TocBuilder toc_;
  RestoreOptions options_;
  EntryId attach_, rows_;
};

TEST_F(ScriptOrderTest, a_partition_with_its_table_is_attached_as_the_archive_says) {
  EXPECT_THAT(order(), ElementsAre("TABLE parent", "TABLE leaf", "TABLE ATTACH leaf", "TABLE DATA leaf",
                                   "INDEX parent_i", "INDEX leaf_i", "INDEX ATTACH leaf_i"));
}

TEST_F(ScriptOrderTest, a_partition_without_its_table_is_attached_behind_its_indexes) {
  options_.include_tables = {"leaf"};
  EXPECT_THAT(order(), ElementsAre("TABLE leaf", "TABLE DATA leaf", "INDEX leaf_i", "TABLE ATTACH leaf",
                                   "INDEX ATTACH leaf_i"));
}

// As the plan of a restore refuses it: nothing is left out in silence.
TEST_F(ScriptOrderTest, entries_that_wait_for_each_other_are_refused) {
  options_.include_tables = {"leaf"};
  const EntryId index = toc_.toc.entries.back().dependencies.front();
  toc_.toc.entries[index - 1].dependencies.push_back(toc_.toc.entries.back().id);
  try {
    order();
    ADD_FAILURE();
  } catch (const Exception& exception) {
    EXPECT_EQ(exception.error().code, ErrorCode::archive_damaged);
    EXPECT_EQ(exception.error().message, "entries of the archive depend on each other in a circle");
  }
}

// Rows that go in through the partitioned table: the index waits for them, and they for the attachment.
TEST_F(ScriptOrderTest, what_would_close_a_circle_stays) {
  options_.include_tables = {"leaf"};
  toc_.toc.entries[rows_ - 1].dependencies.push_back(attach_);
  const EntryId index = toc_.toc.entries.back().dependencies.front();
  toc_.toc.entries[index - 1].dependencies.push_back(rows_);
  EXPECT_THAT(order(), ElementsAre("TABLE leaf", "TABLE ATTACH leaf", "TABLE DATA leaf", "INDEX leaf_i",
                                   "INDEX ATTACH leaf_i"));
}

}  // namespace
}  // namespace pgark::restore
