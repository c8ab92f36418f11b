#include "dumper/table_locks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgark::dumper {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(TableLocks, one_statement_for_few_tables) {
  EXPECT_THAT(lock_statements({{1, "a.b"}, {2, "\"C\".d"}}),
              ElementsAre("LOCK TABLE ONLY a.b, ONLY \"C\".d IN ACCESS SHARE MODE"));
  EXPECT_THAT(lock_statements({}), IsEmpty());
}

TEST(TableLocks, statements_are_bounded_and_name_every_table_once) {
  std::vector<TableToLock> tables;
  for (Oid oid = 0; oid < 20000; ++oid) tables.push_back({oid, "some_schema.table_" + std::to_string(oid)});
  const auto statements = lock_statements(tables);
  EXPECT_GT(statements.size(), 2u);
  std::size_t names = 0;
  for (const std::string& sql : statements) {
    EXPECT_LE(sql.size(), kLockStatementBytesMax);
    EXPECT_THAT(sql, StartsWith("LOCK TABLE ONLY some_schema."));
    EXPECT_THAT(sql, EndsWith(" IN ACCESS SHARE MODE"));
    for (std::size_t at = sql.find("ONLY"); at != std::string::npos; at = sql.find("ONLY", at + 1)) ++names;
  }
  EXPECT_EQ(names, tables.size());
}

}  // namespace
}  // namespace pgark::dumper
