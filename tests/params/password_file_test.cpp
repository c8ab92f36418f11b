#include "protocol/params/password_file.hpp"

#include <gmock/gmock.h>

#include "params_fixture.hpp"

namespace pgark::params::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string lookup(const std::string& text, PasswordQuery query = {"h", "5432", "d", "u"}) {
  return PasswordFile(text).find(query);
}

TEST(PasswordFile, first_match_counts) {
  EXPECT_EQ(lookup("# c\n\nh:5432:d:u:one\nh:5432:d:u:two\n"), "one");
  EXPECT_EQ(lookup("x:5432:d:u:one\nh:1:d:u:two\nh:5432:x:u:three\nh:5432:d:x:four\n"), "");
  EXPECT_EQ(lookup(""), "");
}

TEST(PasswordFile, wildcards_stand_for_a_whole_field) {
  EXPECT_EQ(lookup("*:*:*:*:any\n"), "any");
  EXPECT_EQ(lookup("*h:5432:d:u:no\n"), "");
  EXPECT_EQ(lookup("\\*:5432:d:u:star\n", {"*", "5432", "d", "u"}), "star");
  EXPECT_EQ(lookup("\\*:5432:d:u:star\n"), "");
}

TEST(PasswordFile, escapes) {
  EXPECT_EQ(lookup("\\:\\:1:5432:d:u:p\n", {"::1", "5432", "d", "u"}), "p");
  EXPECT_EQ(lookup("h:5432:d:u:a\\:b\\\\c\n"), "a:b\\c");
  EXPECT_EQ(lookup("h:5432:d:u:a:rest\n"), "a");
  EXPECT_EQ(lookup("h:5432:d:u:p\r\n"), "p");
  EXPECT_EQ(lookup("h:5432:d:u:no newline"), "no newline");
}

TEST(PasswordFile, cut_at_every_length_never_matches_early) {
  const std::string line = "h:5432:d:u:pw";
  for (std::size_t length = 0; length < line.size() - 2; ++length)
    EXPECT_EQ(lookup(line.substr(0, length)), "");
  EXPECT_EQ(lookup(line), "pw");
}

using PgpassTest = ParamsTest;

TEST_F(PgpassTest, default_file) {
  write("home/.pgpass", "db1:5432:shop:osuser:p1\ndb2:6:*:*:p2\n");
  const auto params = resolved("host=db1,db2,db3 port=5432,6,7 dbname=shop");
  EXPECT_EQ(params.hosts.at(0).password, "p1");
  EXPECT_EQ(params.hosts.at(1).password, "p2");
  EXPECT_EQ(params.hosts.at(2).password, "");
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(PgpassTest, stronger_sources_of_a_password) {
  write("home/.pgpass", "*:*:*:*:file\n");
  EXPECT_EQ(resolved("host=h").hosts.at(0).password, "file");
  variables = {{"PGPASSWORD", "env"}};
  EXPECT_EQ(resolved("host=h").hosts.at(0).password, "env");
  EXPECT_EQ(resolved("host=h password=given").hosts.at(0).password, "given");
  EXPECT_EQ(resolved("host=h password=''").hosts.at(0).password, "file");
}

TEST_F(PgpassTest, passfile_keyword_beats_variable) {
  variables = {{"PGPASSFILE", write("a", "*:*:*:*:a\n")}};
  EXPECT_EQ(resolved("host=h").hosts.at(0).password, "a");
  EXPECT_EQ(resolved("host=h passfile=" + write("b", "*:*:*:*:b\n")).hosts.at(0).password, "b");
}

TEST_F(PgpassTest, localhost_means_the_default_socket_directory) {
  write("home/.pgpass", "localhost:*:*:*:local\n" + path("other") + ":*:*:*:other\n10.0.0.1:*:*:*:addr\n");
  EXPECT_EQ(resolved("").hosts.at(0).password, "local");
  EXPECT_EQ(resolved("host=" + path("tmp")).hosts.at(0).password, "local");
  EXPECT_EQ(resolved("host=" + path("other")).hosts.at(0).password, "other");
  EXPECT_EQ(resolved("hostaddr=10.0.0.1").hosts.at(0).password, "addr");
  EXPECT_EQ(resolved("host=localhost hostaddr=10.0.0.1").hosts.at(0).password, "local");
}

TEST_F(PgpassTest, wide_permissions_are_ignored_with_a_warning) {
  for (const mode_t mode : {0640u, 0604u, 0610u, 0777u}) {
    write("home/.pgpass", "*:*:*:*:p\n", mode);
    EXPECT_EQ(resolved("host=h").hosts.at(0).password, "") << std::oct << mode;
    EXPECT_THAT(warnings, ElementsAre(HasSubstr("group or others"))) << std::oct << mode;
  }
  write("home/.pgpass", "*:*:*:*:p\n", 0400);
  EXPECT_EQ(resolved("host=h").hosts.at(0).password, "p");
}

TEST_F(PgpassTest, not_a_plain_file) {
  variables = {{"PGPASSFILE", path("etc")}};
  EXPECT_EQ(resolved("host=h").hosts.at(0).password, "");
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("not a plain file")));
}

TEST_F(PgpassTest, only_a_named_file_must_exist) {
  resolved("host=h");
  EXPECT_THAT(warnings, IsEmpty());
  resolved("host=h passfile=" + path("absent"));
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("does not exist")));
}

}  // namespace
}  // namespace pgark::params::testing
