#include "base/pattern.hpp"

#include <gtest/gtest.h>

namespace pgark {
namespace {

std::string regex_of(std::string_view text) {
  return parse_table_pattern(text).value().name.regex();
}

bool matches(std::string_view pattern, std::string_view schema, std::string_view name) {
  return NameMatcher::compile(parse_table_pattern(pattern).value()).value().matches(schema, name);
}

ErrorCode compile_error(std::string_view pattern) {
  return NameMatcher::compile(parse_table_pattern(pattern).value()).error().code;
}

TEST(Pattern, FoldsCaseOutsideQuotesOnly) {
  EXPECT_EQ(regex_of("FooBar"), "^(foobar)$");
  EXPECT_EQ(regex_of("\"FooBar\""), "^(FooBar)$");
  EXPECT_EQ(regex_of("A\"B\"C"), "^(aBc)$");
}

TEST(Pattern, TranslatesWildcards) {
  EXPECT_EQ(regex_of("a*b?"), "^(a.*b.)$");
  EXPECT_EQ(regex_of("\"a*b?\""), "^(a\\*b\\?)$");
}

TEST(Pattern, KeepsRegularExpressionPieces) {
  EXPECT_EQ(regex_of("(a|b)+[0-9]{2}"), "^((a|b)+[0-9]{2})$");
  EXPECT_EQ(regex_of("\"(a|b)+\""), "^(\\(a\\|b\\)\\+)$");
}

TEST(Pattern, DollarIsAlwaysLiteral) {
  EXPECT_EQ(regex_of("a$b"), "^(a\\$b)$");
  EXPECT_EQ(regex_of("\"a$\""), "^(a\\$)$");
}

TEST(Pattern, EmptyBracketsAreLiteral) {
  EXPECT_EQ(regex_of("int4[]"), "^(int4\\[\\])$");
}

TEST(Pattern, DoubledQuoteInsideQuotesIsAQuote) {
  EXPECT_EQ(regex_of("\"a\"\"b\""), "^(a\"b)$");
}

TEST(Pattern, SplitsAtDotsOutsideQuotes) {
  const NamePattern two = parse_table_pattern("S.\"t.u\"").value();
  EXPECT_FALSE(two.database);
  EXPECT_EQ(two.schema->regex(), "^(s)$");
  EXPECT_EQ(two.name.regex(), "^(t\\.u)$");
  const NamePattern three = parse_table_pattern("\"Db\".s*.t").value();
  EXPECT_EQ(three.database->literal(), "Db");
  EXPECT_EQ(three.schema->regex(), "^(s.*)$");
}

TEST(Pattern, SchemaPatternTakesTheDatabaseInFront) {
  const NamePattern pattern = parse_schema_pattern("db.sales").value();
  EXPECT_EQ(pattern.database->literal(), "db");
  EXPECT_FALSE(pattern.schema);
  EXPECT_EQ(pattern.name.regex(), "^(sales)$");
}

TEST(Pattern, RefusesTooManyParts) {
  EXPECT_EQ(parse_table_pattern("a.b.c.d").error().code, ErrorCode::usage);
  EXPECT_EQ(parse_schema_pattern("a.b.c").error().code, ErrorCode::usage);
  EXPECT_NE(parse_schema_pattern("a.b.c").error().object.find("a.b.c"), std::string::npos);
}

TEST(Pattern, RefusesAnOpenQuote) {
  EXPECT_EQ(parse_table_pattern("\"abc").error().code, ErrorCode::usage);
}

TEST(Pattern, CopiesMultibyteCharactersWhole) {
  EXPECT_EQ(regex_of("Ärger?"), "^(Ärger.)$");
}

TEST(NameMatcher, MatchesLiterally) {
  EXPECT_TRUE(matches("orders", "public", "orders"));
  EXPECT_FALSE(matches("orders", "public", "orders2"));
  EXPECT_FALSE(matches("orders", "public", "Orders"));
  EXPECT_TRUE(matches("\"Orders\"", "public", "Orders"));
}

TEST(NameMatcher, WithoutASchemaEverySchemaMatches) {
  EXPECT_TRUE(matches("t", "a", "t"));
  EXPECT_TRUE(matches("t", "b", "t"));
  EXPECT_FALSE(matches("a.t", "b", "t"));
}

TEST(NameMatcher, RunsTakeAnyLength) {
  EXPECT_TRUE(matches("a*c", "", "ac"));
  EXPECT_TRUE(matches("a*c", "", "abcbc"));
  EXPECT_FALSE(matches("a*c", "", "abcb"));
  EXPECT_TRUE(matches("*", "", ""));
  EXPECT_TRUE(matches("**b*", "", "abc"));
}

TEST(NameMatcher, QuestionMarkTakesOneCharacterNotOneByte) {
  EXPECT_TRUE(matches("?", "", "ä"));
  EXPECT_FALSE(matches("??", "", "ä"));
  EXPECT_TRUE(matches("??", "", "\xff\xfe"));
}

TEST(NameMatcher, CharacterClasses) {
  EXPECT_TRUE(matches("t[0-9]", "", "t7"));
  EXPECT_FALSE(matches("t[0-9]", "", "tx"));
  EXPECT_TRUE(matches("t[^0-9]", "", "tx"));
  EXPECT_TRUE(matches("t[a-cx-]", "", "t-"));
  EXPECT_TRUE(matches("t[à-ü]", "", "té"));
}

TEST(NameMatcher, EmptyBracketsAreLiteral) {
  EXPECT_TRUE(matches("int4[]", "", "int4[]"));
}

TEST(NameMatcher, RegularExpressions) {
  EXPECT_TRUE(matches("(t|u)", "", "u"));
  EXPECT_FALSE(matches("(t|u)", "", "tu"));
  EXPECT_TRUE(matches("a|b", "", "b"));
  EXPECT_TRUE(matches("log_[0-9]+", "", "log_2024"));
  EXPECT_FALSE(matches("log_[0-9]+", "", "log_"));
  EXPECT_TRUE(matches("(ab){2}c", "", "ababc"));
  EXPECT_FALSE(matches("(ab){2}c", "", "abc"));
  EXPECT_TRUE(matches("a{2,}", "", "aaaa"));
  EXPECT_FALSE(matches("a{1,3}", "", "aaaa"));
  EXPECT_TRUE(matches("a{x", "", "a{x"));
  EXPECT_TRUE(matches("t\\d\\d", "", "t42"));
  EXPECT_TRUE(matches("t[[:digit:]_]+", "", "t4_2"));
  EXPECT_FALSE(matches("t[^[:digit:]]", "", "t4"));
  EXPECT_TRUE(matches("\\w+", "", "größe_1"));
  EXPECT_TRUE(matches("(a|b)*", "", "bxyz"));  // psql's * is .* wherever it stands
  EXPECT_TRUE(matches("(|a)b", "", "b"));
  EXPECT_TRUE(matches("^a", "", "a"));
  EXPECT_FALSE(matches("a^b", "", "ab"));
  EXPECT_TRUE(matches("\"a|b\"", "", "a|b"));
  EXPECT_TRUE(matches("a\\|b", "", "a|b"));
}

TEST(NameMatcher, RefusesWhatIsNoRegularExpression) {
  for (const char* text : {"a[b", "a[z-a]", "[bad", "(a", "a)", "a)|(b", "+a", "a++", "a{2}{3}", "^+",
                           "a{3,2}", "a{256}", "a[[:vowel:]]", "(a)\\1", "a\\y", "a\\"})
    EXPECT_EQ(compile_error(text), ErrorCode::usage) << text;
}

TEST(NameMatcher, HostilePatternStaysFast) {
  std::string pattern, name(4000, 'a');
  for (int i = 0; i < 500; ++i) pattern += "a*";
  EXPECT_FALSE(matches(pattern + "b", "", name));
  EXPECT_FALSE(matches("(((a|b)*a*){9}c+){9}", "", name));
}

TEST(NameMatcher, ChecksTheDatabasePart) {
  const NameMatcher matcher = NameMatcher::compile(parse_table_pattern("Db.s.t").value()).value();
  EXPECT_TRUE(matcher.matches_database("db"));
  EXPECT_FALSE(matcher.matches_database("other"));
}

}  // namespace
}  // namespace pgark
