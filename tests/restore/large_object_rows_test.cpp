#include "restore/large_object_rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace pgark::restore {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<protocol::Statement> statements_of(const std::string& rows) {
  return value_or_throw(large_object_statements(as_bytes(rows)));
}

TEST(LargeObjectRows, ObjectsShareAStatement) {
  const auto statements = statements_of("16\t0\t\\\\x00ff\n17\t2048\t\\\\xab\n");
  ASSERT_THAT(statements, SizeIs(1));
  EXPECT_THAT(statements[0].parameters, ElementsAre("{16,17}", "{0,2048}", "{00ff,ab}"));
}

TEST(LargeObjectRows, PiecesThatFollowEachOtherAreJoined) {
  const auto statements = statements_of("16\t0\t\\\\x0001\n16\t2\t\\\\x02\n16\t4\t\\\\x04\n17\t5\t\\\\x05\n");
  ASSERT_THAT(statements, SizeIs(1));
  EXPECT_THAT(statements[0].parameters, ElementsAre("{16,16,17}", "{0,4,5}", "{000102,04,05}"));
}

TEST(LargeObjectRows, JoinedPiecesAndStatementsAreBounded) {
  constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
  std::string rows;
  for (std::size_t i = 0; i < 8; ++i) {
    rows += "16\t" + std::to_string(i * kPieceBytes) + "\t\\\\x" + std::string(2 * kPieceBytes, 'a') + "\n";
  }
  const auto statements = statements_of(rows);
  EXPECT_GE(statements.size(), 2u);
  std::size_t hex = 0;
  for (const auto& statement : statements) {
    EXPECT_LE(statement.parameters[2].size(), std::size_t{3} << 20);
    hex += static_cast<std::size_t>(
        std::count(statement.parameters[2].begin(), statement.parameters[2].end(), 'a'));
  }
  EXPECT_EQ(hex, 16 * kPieceBytes);
}

TEST(LargeObjectRows, ObjectsThatWereNotCreatedAreLeftOut) {
  const std::string rows = "16\t0\t\\\\x00ff\n17\t2048\t\\\\xab\n17\t4096\t\\\\x\n";
  const LargeObjectIds left_out{17};
  const auto statements = value_or_throw(large_object_statements(as_bytes(rows), &left_out));
  ASSERT_THAT(statements, SizeIs(1));
  EXPECT_THAT(statements[0].parameters, ElementsAre("{16}", "{0}", "{00ff}"));
}

TEST(LargeObjectRows, AnEmptyPieceGivesTheLength) {
  const auto statements = statements_of("16\t65536\t\\\\x\n17\t0\t\\\\x\n");
  ASSERT_THAT(statements, SizeIs(1));
  EXPECT_THAT(statements[0].sql, HasSubstr("lo_truncate64"));
  EXPECT_THAT(statements[0].parameters, ElementsAre("{16}", "{65536}"));
}

TEST(LargeObjectRows, SqlHasTheParametersAsLiterals) {
  const std::string rows = "4294967295\t5\t\\\\x7a\n16\t2048\t\\\\x\n";
  const auto texts = value_or_throw(large_object_sql(as_bytes(rows)));
  ASSERT_THAT(texts, SizeIs(2));
  EXPECT_THAT(texts[0], HasSubstr("unnest('{4294967295}'::pg_catalog.oid[])"));
  EXPECT_THAT(texts[0], HasSubstr("unnest('{7a}'::pg_catalog.text[])"));
  EXPECT_THAT(texts[1], HasSubstr("unnest('{2048}'::pg_catalog.int8[])"));
}

TEST(LargeObjectRows, OtherRowsAreRefused) {
  for (const char* rows :
       {"16\t0\t\\\\x00", "16\t0\n", "x\t0\t\\\\x00\n", "16\t-1\t\\\\x00\n", "16\t0\t00\n", "16\t0\t\\\\x0\n",
        "16\t0\t\\\\x0g\n", "16\t0\t\\\\x00'\n", "4294967296\t0\t\\\\x00\n", "\n", "16\t0\t\\\\x00\t\n"}) {
    const auto statements = large_object_statements(as_bytes(rows));
    ASSERT_FALSE(statements) << rows;
    EXPECT_EQ(statements.error().code, ErrorCode::archive_damaged);
  }
}

}  // namespace
}  // namespace pgark::restore
