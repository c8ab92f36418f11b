#include "dumper/catalog/index_definition.hpp"

#include <gtest/gtest.h>

namespace pgark::dumper {
namespace {

constexpr Oid kInt = 23, kText = 25, kVarchar = 1043;
constexpr Oid kIntOps = 1978, kTextOps = 3126, kPatternOps = 4217;
constexpr Oid kDefaultCollation = 100, kC = 950;

Column column(std::int16_t number, std::string name, Oid type, Oid collation = 0) {
  Column column;
  column.number = number;
  column.name = std::move(name);
  column.type_oid = type;
  column.collation = collation;
  return column;
}

class IndexDefinitionTest : public ::testing::Test {
 protected:
  IndexDefinitionTest() {
    table_.name_sql = "s.t";
    table_.columns = {column(1, "a", kInt), column(2, "Odd", kText, kDefaultCollation),
                      column(3, "v", kVarchar, kDefaultCollation)};
    facts_.on_btree = facts_.plain_storage = true;
    set({1}, {kIntOps}, {0}, {0});
  }

  void set(std::vector<std::int64_t> columns, std::vector<Oid> classes, std::vector<Oid> collations,
           std::vector<std::int64_t> orders) {
    facts_.key_columns = static_cast<std::int64_t>(columns.size());
    facts_.columns = std::move(columns);
    facts_.operator_classes = std::move(classes);
    facts_.collations = std::move(collations);
    facts_.orders = std::move(orders);
  }
  std::string text() const {
    return plain_index_definition("i", table_, facts_, defaults_).value_or("ask the server");
  }

  Relation table_;
  IndexFacts facts_;
  BtreeDefaults defaults_{{kIntOps, kInt}, {kTextOps, kText}};
};

TEST_F(IndexDefinitionTest, columns_in_all_four_orders) {
  EXPECT_EQ(text(), "CREATE INDEX i ON s.t USING btree (a)");
  facts_.unique = true;
  set({2, 1, 1, 3}, {kTextOps, kIntOps, kIntOps, kTextOps}, {kDefaultCollation, 0, 0, kDefaultCollation},
      {3, 1, 2, 0});
  EXPECT_EQ(text(),
            "CREATE UNIQUE INDEX i ON s.t USING btree (\"Odd\" DESC, a DESC NULLS LAST, a NULLS FIRST, v)");
  facts_.partitioned = true;
  set({1}, {kIntOps}, {0}, {0});
  EXPECT_EQ(text(), "CREATE UNIQUE INDEX i ON ONLY s.t USING btree (a)");
}

TEST_F(IndexDefinitionTest, whatever_is_special_is_left_to_the_server) {
  const auto special = [&](const char* what, auto change) {
    const IndexFacts before = facts_;
    change();
    EXPECT_EQ(text(), "ask the server") << what;
    facts_ = before;
  };
  special("another access method", [&] { facts_.on_btree = false; });
  special("predicate, expression, parameters", [&] { facts_.plain_storage = false; });
  special("INCLUDE", [&] {
    set({1, 2}, {kIntOps, 0}, {0, 0}, {0, 0});
    facts_.key_columns = 1;
  });
  special("operator class of choice", [&] { set({2}, {kPatternOps}, {kDefaultCollation}, {0}); });
  special("class of another type", [&] { set({1}, {kTextOps}, {0}, {0}); });
  special("collation of choice", [&] { set({2}, {kTextOps}, {kC}, {0}); });
  special("expression", [&] { set({0}, {kIntOps}, {0}, {0}); });
  special("no such column", [&] { set({4}, {kIntOps}, {0}, {0}); });
  special("unknown order", [&] { set({1}, {kIntOps}, {0}, {4}); });
  special("arrays of different lengths", [&] { facts_.orders = {}; });
}

TEST_F(IndexDefinitionTest, a_class_made_for_varchar_ends_the_use_of_texts) {
  set({3}, {kTextOps}, {kDefaultCollation}, {0});
  EXPECT_EQ(text(), "CREATE INDEX i ON s.t USING btree (v)");
  defaults_[99999] = kVarchar;
  EXPECT_EQ(text(), "ask the server");
}

}  // namespace
}  // namespace pgark::dumper
