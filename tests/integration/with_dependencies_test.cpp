// pgark restore --with-dependencies: a part of a database that is whole in itself.
#include <gmock/gmock.h>

#include "adapt_fixture.hpp"

namespace pgark::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class WithDependenciesTest : public AdaptTest {
 protected:
  void expect_whole(const Words& choice) {
    empty_copy();
    const ProcessResult result = restore(joined(choice, {"--with-dependencies", "--verify", "-j", "2"}));
    EXPECT_TRUE(result.ok()) << testing::PrintToString(choice) << "\n" << result.describe();
  }
};

TEST_F(WithDependenciesTest, referenced_rows_and_keys_come_along) {
  const ProcessResult result = restore({"-t", "b.orders", "--with-dependencies", "--verify"});
  ASSERT_TRUE(result.ok()) << result.describe();
  EXPECT_THAT(result.err, HasSubstr("because those that were chosen need them"));
  EXPECT_EQ(sql("SELECT count(*) FROM b.orders JOIN a.users u ON u.id = user_id"), "20");
  EXPECT_EQ(sql("SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint WHERE contype IN ('f', "
                "'p') AND oid >= 16384"),
            "orders_pkey orders_user_id_fkey users_pkey");
  // Of the added table what makes it, not what merely hangs on it.
  EXPECT_EQ(sql("SELECT relrowsecurity FROM pg_class WHERE oid = 'a.users'::regclass"), "t");
  EXPECT_EQ(sql("SELECT nextval(pg_get_serial_sequence('a.users', 'id'))"), "21");
  EXPECT_EQ(sql("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"), "0");
  EXPECT_EQ(sql("SELECT to_regclass('a.v') IS NULL AND to_regnamespace('ext') IS NULL"), "t");
}

TEST_F(WithDependenciesTest, keys_onto_partitions) {
  expect_whole({"-t", "b.log_notes"});
  EXPECT_EQ(sql("SELECT count(*) FROM a.log"), "2");
  EXPECT_EQ(sql("SELECT count(*) FROM pg_inherits WHERE inhparent = 'a.log_pkey'::regclass"), "2");
}

// A partitioned table alone is an empty one.
TEST_F(WithDependenciesTest, partitions_that_are_left_out_are_told) {
  const ProcessResult alone = restore({"-t", "a.log"});
  EXPECT_THAT(alone.err,
              HasSubstr("TABLE a.log: is partitioned, and 2 of its partitions, with their rows, are not"));
  empty_copy();
  const ProcessResult all = restore({"-t", "a.log", "-t", "a.log1", "-t", "b.log2", "--with-dependencies"});
  EXPECT_TRUE(all.ok()) << all.describe();
  EXPECT_THAT(all.err, Not(HasSubstr("is partitioned, and")));
}

TEST_F(WithDependenciesTest, every_relation_is_whole_in_an_empty_database) {
  const std::string names = cluster_.sql(
      "source",
      "SELECT string_agg(format('%I.%I', nspname, relname), '|') FROM pg_class c JOIN"
      " pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND nspname"
      " NOT IN ('pg_catalog', 'information_schema', 'public', 'ext')");
  std::istringstream text(names);
  int count = 0;
  for (std::string name; std::getline(text, name, '|'); ++count) expect_whole({"-t", name});
  EXPECT_GT(count, 20);
}

TEST_F(WithDependenciesTest, other_kinds_of_choice) {
  expect_whole({"-P", "a.next_two"});
  expect_whole({"-I", "trg"});
  EXPECT_EQ(sql("SELECT extname FROM pg_extension WHERE extname = 'pg_trgm'"), "pg_trgm");
  expect_whole({"--trigger", "tr"});
  EXPECT_EQ(sql("SELECT count(*) FROM a.users"), "20");
  expect_whole({"-n", "b"});
  expect_whole({"-n", "b", "--schema-only"});
  EXPECT_EQ(sql("SELECT count(*) FROM a.users"), "0");
}

TEST_F(WithDependenciesTest, without_it_the_same_choice_fails) {
  const ProcessResult without_schema = restore({"-t", "b.orders"});
  EXPECT_EQ(without_schema.exit_status, 13);
  EXPECT_THAT(without_schema.err, HasSubstr("the target lacks what the archive needs: schema b"));
  sql("CREATE SCHEMA b");
  const ProcessResult without_users = restore({"-t", "b.orders", "--clean", "--force"});
  EXPECT_EQ(without_users.exit_status, 14) << without_users.describe();
}

TEST_F(WithDependenciesTest, rows_alone_bring_the_rows_they_refer_to) {
  ASSERT_TRUE(restore({"--schema-only"}).ok());
  const ProcessResult result = restore({"-t", "b.orders", "--with-dependencies", "--data-only"});
  ASSERT_TRUE(result.ok()) << result.describe();
  EXPECT_EQ(sql("SELECT count(*) FROM b.orders JOIN a.users u ON u.id = user_id"), "20");
}

TEST_F(WithDependenciesTest, list_and_script_take_the_same_choice) {
  const std::string list = listing({"-t", "b.orders", "--with-dependencies"});
  EXPECT_THAT(list, HasSubstr("added, because the others need it"));
  EXPECT_THAT(list, HasSubstr("; TABLE a users alice"));
  EXPECT_THAT(list, Not(HasSubstr("; INDEX a trg")));
  const ProcessResult script =
      run(pgark_command({"convert", archive(), "-F", "plain", "-t", "b.orders", "--with-dependencies", "-o",
                         (*folder() / "part.sql").string(), "--overwrite"}));
  ASSERT_TRUE(script.ok()) << script.describe();
  run_or_throw(cluster_.client(
      "psql", {"-Xq", "-v", "ON_ERROR_STOP=1", "-d", copy_, "-f", (*folder() / "part.sql").string()}));
  EXPECT_EQ(sql("SELECT count(*) FROM b.orders JOIN a.users u ON u.id = user_id"), "20");
}

TEST_F(WithDependenciesTest, what_is_excluded_is_named) {
  const ProcessResult result = restore({"-t", "b.orders", "-T", "a.users", "--with-dependencies"});
  EXPECT_EQ(result.exit_status, 14);
  EXPECT_THAT(result.err, HasSubstr("is needed by what is chosen, but excluded"));
}

}  // namespace
}  // namespace pgark::test
