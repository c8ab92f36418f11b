#include "dumper/data/copy_statement.hpp"

#include <gtest/gtest.h>

namespace pgark::dumper {
namespace {

const DataObject kTable{1, 0, "a, \"B\"", "s.\"T x\"", ""};

Piece range(std::uint32_t begin, std::uint32_t end, bool open_ended) {
  Piece piece;
  piece.pages = {begin, end};
  piece.open_ended = open_ended;
  return piece;
}
Piece whole() {
  Piece piece;
  piece.whole = true;
  return piece;
}

TEST(CopyStatement, whole_table) {
  EXPECT_EQ(copy_statement(kTable, whole()), "COPY s.\"T x\" (a, \"B\") TO STDOUT");
}

TEST(CopyStatement, table_without_columns) {
  EXPECT_EQ(copy_statement({1, 0, "", "s.t", ""}, whole()), "COPY s.t TO STDOUT");
}

TEST(CopyStatement, binary) {
  DataObject table = kTable;
  table.binary = true;
  EXPECT_EQ(copy_statement(table, whole()), "COPY s.\"T x\" (a, \"B\") TO STDOUT (FORMAT binary)");
  EXPECT_EQ(copy_statement(table, range(0, 3, false)),
            "COPY (SELECT a, \"B\" FROM ONLY s.\"T x\" WHERE ctid >= '(0,0)'::pg_catalog.tid AND"
            " ctid < '(3,0)'::pg_catalog.tid) TO STDOUT (FORMAT binary)");
}

TEST(CopyStatement, configuration_table) {
  EXPECT_EQ(copy_statement({1, 0, "a", "s.t", "WHERE a > 5"}, whole()),
            "COPY (SELECT a FROM ONLY s.t WHERE a > 5) TO STDOUT");
}

TEST(CopyStatement, foreign_table) {
  DataObject foreign = kTable;
  foreign.foreign = true;
  EXPECT_EQ(copy_statement(foreign, whole()), "COPY (SELECT a, \"B\" FROM s.\"T x\") TO STDOUT");
}

TEST(CopyStatement, page_range) {
  EXPECT_EQ(copy_statement(kTable, range(10, 20, false)),
            "COPY (SELECT a, \"B\" FROM ONLY s.\"T x\" WHERE ctid >= '(10,0)'::pg_catalog.tid"
            " AND ctid < '(20,0)'::pg_catalog.tid) TO STDOUT");
}

TEST(CopyStatement, the_last_range_has_no_end) {
  EXPECT_EQ(
      copy_statement(kTable, range(4294967290u, 4294967294u, true)),
      "COPY (SELECT a, \"B\" FROM ONLY s.\"T x\" WHERE ctid >= '(4294967290,0)'::pg_catalog.tid) TO STDOUT");
}

}  // namespace
}  // namespace pgark::dumper
