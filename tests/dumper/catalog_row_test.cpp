#include <gtest/gtest.h>

#include "base/error.hpp"
#include "dumper/catalog/row.hpp"

namespace pgark::dumper {
namespace {

using Cells = std::vector<std::optional<std::string_view>>;

wire::ResultSet one_row(const Cells& cells) {
  wire::ResultSet result;
  result.columns.resize(cells.size());
  for (const auto& cell : cells) result.append_cell(cell);
  return result;
}

ErrorCode failure(const std::function<void(Row&)>& read, std::string_view cell) {
  const wire::ResultSet result = one_row({cell});
  Row row(result, 0);
  try {
    read(row);
  } catch (const Exception& exception) {
    return exception.error().code;
  }
  ADD_FAILURE() << "no error for " << cell;
  return ErrorCode::internal;
}

TEST(CatalogRow, ReadsColumnsInOrder) {
  const wire::ResultSet result =
      one_row({"4294967295", "-7", "t", "x", "0.5", "{a,\"b c\"}", "{1,-1}", "text"});
  Row row(result, 0);
  EXPECT_EQ(row.oid(), 4294967295u);
  EXPECT_EQ(row.integer(), -7);
  EXPECT_TRUE(row.boolean());
  EXPECT_EQ(row.character(), 'x');
  EXPECT_EQ(row.real(), 0.5);
  EXPECT_EQ(row.text_list(), (std::vector<std::string>{"a", "b c"}));
  EXPECT_EQ(row.integer_list(), (std::vector<std::int64_t>{1, -1}));
  EXPECT_EQ(row.text(), "text");
}

TEST(CatalogRow, NullHasADefault) {
  const wire::ResultSet result = one_row({std::nullopt, std::nullopt, std::nullopt, std::nullopt,
                                          std::nullopt, std::nullopt, std::nullopt, std::nullopt});
  Row row(result, 0);
  EXPECT_EQ(row.oid(), 0u);
  EXPECT_EQ(row.integer(-1), -1);
  EXPECT_FALSE(row.boolean());
  EXPECT_EQ(row.character(), '\0');
  EXPECT_EQ(row.optional_text(), std::nullopt);
  EXPECT_EQ(row.optional_integer(), std::nullopt);
  EXPECT_TRUE(row.text_list().empty());
  EXPECT_EQ(row.text(), "");
}

TEST(CatalogRow, RefusesValuesOfAnotherType) {
  EXPECT_EQ(failure([](Row& row) { row.oid(); }, "-1"), ErrorCode::protocol);
  EXPECT_EQ(failure([](Row& row) { row.oid(); }, "4294967296"), ErrorCode::protocol);
  EXPECT_EQ(failure([](Row& row) { row.integer(); }, "12x"), ErrorCode::protocol);
  EXPECT_EQ(failure([](Row& row) { row.integer(); }, ""), ErrorCode::protocol);
  EXPECT_EQ(failure([](Row& row) { row.boolean(); }, "true"), ErrorCode::protocol);
  EXPECT_EQ(failure([](Row& row) { row.text_list(); }, "{a"), ErrorCode::protocol);
  EXPECT_EQ(failure([](Row& row) { row.integer_list(); }, "{a}"), ErrorCode::protocol);
}

TEST(CatalogRow, RefusesAMissingColumn) {
  EXPECT_EQ(failure([](Row& row) { row.text(), row.text(); }, "only"), ErrorCode::protocol);
}

TEST(CatalogRow, AMissingDefinitionIsAConcurrentChange) {
  EXPECT_EQ(failure([](Row& row) { (void)row.definition("s.v"); }, ""), ErrorCode::snapshot);
  const wire::ResultSet result = one_row({std::nullopt});
  Row row(result, 0);
  try {
    (void)row.definition("s.v");
    FAIL();
  } catch (const Exception& exception) {
    EXPECT_EQ(exception.error().object, "s.v");
  }
}

}  // namespace
}  // namespace pgark::dumper
