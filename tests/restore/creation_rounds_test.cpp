#include "restore/creation_rounds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "toc_builder.hpp"

namespace pgark::restore {
namespace {

using format::EntryId;
using format::Section;
using testing::SizeIs;

class CreationRoundsTest : public testing::Test {
 protected:
  std::vector<CreationRound> rounds(int connections) {
    selection_ = value_or_throw(Selection::make(toc_.toc, {}));
    plan_ = value_or_throw(RestorePlan::build(
        toc_.toc, *selection_, [](EntryId) { return std::span<const format::ChunkRef>(); }, {}));
    return creation_rounds(*plan_, toc_.toc, plan_->serial_steps(), connections);
  }
  // Which list of the round holds the entry; -1: none.
  int list_of(const CreationRound& round, EntryId id) const {
    for (std::size_t i = 0; i < round.size(); ++i) {
      for (const StepId step : round[i])
        if (plan_->step(step).entry->id == id) return static_cast<int>(i);
    }
    return -1;
  }
  std::vector<EntryId> tables(int count) {
    std::vector<EntryId> ids;
    for (int i = 0; i < count; ++i) ids.push_back(toc_.table("t" + std::to_string(i)));
    return ids;
  }

  test::TocBuilder toc_;
  std::optional<Selection> selection_;
  std::optional<RestorePlan> plan_;
};

TEST_F(CreationRoundsTest, tables_are_shared_out_evenly_and_in_order) {
  const EntryId schema = toc_.schema("s");
  tables(100);
  const auto found = rounds(4);
  ASSERT_THAT(found, SizeIs(2));  // the schema; the tables
  EXPECT_EQ(list_of(found[0], schema), 0);
  ASSERT_THAT(found[1], SizeIs(4));
  for (const auto& list : found[1]) {
    EXPECT_THAT(list, SizeIs(25));
    EXPECT_TRUE(std::ranges::is_sorted(list));
  }
}

TEST_F(CreationRoundsTest, what_belongs_together_stays_on_one_connection) {
  const std::vector<EntryId> plain = tables(100);
  const EntryId child = toc_.table("child", {plain[7]}), other = toc_.table("other", {plain[8]});
  const EntryId both = toc_.table("both", {plain[7], plain[8]});
  const EntryId comment = toc_.comment(both);
  const auto found = rounds(3);
  ASSERT_THAT(found, SizeIs(1));
  const int list = list_of(found[0], plain[7]);
  for (const EntryId id : {plain[8], child, other, both, comment}) EXPECT_EQ(list_of(found[0], id), list);
}

// Both lock the parent, which was made in an earlier round.
TEST_F(CreationRoundsTest, children_of_one_table_stay_on_one_connection) {
  const EntryId parent = toc_.table("parent");
  toc_.add("TYPE", "between", Section::pre_data);
  const EntryId one = toc_.table("one", {parent}), two = toc_.table("two", {parent});
  tables(100);
  const auto found = rounds(2);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(list_of(found[0], parent), 0);
  EXPECT_EQ(list_of(found[1], one), list_of(found[1], two));
}

TEST_F(CreationRoundsTest, other_kinds_and_short_runs_take_one_connection) {
  tables(10);
  toc_.add("EXTENSION", "e", Section::pre_data);
  tables(10);
  EXPECT_THAT(rounds(4), SizeIs(1));
  EXPECT_THAT(rounds(4)[0], SizeIs(1));
  EXPECT_THAT(rounds(4)[0][0], SizeIs(21));
}

TEST_F(CreationRoundsTest, one_connection_takes_everything) {
  tables(100);
  const auto found = rounds(1);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0], SizeIs(1));
}

}  // namespace
}  // namespace pgark::restore
