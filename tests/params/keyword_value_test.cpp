#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/params/connection_string.hpp"

namespace pgark::params {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Assignments parse(std::string_view text) {
  auto result = parse_keyword_value(text);
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().to_string());
  return result.value_or(Assignments{});
}

std::string error_of(std::string_view text) {
  const auto result = parse_keyword_value(text);
  EXPECT_FALSE(result.has_value()) << text;
  return result ? "" : result.error().to_string();
}

TEST(KeywordValue, plain_pairs) {
  EXPECT_EQ(parse("host=db1 port=5433"), (Assignments{{"host", "db1"}, {"port", "5433"}}));
  EXPECT_EQ(parse(""), Assignments{});
  EXPECT_EQ(parse(" \t\n"), Assignments{});
}

TEST(KeywordValue, blanks_around_the_equals_sign) {
  EXPECT_EQ(parse("  host = db1\n port\t=\t'5433' "), (Assignments{{"host", "db1"}, {"port", "5433"}}));
}

TEST(KeywordValue, an_unquoted_empty_value_takes_the_next_word) {
  EXPECT_EQ(parse("host= port=1"), (Assignments{{"host", "port=1"}}));
  EXPECT_EQ(parse("host="), (Assignments{{"host", ""}}));
  EXPECT_EQ(parse("host=''user=x"), (Assignments{{"host", ""}, {"user", "x"}}));
}

TEST(KeywordValue, quotes_and_backslashes) {
  EXPECT_EQ(parse(R"(password='it\'s a \\ "b"')"), (Assignments{{"password", R"(it's a \ "b")"}}));
  EXPECT_EQ(parse(R"(password=a\ b\'c\\d)"), (Assignments{{"password", R"(a b'c\d)"}}));
  EXPECT_EQ(parse("user=o'brien"), (Assignments{{"user", "o'brien"}}));
  EXPECT_EQ(parse("user=x\\"), (Assignments{{"user", "x"}}));
}

TEST(KeywordValue, repeated_keywords_are_kept_in_order) {
  EXPECT_EQ(parse("user=a user=b"), (Assignments{{"user", "a"}, {"user", "b"}}));
}

TEST(KeywordValue, errors_name_the_word_and_its_position) {
  EXPECT_THAT(error_of("host=a frobnicate=1"), HasSubstr("\"frobnicate\""));
  EXPECT_THAT(error_of("host=a frobnicate=1"), HasSubstr("offset 7"));
  EXPECT_THAT(error_of("host=a port"), HasSubstr("missing \"=\" after \"port\""));
  EXPECT_THAT(error_of("user='abc"), HasSubstr("quote of the value of \"user\" is not closed"));
  EXPECT_THAT(error_of("user='abc\\'"), HasSubstr("not closed"));
  EXPECT_THAT(error_of("=x"), HasSubstr("unknown connection parameter"));
}

TEST(KeywordValue, the_whole_error) {
  const auto result = parse_keyword_value("host=a port");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::usage);
  EXPECT_EQ(result.error().to_string(), "connection string: missing \"=\" after \"port\" at offset 7");
  EXPECT_EQ(result.error().hint, "a value that holds spaces, quotes or backslashes is written as 'it\\'s'");
}

TEST(KeywordValue, pieces_of_a_password_are_not_quoted) {
  EXPECT_THAT(error_of("password=my sesame host=x"), Not(HasSubstr("sesame")));
  EXPECT_THAT(error_of("password=my sesame=x"), Not(HasSubstr("sesame")));
  EXPECT_THAT(error_of("password='my sesame"), Not(HasSubstr("sesame")));
}

TEST(ConnectionString, classification) {
  EXPECT_EQ(classify_connection_string("shop"), ConnectionStringKind::database_name);
  EXPECT_EQ(classify_connection_string("dbname=shop"), ConnectionStringKind::keyword_value);
  EXPECT_EQ(classify_connection_string("postgres://h/d?a=b"), ConnectionStringKind::uri);
  EXPECT_EQ(classify_connection_string("postgresql://"), ConnectionStringKind::uri);
  EXPECT_EQ(classify_connection_string("a b://c"), ConnectionStringKind::database_name);
}

TEST(ConnectionString, a_foreign_scheme_is_refused_without_showing_its_password) {
  for (const std::string_view text :
       {"mysql://root:sesame@h/d", "postgress://u:sesame@h/d?sslmode=require"}) {
    const auto kind = classify_connection_string(text);
    ASSERT_FALSE(kind.has_value());
    EXPECT_THAT(kind.error().to_string(), HasSubstr("unknown URI scheme"));
    EXPECT_THAT(kind.error().to_string(), Not(HasSubstr("sesame")));
  }
}

TEST(ConnectionString, limits) {
  EXPECT_FALSE(parse_connection_string(std::string(kConnectionStringBytesMax + 1, 'x')).has_value());
  EXPECT_FALSE(parse_connection_string(std::string_view("user=a\0b", 8)).has_value());
}

}  // namespace
}  // namespace pgark::params
