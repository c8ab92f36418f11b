#include "protocol/wire/result_set.hpp"

#include <gtest/gtest.h>

namespace pgark::wire {
namespace {

ResultSet two_by_two() {
  ResultSet rows;
  rows.columns.resize(2);
  rows.append_cell("12");
  rows.append_cell(std::nullopt);
  rows.append_cell("");
  rows.append_cell("t");
  return rows;
}

TEST(ResultSet, TellsNullFromEmpty) {
  const ResultSet rows = two_by_two();
  ASSERT_EQ(rows.row_count(), 2u);
  EXPECT_EQ(rows.get(0, 0), "12");
  EXPECT_EQ(rows.get(0, 1), std::nullopt);
  EXPECT_EQ(rows.get(1, 0), "");
  EXPECT_EQ(rows.text(0, 1), "");
}

TEST(ResultSet, ReadsNumbersAndBooleans) {
  const ResultSet rows = two_by_two();
  EXPECT_EQ(rows.integer(0, 0), 12);
  EXPECT_EQ(rows.integer(0, 1, -7), -7);
  EXPECT_EQ(rows.integer(1, 0, -7), -7);
  EXPECT_EQ(rows.integer(1, 1, -7), -7);
  EXPECT_TRUE(rows.boolean(1, 1));
  EXPECT_FALSE(rows.boolean(0, 1));
  ResultSet limits;
  limits.columns.resize(1);
  limits.append_cell("-9223372036854775808");
  limits.append_cell("9223372036854775808");
  limits.append_cell("1x");
  EXPECT_EQ(limits.integer(0, 0), INT64_MIN);
  EXPECT_EQ(limits.integer(1, 0, 5), 5);
  EXPECT_EQ(limits.integer(2, 0, 5), 5);
}

TEST(ResultSet, CountsRowsWithoutColumns) {
  ResultSet rows;
  EXPECT_TRUE(rows.empty());
  rows.append_empty_row();
  rows.append_empty_row();
  EXPECT_EQ(rows.row_count(), 2u);
}

}  // namespace
}  // namespace pgark::wire
