#include "dumper/data/data_plan.hpp"

#include <gtest/gtest.h>

namespace pgark::dumper {
namespace {

constexpr std::uint32_t kPagesMin = 256;

class DataPlanTest : public ::testing::Test {
 protected:
  DataPlanTest() { catalog_.database.server_version_num = 150004; }

  Relation& add(std::int64_t pages, std::uint64_t toast_bytes = 0) {
    Relation relation;
    relation.access_method = "heap";
    relation.heap_pages = pages;
    relation.heap_bytes = static_cast<std::uint64_t>(pages) * 8192;
    relation.total_bytes = relation.heap_bytes + toast_bytes;
    const auto index = static_cast<Index>(catalog_.relations.size());
    catalog_.relations.push_back(relation);
    objects_.push_back({index + 1, index, "a, b", "s.t" + std::to_string(index), ""});
    return catalog_.relations.back();
  }
  DataPlan plan() const { return plan_data(catalog_, objects_, kPagesMin); }

  Catalog catalog_;
  std::vector<DataObject> objects_;
};

TEST_F(DataPlanTest, heaviest_first) {
  add(10);
  add(5, 1 << 30);
  add(1000);
  const DataPlan result = plan();
  ASSERT_EQ(result.tables.size(), 3u);
  EXPECT_EQ(result.tables[0].object, 1u);
  EXPECT_EQ(result.tables[1].object, 2u);
  EXPECT_EQ(result.tables[2].object, 0u);
  EXPECT_EQ(result.bytes, 1015u * 8192 + (1u << 30));
}

TEST_F(DataPlanTest, a_big_heap_is_cut) {
  add(100000);
  EXPECT_EQ(plan().tables[0].pages, 100000u);
  EXPECT_EQ(plan().tables[0].pages_min, kPagesMin);
}

TEST_F(DataPlanTest, a_heap_that_no_query_may_plan_on_is_one_stream) {
  add(100000).planning_runs_functions = true;
  EXPECT_EQ(plan().tables[0].pages, 0u);
}

TEST_F(DataPlanTest, a_small_heap_is_one_stream) {
  add(std::int64_t{2} * kPagesMin - 1);
  add(std::int64_t{2} * kPagesMin);
  EXPECT_EQ(plan().tables[0].pages, 2 * kPagesMin);
  EXPECT_EQ(plan().tables[1].pages, 0u);
}

TEST_F(DataPlanTest, toast_makes_pages_heavier) {
  add(100, 100ull << 20);  // a MiB for each page
  EXPECT_EQ(plan().tables[0].pages, 100u);
  EXPECT_EQ(plan().tables[0].pages_min, 1u);
}

TEST_F(DataPlanTest, what_cannot_be_cut) {
  add(100000).access_method = "columnar";
  EXPECT_EQ(plan().tables[0].pages, 0u);
  catalog_.relations[0].access_method = "heap";
  EXPECT_EQ(plan().tables[0].pages, 100000u);
  objects_[0].condition_sql = "a > 1";
  EXPECT_EQ(plan().tables[0].pages, 0u);
  objects_[0].condition_sql.clear();
  objects_[0].columns_sql.clear();
  EXPECT_EQ(plan().tables[0].pages, 0u);
  objects_[0].columns_sql = "a";
  catalog_.database.server_version_num = 130014;
  EXPECT_EQ(plan().tables[0].pages, 0u);
}

TEST_F(DataPlanTest, unlogged_tables_on_a_standby_are_reported) {
  add(10).persistence = 'u';
  EXPECT_EQ(plan().tables.size(), 1u);
  catalog_.database.in_recovery = true;
  const DataPlan result = plan();
  EXPECT_TRUE(result.tables.empty());
  ASSERT_EQ(result.skipped.size(), 1u);
  EXPECT_EQ(result.skipped[0].level, format::ReportLevel::lost);
  EXPECT_EQ(result.skipped[0].name, "s.t0");
}

TEST_F(DataPlanTest, useful_workers) {
  EXPECT_EQ(plan().useful_workers(4), 0u);
  add(1);
  EXPECT_EQ(plan().useful_workers(4), 1u);
  add(std::int64_t{2} * kPagesMin);
  EXPECT_EQ(plan().useful_workers(8), 3u);
  add(100000);
  EXPECT_EQ(plan().useful_workers(8), 8u);
}

TEST_F(DataPlanTest, an_empty_table_is_still_copied) {
  add(0);
  EXPECT_EQ(plan().tables.size(), 1u);
  EXPECT_GT(plan().bytes, 0u);
}

}  // namespace
}  // namespace pgark::dumper
