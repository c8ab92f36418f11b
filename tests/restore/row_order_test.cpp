#include "restore/row_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "restore/plan.hpp"
#include "toc_builder.hpp"

namespace pgark::restore {
namespace {

using format::EntryId;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

class RowOrderTest : public testing::Test {
 protected:
  // A foreign key of the first table onto the others; onto itself when there are none.
  EntryId key(EntryId table, std::vector<EntryId> referred = {}) {
    std::vector<EntryId> tables{table};
    tables.insert(tables.end(), referred.begin(), referred.end());
    const EntryId id = toc_.constraint("fk", std::move(tables));
    toc_.toc.entries.back().kind = "FK CONSTRAINT";
    return id;
  }
  EntryId attach(EntryId parent, EntryId child) {
    return toc_.add("TABLE ATTACH", toc_.toc.find(child)->name, format::Section::pre_data, {child, parent})
        .id;
  }
  RowOrder order() {
    const auto selection = value_or_throw(Selection::make(toc_.toc, options_));
    const auto plan = RestorePlan::build(
        toc_.toc, selection, [this](EntryId id) { return toc_.chunks_of(id); }, {.jobs = 2, .run_bytes = 1});
    EXPECT_TRUE(plan) << plan.error().to_string();
    steps_ = plan ? plan->steps().size() : 0;
    return row_order(toc_.toc, selection);
  }

  RowOrderTest() { options_.data_only = true; }
  test::TocBuilder toc_;
  RestoreOptions options_;
  std::size_t steps_ = 0;
};

TEST_F(RowOrderTest, rows_come_before_rows_that_refer_to_them) {
  const EntryId child = toc_.table("child"), parent = toc_.table("parent");
  const EntryId child_rows = toc_.data(child, 2), parent_rows = toc_.data(parent, 2);
  key(child, {parent});
  EXPECT_THAT(order().edges, ElementsAre(Pair(parent_rows, child_rows)));
  EXPECT_EQ(steps_, 4u);
  options_.data_only = false;  // the key is made after the rows
  EXPECT_THAT(order().edges, IsEmpty());
}

TEST_F(RowOrderTest, a_table_that_refers_to_itself_is_loaded_in_one_piece) {
  const EntryId tree = toc_.table("tree");
  const EntryId rows = toc_.data(tree, 5);
  key(tree);
  const RowOrder result = order();
  EXPECT_THAT(result.edges, IsEmpty());
  EXPECT_THAT(result.in_one_piece, ElementsAre(rows));
  EXPECT_EQ(steps_, 1u);
}

TEST_F(RowOrderTest, a_circle_loses_one_edge) {
  const EntryId a = toc_.table("a"), b = toc_.table("b"), c = toc_.table("c");
  const EntryId rows_a = toc_.data(a, 1), rows_b = toc_.data(b, 1), rows_c = toc_.data(c, 1);
  key(a, {b}), key(b, {c}), key(c, {a}), key(a, {b});
  EXPECT_THAT(order().edges, ElementsAre(Pair(rows_b, rows_a), Pair(rows_c, rows_b)));
}

TEST_F(RowOrderTest, the_archives_own_order_is_not_contradicted) {
  const EntryId a = toc_.table("a"), b = toc_.table("b");
  const EntryId rows_a = toc_.data(a, 1), rows_b = toc_.data(b, 1);
  toc_.toc.entries[rows_b - 1].dependencies.push_back(rows_a);
  key(a, {b});
  EXPECT_THAT(order().edges, IsEmpty());
}

TEST_F(RowOrderTest, keys_of_partitioned_tables_count_for_the_partitions) {
  const EntryId root = toc_.table("root"), leaf1 = toc_.table("leaf1"), leaf2 = toc_.table("leaf2");
  const EntryId other = toc_.table("other");
  attach(root, leaf1), attach(root, leaf2);
  const EntryId rows1 = toc_.data(leaf1, 1), rows2 = toc_.data(leaf2, 1), others = toc_.data(other, 1);
  key(root, {other});
  EXPECT_THAT(order().edges, UnorderedElementsAre(Pair(others, rows1), Pair(others, rows2)));
}

}  // namespace
}  // namespace pgark::restore
