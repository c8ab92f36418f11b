#include "restore/script/script_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgark::restore {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

format::TocEntry hostile_table() {
  format::TocEntry entry;
  entry.id = 1;
  entry.kind = "TABLE";
  entry.schema = "s\n\\! id";
  entry.name = "t\r\n\\.";
  entry.owner = "o\n;DROP";
  entry.owner_object = "TABLE s.t";
  entry.create = {{"CREATE TABLE s.t ()", 0, 0}, {"CREATE TABLE later ()", 180000, 0}};
  return entry;
}

TEST(ScriptTextTest, names_in_comments_stay_on_their_line) {
  EXPECT_EQ(heading(hostile_table()), "--\n-- TABLE s \\! id.t  \\.; owner o ;DROP\n--\n\n");
  format::Toc toc;
  toc.info[format::info_key::kDatabase] = "a\n\\! id";
  EXPECT_THAT(script_title(toc), HasSubstr("-- PostgreSQL database a \\! id as SQL"));
}

TEST(ScriptTextTest, statements_of_the_target_version_only) {
  SessionState state;
  const std::string text = entry_text(hostile_table(), {}, 150000, state);
  EXPECT_THAT(text, HasSubstr("CREATE TABLE s.t ();\n\nALTER TABLE s.t OWNER TO \"o\n;DROP\";\n\n"));
  EXPECT_THAT(text, Not(HasSubstr("later")));
  format::TocEntry nothing = hostile_table();
  nothing.create.clear();
  nothing.owner.clear();
  EXPECT_EQ(entry_text(nothing, {}, 150000, state), "");
}

TEST(ScriptTextTest, connect_leaves_and_enters_the_restricted_part) {
  EXPECT_EQ(connect_text("shop", "K").value(),
            "\\unrestrict K\n\n\\connect -reuse-previous=on \"dbname='shop'\"\n\n\\restrict K\n\n");
  EXPECT_THAT(connect_text("a\"b'c\\d", "K").value(), HasSubstr(R"("dbname='a""b\'c\\d'")"));
}

TEST(ScriptTextTest, connect_refuses_control_characters) {
  for (const char* name : {"a\nb", "a\rb", "a\x01"}) {
    const auto text = connect_text(name, "K");
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code, ErrorCode::usage);
  }
}

}  // namespace
}  // namespace pgark::restore
