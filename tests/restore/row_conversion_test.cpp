#include "restore/row_conversion.hpp"

#include <gtest/gtest.h>

namespace pgark::restore {
namespace {

using format::RowEncoding;
using format::TocEntry;
using values::TypeKind;

constexpr int kSource = 150018;

TocEntry entry_with(std::vector<values::TypeDescriptor> types) {
  TocEntry entry;
  entry.kind = "TABLE DATA";
  entry.schema = "s";
  entry.name = "t";
  entry.column_types = std::move(types);
  return entry;
}

// int4 7 and text "a\tb"; then two nulls.
ByteBuffer two_rows() {
  ByteBuffer bytes;
  ByteWriter out(bytes);
  out.u16_be(2);
  out.i32_be(4);
  out.i32_be(7);
  out.i32_be(3);
  out.text("a\tb");
  out.u16_be(2);
  out.i32_be(-1);
  out.i32_be(-1);
  return bytes;
}

TEST(RowConversion, binary_rows_are_printed) {
  const TocEntry entry =
      entry_with({{{TypeKind::builtin, 23}}, {{TypeKind::domain, 16500}, {TypeKind::builtin, 25}}});
  const RowConversion conversion = RowConversion::as_text(entry, kSource).value();
  EXPECT_EQ(conversion.form(), RowForm::text);
  EXPECT_TRUE(conversion.converts(RowEncoding::columnar));
  EXPECT_FALSE(conversion.converts(RowEncoding::text));
  ByteBuffer out{std::byte{'x'}};
  ASSERT_TRUE(conversion.convert(RowEncoding::columnar, two_rows(), out));
  EXPECT_EQ(as_text(out), "7\ta\\tb\n\\N\t\\N\n");
}

TEST(RowConversion, stored_rows_stay_as_they_are) {
  const RowConversion binary = RowConversion::as_stored(entry_with({{{TypeKind::builtin, 23}}}));
  EXPECT_EQ(binary.form(), RowForm::binary);
  EXPECT_FALSE(binary.converts(RowEncoding::columnar));
  const RowConversion text = RowConversion::as_stored(entry_with({}));
  EXPECT_EQ(text.form(), RowForm::text);
  EXPECT_FALSE(text.converts(RowEncoding::text));
}

// Binary rows are read by whatever column of that size is there, so it must be the archive's.
TEST(RowConversion, columns_that_are_certain) {
  TocEntry table;
  table.kind = "TABLE";
  table.schema = "s";
  table.name = "t";
  table.create.push_back({"CREATE TABLE s.t (\n    a integer\n)", 0, 0});
  TocEntry data = entry_with({{{TypeKind::builtin, 23}}});
  data.copy_target = "s.t (a)";
  EXPECT_TRUE(columns_are_certain(table, data));

  data.copy_target = "s.parent (a)";
  EXPECT_FALSE(columns_are_certain(table, data));
  data.copy_target = "s.t (a)";
  for (const TypeKind kind : {TypeKind::domain, TypeKind::array}) {
    data.column_types = {{{TypeKind::builtin, 23}}, {{kind, 16500}, {TypeKind::builtin, 23}}};
    EXPECT_FALSE(columns_are_certain(table, data));
  }
  data.column_types = {{{TypeKind::enumeration, 16500}}};
  EXPECT_FALSE(columns_are_certain(table, data));
  data.column_types = {{{TypeKind::builtin, 23}}};
  for (const char* sql : {"CREATE TABLE s.t OF s.type", "CREATE TABLE s.t (\n)\nINHERITS (s.parent)"}) {
    table.create.front().sql = sql;
    EXPECT_FALSE(columns_are_certain(table, data)) << sql;
  }
}

// A chunk of the other encoding than its entry announces is damage, never a guess.
TEST(RowConversion, chunks_that_contradict_the_entry) {
  ByteBuffer out;
  const RowConversion binary = RowConversion::as_stored(entry_with({{{TypeKind::builtin, 23}}}));
  ASSERT_TRUE(binary.converts(RowEncoding::text));
  EXPECT_EQ(binary.convert(RowEncoding::text, as_bytes("1\n"), out).error().code, ErrorCode::archive_damaged);
  const RowConversion text = RowConversion::as_text(entry_with({}), kSource).value();
  ASSERT_TRUE(text.converts(RowEncoding::columnar));
  EXPECT_EQ(text.convert(RowEncoding::columnar, two_rows(), out).error().code, ErrorCode::archive_damaged);
}

TEST(RowConversion, types_that_cannot_be_printed) {
  const auto unknown =
      RowConversion::as_text(entry_with({{{TypeKind::builtin, 23}}, {{TypeKind::builtin, 790}}}), kSource);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::archive_unsupported);
  EXPECT_EQ(unknown.error().object, "TABLE DATA s.t, column 2");
  // A row of another width than the table.
  ByteBuffer out;
  const RowConversion narrow =
      RowConversion::as_text(entry_with({{{TypeKind::builtin, 23}}}), kSource).value();
  EXPECT_EQ(narrow.convert(RowEncoding::columnar, two_rows(), out).error().code, ErrorCode::archive_damaged);
}

}  // namespace
}  // namespace pgark::restore
