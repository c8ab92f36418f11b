#include "dumper/ddl/column_types.hpp"

#include <gtest/gtest.h>

#include "dumper/support/catalog_builder.hpp"
#include "dumper/support/toc_view.hpp"

namespace pgark::dumper {
namespace {

using testing::CatalogBuilder;
using testing::TocView;
using values::TypeKind;

constexpr Oid kInt4 = 23, kInt4Array = 1007, kNumeric = 1700, kMoney = 790;

Oid add_type(Catalog& catalog, char kind, Oid base = 0) {
  Type type;
  type.oid = 30000 + static_cast<Oid>(catalog.types.size());
  type.name = "t" + std::to_string(type.oid);
  type.kind = kind;
  type.base_type = base;
  catalog.type_by_oid[type.oid] = static_cast<Index>(catalog.types.size());
  catalog.types.push_back(type);
  return type.oid;
}

// The only table of a catalog, with columns of these types.
struct Table {
  CatalogBuilder db;
  Index table = db.table("t");

  Column& column(Oid type) {
    Column& added = db.column(table, "c" + std::to_string(type), "type " + std::to_string(type));
    added.type_oid = type;
    return added;
  }
  ColumnTypes types() const { return column_types(db.catalog, db.catalog.relations[table]); }
};

TEST(ColumnTypes, builtin_types_enums_and_domains) {
  Table t;
  const Oid mood = add_type(t.db.catalog, 'e');
  const Oid positive = add_type(t.db.catalog, 'd', kNumeric);
  const Oid small = add_type(t.db.catalog, 'd', positive);
  for (const Oid type : {kInt4, kInt4Array, mood, small}) t.column(type);
  const ColumnTypes columns = t.types();
  EXPECT_EQ(columns.obstacle, "");
  const std::vector<values::TypeDescriptor> expected{
      {{TypeKind::builtin, kInt4}},
      {{TypeKind::builtin, kInt4Array}},
      {{TypeKind::enumeration, mood}},
      {{TypeKind::domain, small}, {TypeKind::domain, positive}, {TypeKind::builtin, kNumeric}}};
  EXPECT_EQ(columns.types, expected);
}

TEST(ColumnTypes, what_is_not_copied_does_not_count) {
  Table t;
  t.column(kInt4);
  t.column(kMoney).dropped = true;
  t.column(kMoney).generated = 's';
  EXPECT_EQ(t.types().types.size(), 1U);
}

TEST(ColumnTypes, one_column_makes_the_table_text) {
  Table money;
  money.column(kInt4);
  money.column(kMoney);
  EXPECT_TRUE(money.types().types.empty());
  EXPECT_EQ(money.types().obstacle, "column c790 has the type type 790: its text depends on lc_monetary");
  // Base types, composite types, arrays of what the user made, domains of extensions, types nobody knows.
  Catalog& catalog = money.db.catalog;
  const Oid of_extension = add_type(catalog, 'd', kInt4);
  catalog.types.back().extension = 7;
  for (const Oid type : {add_type(catalog, 'b'), add_type(catalog, 'c'), add_type(catalog, 'r'),
                         add_type(catalog, 'd', add_type(catalog, 'b')), of_extension, Oid{99999}}) {
    Table t;
    t.db.catalog.types = catalog.types;
    t.db.catalog.type_by_oid = catalog.type_by_oid;
    t.column(type);
    EXPECT_TRUE(t.types().types.empty()) << type;
    EXPECT_NE(t.types().obstacle, "") << type;
  }
  EXPECT_EQ(Table().types().obstacle, "it has no columns");
}

TEST(ColumnTypes, columns_that_an_extension_decides) {
  Table typed;
  typed.column(kInt4);
  typed.db.catalog.relations[typed.table].of_type = add_type(typed.db.catalog, 'c');
  EXPECT_FALSE(typed.types().types.empty());
  typed.db.catalog.types.back().extension = 7;
  EXPECT_TRUE(typed.types().types.empty());

  Table child;
  child.column(kInt4);
  const Index parent = child.db.table("parent"), grandparent = child.db.table("grandparent");
  child.db.inherit(child.table, parent);
  child.db.inherit(parent, grandparent);
  EXPECT_FALSE(child.types().types.empty());
  child.db.catalog.relations[grandparent].extension = 7;
  EXPECT_TRUE(child.types().types.empty());
}

// A catalog that lies about its domains does not hold anybody up.
TEST(ColumnTypes, domains_in_a_circle) {
  Table t;
  const Oid domain = add_type(t.db.catalog, 'd');
  t.db.catalog.types.back().base_type = domain;
  t.column(domain);
  EXPECT_TRUE(t.types().types.empty());
}

TEST(ColumnTypes, options_that_ask_for_text) {
  DumpOptions options;
  EXPECT_TRUE(binary_is_possible(options, 180001));
  EXPECT_FALSE(binary_is_possible(options, 190000));
  options.session.extra_float_digits = 0;
  EXPECT_FALSE(binary_is_possible(options, 180001));
  options = {};
  for (const char* encoding :
       {"SJIS", "Shift_JIS", "big5", "WIN936", "GB18030", "johab", "Windows-949", "s.jis"}) {
    options.session.encoding = encoding;
    EXPECT_FALSE(binary_is_possible(options, 180001)) << encoding;
  }
  for (const char* encoding : {"UTF8", "latin1", "EUC_JP", "WIN1252"}) {
    options.session.encoding = encoding;
    EXPECT_TRUE(binary_is_possible(options, 180001)) << encoding;
  }
  options = {};
  options.data_format = DataFormat::text;
  EXPECT_FALSE(binary_is_possible(options, 180001));
}

TEST(ColumnTypes, entries_and_data_objects_say_the_same) {
  Table t;
  t.column(kInt4);
  TocView automatic(t.db.catalog);
  EXPECT_EQ(automatic.entry("TABLE DATA", "t").column_types.size(), 1U);
  EXPECT_TRUE(automatic.build.data.front().binary);
  DumpOptions options;
  options.data_format = DataFormat::text;
  TocView text(t.db.catalog, options);
  EXPECT_TRUE(text.entry("TABLE DATA", "t").column_types.empty());
  EXPECT_FALSE(text.build.data.front().binary);
  t.column(kMoney);
  options.data_format = DataFormat::binary;
  TocView reported(t.db.catalog, options);
  ASSERT_EQ(reported.build.toc.report.size(), 1U);
  EXPECT_EQ(reported.build.toc.report[0].name, "public.t");
  EXPECT_FALSE(reported.build.data.front().binary);
}

}  // namespace
}  // namespace pgark::dumper
