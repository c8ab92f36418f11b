#include "format/values/row_printer.hpp"

#include <gtest/gtest.h>

#include "format/values/values_fixture.hpp"

namespace pgark::values {
namespace {

RowPrinter printer_of(const std::vector<Oid>& types) {
  std::vector<TypeDescriptor> columns;
  for (const Oid type : types) columns.push_back({{TypeKind::builtin, type}});
  return RowPrinter::make(columns, kVersion).value();
}

const char* const kTwoRows =
    "0003 00000004 00000007 00000003 'a' 09 'b' ffffffff"
    "0003 ffffffff 00000000 00000001 01";

TEST(RowPrinter, TabsBetweenNewlineBehind) {
  ByteBuffer out = bytes_of("'before '");
  const auto rows = printer_of({23, 25, 16}).append_rows(bytes_of(kTwoRows), out);
  ASSERT_TRUE(rows);
  EXPECT_EQ(*rows, 2U);
  EXPECT_EQ(as_text(out), "before 7\ta\\tb\t\\N\n\\N\t\tt\n");
}

TEST(RowPrinter, RowsWithoutColumnsAndNoRows) {
  ByteBuffer out;
  EXPECT_EQ(printer_of({}).append_rows(bytes_of("0000 0000"), out).value(), 2U);
  EXPECT_EQ(as_text(out), "\n\n");
  EXPECT_EQ(printer_of({23}).append_rows({}, out).value(), 0U);
}

TEST(RowPrinter, EveryTruncationIsDamage) {
  const RowPrinter printer = printer_of({23, 25, 16});
  const ByteBuffer rows = bytes_of(kTwoRows);
  constexpr std::size_t kFirstRow = 21;
  for (std::size_t size = 1; size < rows.size(); ++size) {
    ByteBuffer out(1, std::byte{'x'});
    EXPECT_EQ(printer.append_rows(ByteSpan(rows).first(size), out).has_value(), size == kFirstRow) << size;
    EXPECT_TRUE(size == kFirstRow || out.size() == 1) << size;
  }
}

TEST(RowPrinter, ErrorsNameColumnTypeAndRow) {
  ByteBuffer out;
  const RowPrinter printer = printer_of({25, 23});
  const auto bad_value =
      printer.append_rows(bytes_of("0002 ffffffff ffffffff 0002 ffffffff 00000003 000000"), out);
  EXPECT_EQ(bad_value.error().to_string(),
            "column 2: a value of type integer is damaged: wrong length at offset 10");
  EXPECT_EQ(bad_value.error().code, ErrorCode::archive_damaged);
  EXPECT_EQ(printer.append_rows(bytes_of("0003"), out).error().to_string(),
            "a binary row is damaged: another number of columns than expected at offset 0");
  // The end of a binary stream is not a row.
  EXPECT_FALSE(printer.append_rows(bytes_of("ffff"), out));
}

TEST(RowPrinter, ColumnsThatCannotBeReadAreNamed) {
  const std::vector<TypeDescriptor> columns{{{TypeKind::builtin, 23}}, {{TypeKind::builtin, 142}}};
  EXPECT_EQ(RowPrinter::make(columns, kVersion).error().to_string(),
            "column 2: type 142 is not read in binary: it is sent with an encoding declaration that its text "
            "leaves out");
}

}  // namespace
}  // namespace pgark::values
