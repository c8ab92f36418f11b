#include "base/sql_quote.hpp"

#include <gtest/gtest.h>

#include "base/sql_keywords.hpp"

namespace pgark {
namespace {

using namespace std::string_literals;

TEST(SqlQuote, LeavesPlainNamesBare) {
  for (const char* name : {"a", "_x", "t1", "abort", "schema_1"}) EXPECT_EQ(quote_identifier(name), name);
}

TEST(SqlQuote, QuotesEverythingElse) {
  EXPECT_EQ(quote_identifier("Select"), R"("Select")");
  EXPECT_EQ(quote_identifier("a b"), R"("a b")");
  EXPECT_EQ(quote_identifier(R"(a"b)"), R"("a""b")");
  EXPECT_EQ(quote_identifier("1a"), R"("1a")");
  EXPECT_EQ(quote_identifier("a$"), R"("a$")");
  EXPECT_EQ(quote_identifier("\xc3\xa9"), "\"\xc3\xa9\"");
  EXPECT_EQ(quote_identifier(""), R"("")");
  EXPECT_EQ(quote_identifier("x\n\\! echo"), "\"x\n\\! echo\"");
}

TEST(SqlQuote, QuotesKeywordsOfEveryMajor) {
  for (const char* word : {"user", "select", "between", "json", "system_user", "merge_action", "left"}) {
    EXPECT_TRUE(is_sql_keyword(word)) << word;
    EXPECT_EQ(quote_identifier(word), '"' + std::string(word) + '"');
  }
  for (const char* word : {"abort", "name", "type", "zone", ""}) EXPECT_FALSE(is_sql_keyword(word)) << word;
}

TEST(SqlQuote, QualifiesOnlyWithASchema) {
  EXPECT_EQ(quote_qualified("s", "t"), "s.t");
  EXPECT_EQ(quote_qualified("S", "user"), R"("S"."user")");
  EXPECT_EQ(quote_qualified("", "t"), "t");
}

TEST(SqlQuote, LiteralsDoubleOnlyTheQuote) {
  EXPECT_EQ(quote_literal(R"(a\b'c)"), R"('a\b''c')");
  EXPECT_EQ(quote_literal(""), "''");
}

TEST(SqlQuote, AnyModeLiteralSurvivesBothSettings) {
  EXPECT_EQ(quote_literal_any_mode("a'b"), "'a''b'");
  EXPECT_EQ(quote_literal_any_mode(R"(a\'b)"), R"( E'a\\''b')");
}

TEST(SqlQuote, DollarTagNeverOccursInTheBody) {
  EXPECT_EQ(quote_dollar("select 1"), "$$select 1$$");
  EXPECT_EQ(quote_dollar("costs $5"), "$_$costs $5$_$");
  EXPECT_EQ(quote_dollar("a $$ $_$ b"), "$_X$a $$ $_$ b$_X$");
  EXPECT_EQ(quote_dollar("END $_"), "$_X$END $_$_X$");
  EXPECT_EQ(quote_dollar("END $"), "$_$END $$_$");
}

TEST(SqlQuote, OneLineHasNoControlCharacters) {
  EXPECT_EQ(one_line("a\r\nb\tc\x7f"), "a  b c ");
}

TEST(SqlQuote, Utf8IsCheckedStrictly) {
  EXPECT_TRUE(is_valid_text("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x98", "UTF8"));
  for (const auto& bad :
       {"\x80"s, "\xc3"s, "\xc0\xaf"s, "\xe0\x80\x80"s, "\xed\xa0\x80"s, "\xf0\x80\x80\x80"s,
        "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s, "\xe2\x82'"s, "a\0b"s}) {
    EXPECT_FALSE(is_valid_text(bad, "UTF8"));
  }
}

TEST(SqlQuote, MultibyteEncodingsMayNotSwallowTheQuote) {
  EXPECT_TRUE(is_valid_text("\xa4\xa2\x8e\xb1\x8f\xb0\xa1", "EUC_JP"));
  EXPECT_FALSE(is_valid_text("\xa4'", "EUC_JP"));
  EXPECT_FALSE(is_valid_text("\xa4", "EUC_KR"));
  EXPECT_TRUE(is_valid_text("\x81\xe9", "MULE_INTERNAL"));
  EXPECT_FALSE(is_valid_text("\x81'", "MULE_INTERNAL"));
}

TEST(SqlQuote, SingleByteEncodingsAcceptEveryByteButZero) {
  EXPECT_TRUE(is_valid_text("\x80\xff", "LATIN1"));
  EXPECT_TRUE(is_valid_text("\x80\xff", "SQL_ASCII"));
  EXPECT_FALSE(is_valid_text("a\0"s, "SQL_ASCII"));
}

}  // namespace
}  // namespace pgark
