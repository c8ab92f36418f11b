#include "base/sql_lexer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pgark {
namespace {

using Texts = std::vector<std::string>;

Texts texts(std::string_view sql) {
  Texts result;
  for (const SqlToken& token : lex_sql(sql)) {
    constexpr const char* kKinds[] = {"word", "quoted", "literal", "body", "number", "mark", "cast", "op"};
    result.push_back(std::string(kKinds[static_cast<int>(token.kind)]) + " " + std::string(token.text));
    EXPECT_EQ(sql.substr(token.at, token.size), token.text);
  }
  return result;
}

TEST(SqlLexer, names_and_marks) {
  EXPECT_EQ(texts("SELECT a.\"B \"\"c\"(x)[1]::int4;"),
            (Texts{"word SELECT", "word a", "mark .", "quoted \"B \"\"c\"", "mark (", "word x", "mark )",
                   "mark [", "number 1", "mark ]", "cast ::", "word int4", "mark ;"}));
  const auto tokens = lex_sql("Foo \"Foo\" \"a\"\"b\" caf\xc3\xa9$1");
  EXPECT_EQ(tokens[0].name, "foo");
  EXPECT_EQ(tokens[1].name, "Foo");
  EXPECT_EQ(tokens[2].name, "a\"b");
  EXPECT_EQ(tokens[3].name, "caf\xc3\xa9$1");
  EXPECT_TRUE(tokens[0].is_word("FOO"));
  EXPECT_FALSE(tokens[1].is_word("FOO"));
}

TEST(SqlLexer, strings_hold_everything) {
  EXPECT_EQ(texts("'it''s -- /* \"a\".' x"), (Texts{"literal 'it''s -- /* \"a\".'", "word x"}));
  EXPECT_EQ(texts(R"('\' E'\'' x)"), (Texts{R"(literal '\')", R"(literal E'\'')", "word x"}));
  EXPECT_EQ(texts("B'01' x'ff' U&'\\0041' U&\"a\" e'' n'' e"),
            (Texts{"literal B'01'", "literal x'ff'", "literal U&'\\0041'", "quoted U&\"a\"", "literal e''",
                   "literal n''", "word e"}));
}

TEST(SqlLexer, dollar_quotes) {
  EXPECT_EQ(texts("AS $$a.b 'x$$ $1 $_X$ $$ $_ $_X$ y"),
            (Texts{"word AS", "body $$a.b 'x$$", "number $1", "body $_X$ $$ $_ $_X$", "word y"}));
  EXPECT_EQ(texts("a$b$c"), (Texts{"word a$b$c"}));
}

TEST(SqlLexer, comments_nest_and_end_operators) {
  EXPECT_EQ(texts("a /* b /* c */ d */ e -- f\ng"), (Texts{"word a", "word e", "word g"}));
  EXPECT_EQ(texts("1=--x\n2 <>/* */3||4"),
            (Texts{"number 1", "op =", "number 2", "op <>", "number 3", "op ||", "number 4"}));
  EXPECT_EQ(texts("OPERATOR(a.===)"),
            (Texts{"word OPERATOR", "mark (", "word a", "mark .", "op ===", "mark )"}));
}

TEST(SqlLexer, numbers) {
  EXPECT_EQ(texts("1.5e10 .5 a.1"), (Texts{"number 1.5e10", "number .5", "word a", "number .1"}));
}

TEST(SqlLexer, what_is_never_closed_reaches_to_the_end) {
  for (const std::string text :
       {"'a", "\"a", "$$a", "E'a\\", "/* a", "/*", "'", "\"", "$", "$a", "--", "E'\\"})
    EXPECT_LE(lex_sql("x " + text).size(), 3U) << text;
}

TEST(SqlLexer, values_of_literals) {
  const auto value = [](std::string_view sql) { return literal_value(lex_sql(sql).front()); };
  EXPECT_EQ(value("'it''s \\'"), "it's \\");
  EXPECT_EQ(value(R"(E'a\\b''c')"), "a\\b'c");
  EXPECT_EQ(value(R"(E'a\nb')"), std::nullopt);
  EXPECT_EQ(value("$x$it's$x$"), "it's");
  EXPECT_EQ(value("B'01'"), std::nullopt);
  EXPECT_EQ(value("'open"), std::nullopt);
  EXPECT_EQ(value("$$open"), std::nullopt);
  EXPECT_EQ(value("a"), std::nullopt);
}

TEST(SqlLexer, edits) {
  const std::string sql = "SELECT a.x, 'a', a.y";
  SqlEdit edit(sql);
  for (const SqlToken& token : lex_sql(sql)) {
    if (token.is_name() && token.name == "a") edit.replace(token, "\"B\"");
  }
  EXPECT_TRUE(edit.changed());
  EXPECT_EQ(edit.finish(), "SELECT \"B\".x, 'a', \"B\".y");
  SqlEdit none(sql);
  EXPECT_FALSE(none.changed());
  EXPECT_EQ(none.finish(), sql);
}

}  // namespace
}  // namespace pgark
