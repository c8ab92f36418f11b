#include "restore/export/csv_rows.hpp"

#include <gtest/gtest.h>

#include "restore/export/export.hpp"
#include "restore/statements.hpp"

namespace pgark::restore {
namespace {

std::string csv(std::string_view text_rows, const CsvChoice& choice = {}) {
  ByteBuffer out;
  append_csv(as_bytes(text_rows), choice, out);
  return std::string(as_text(out));
}

CsvChoice with_delimiter(char delimiter) {
  CsvChoice choice;
  choice.delimiter = delimiter;
  return choice;
}

CsvChoice with_null(const std::string& null) {
  CsvChoice choice;
  choice.null = null;
  return choice;
}

CsvChoice without_columns() {
  CsvChoice choice;
  choice.has_columns = false;
  return choice;
}

TEST(CsvRows, what_needs_no_quotes_has_none) {
  EXPECT_EQ(csv(""), "");
  EXPECT_EQ(csv("1\ttwo\t3.5\n4\tf\xC3\xBCnf\t'6'\n"), "1,two,3.5\n4,f\xC3\xBCnf,'6'\n");
}

TEST(CsvRows, null_and_the_empty_text_differ) {
  EXPECT_EQ(csv("\\N\t\t\\N\n"), ",\"\",\n");
  EXPECT_EQ(csv("\\N\n\n"), "\n\"\"\n");
  EXPECT_EQ(csv("\\N\t\tNULL\n", with_null("NULL")), "NULL,,\"NULL\"\n");
}

TEST(CsvRows, escapes_become_the_characters_in_quotes) {
  EXPECT_EQ(csv("a\\tb\tc\\nd\te\\rf\tg\\\\h\t\\\\N\n"), "a\tb,\"c\nd\",\"e\rf\",g\\h,\\N\n");
  EXPECT_EQ(csv("\\b\\f\\v\\\\\n"), "\b\f\v\\\n");
  EXPECT_EQ(csv("say \"x\"\ta,b\t\"\n"), "\"say \"\"x\"\"\",\"a,b\",\"\"\"\"\n");
  EXPECT_EQ(csv("a;b\tc,d\n", with_delimiter(';')), "\"a;b\";c,d\n");
  EXPECT_EQ(csv("a\\tb\tc\n", with_delimiter('\t')), "\"a\tb\"\tc\n");
}

// COPY's end mark, where old readers would take it for one.
TEST(CsvRows, the_end_mark_alone_is_quoted) {
  EXPECT_EQ(csv("\\\\.\n"), "\"\\.\"\n");
  EXPECT_EQ(csv("\\\\.\tx\n"), "\\.,x\n");
}

TEST(CsvRows, rows_without_columns_are_empty_lines) {
  EXPECT_EQ(csv("\n\n", without_columns()), "\n\n");
}

TEST(CsvRows, header) {
  EXPECT_EQ(csv_header({"id", "a,b", "say \"x\"", ""}, {}), "id,\"a,b\",\"say \"\"x\"\"\",\"\"\n");
  EXPECT_EQ(csv_header({"id", "n"}, with_delimiter(';')), "id;n\n");
}

TEST(CsvRows, impossible_choices) {
  EXPECT_TRUE(check_csv({}));
  for (const char delimiter : {'"', '\n', '\r', '\0'}) EXPECT_FALSE(check_csv(with_delimiter(delimiter)));
  EXPECT_FALSE(check_csv(with_null("a\"b")));
  EXPECT_FALSE(check_csv(with_null("a,b")));
  EXPECT_FALSE(check_csv(with_null("a\nb")));
}

TEST(CopyTargetColumns, are_read_as_written) {
  const auto columns = [](std::string_view target) { return parse_copy_target(target)->columns; };
  using Names = std::vector<std::string>;
  EXPECT_EQ(columns("public.t (a, b)"), (Names{"a", "b"}));
  EXPECT_EQ(columns("public.t (\"a, b\", \"say \"\"x\"\"\", \"c)\", d)"),
            (Names{"a, b", "say \"x\"", "c)", "d"}));
  EXPECT_EQ(columns("\"odd (x)\".\"t (y)\" (z)"), (Names{"z"}));
  EXPECT_EQ(columns("public.t"), Names{});
  EXPECT_EQ(columns("public.t ()"), Names{});
}

TEST(ExportFileName, differs_for_different_tables) {
  const auto name = [](const std::string& schema, const std::string& table) {
    format::TocEntry entry;
    entry.schema = schema;
    entry.name = table;
    return export_file_name(entry, ExportForm::csv);
  };
  EXPECT_EQ(name("public", "orders"), "public.orders.csv");
  EXPECT_EQ(name("a.b", "c"), "a%2Eb.c.csv");
  EXPECT_EQ(name("a", "b.c"), "a.b%2Ec.csv");
  EXPECT_EQ(name("..", "/etc/passwd"), "%2E%2E.%2Fetc%2Fpasswd.csv");
  const std::string longest = name(std::string(63, '('), std::string(63, '%'));
  EXPECT_LE(longest.size() + std::string_view(".partial").size(), 255U);
  EXPECT_NE(longest, name(std::string(63, '('), std::string(62, '%') + "&"));
  EXPECT_EQ(name("s", "100% caf\xC3\xA9\n"), "s.100%25%20caf\xC3\xA9%0A.csv");
}

}  // namespace
}  // namespace pgark::restore
