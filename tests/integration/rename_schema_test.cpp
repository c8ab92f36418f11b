// pgark restore --rename-schema: a schema beside the live one. The oracle is the server's own ALTER SCHEMA
// RENAME in a plain copy.
#include <gmock/gmock.h>

#include "adapt_fixture.hpp"

namespace pgark::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RenameSchemaTest : public AdaptTest {
 protected:
  const Words weird_{"--rename-schema", R"(a="New.""A")",  "--rename-schema",
                     "ext=e2",          "--rename-schema", R"("We.ird ""x"=select)"};
  static constexpr const char* kNative = R"sql(
ALTER SCHEMA a RENAME TO "New.""A"; ALTER SCHEMA ext RENAME TO e2; ALTER SCHEMA "We.ird ""x" RENAME TO "select";
ALTER FUNCTION "New.""A".stamp() SET search_path = "New.""A", public)sql";

  std::string renamed_by_the_server(const std::string& script) {
    const std::string other = "renamed";
    cluster_.create_database(other, "TEMPLATE template0");
    run_or_throw(pgark_command({"restore", "-q", archive(), "-d", cluster_.conninfo(other)}));
    cluster_.sql(other, script);
    const std::string text = definitions(other) + database_contents(cluster_, other);
    cluster_.drop_database(other);
    return text;
  }
  std::string copied() { return definitions(copy_) + database_contents(cluster_, copy_); }
};

TEST_F(RenameSchemaTest, is_what_the_server_makes_of_it) {
  const ProcessResult result = restore(joined(weird_, {"--verify", "-j", "2"}));
  ASSERT_TRUE(result.ok()) << result.describe();
  EXPECT_TRUE(same_text("database", renamed_by_the_server(kNative), copied()));
  EXPECT_THAT(result.err, HasSubstr("counted(): its body names the schema a and is not changed"));
}

TEST_F(RenameSchemaTest, a_schema_by_the_name_of_an_alias_and_a_swap) {
  const ProcessResult result = restore({"--rename-schema", "a=b", "--rename-schema", "b=a", "--verify"});
  ASSERT_TRUE(result.ok()) << result.describe();
  EXPECT_TRUE(same_text("database",
                        renamed_by_the_server("ALTER SCHEMA a RENAME TO c; ALTER SCHEMA b RENAME TO a;"
                                              "ALTER SCHEMA c RENAME TO b; ALTER FUNCTION b.stamp() SET"
                                              " search_path = b, public"),
                        copied()));
}

TEST_F(RenameSchemaTest, scripts_are_renamed_too) {
  const std::string path = (*folder() / "renamed.sql").string();
  const ProcessResult script =
      run(pgark_command(joined({"convert", archive(), "-F", "plain", "-o", path, "--overwrite"}, weird_)));
  ASSERT_TRUE(script.ok()) << script.describe();
  run_or_throw(cluster_.client("psql", {"-Xq", "-v", "ON_ERROR_STOP=1", "-d", copy_, "-f", path}));
  EXPECT_TRUE(same_text("database", renamed_by_the_server(kNative), copied()));
}

TEST_F(RenameSchemaTest, beside_the_live_one) {
  ASSERT_TRUE(restore({}).ok());
  const std::string before = copied();
  const ProcessResult result = restore({"-n", "a", "--rename-schema", "a=a2", "--verify", "-j", "2"});
  ASSERT_TRUE(result.ok()) << result.describe();
  EXPECT_EQ(sql("SELECT count(*) FROM a2.users"), "20");
  EXPECT_EQ(sql("SELECT nextval(pg_get_serial_sequence('a2.users', 'id'))"), "21");
  // Nothing in the new schema hangs on the old one, and nothing else was touched.
  EXPECT_EQ(
      sql("SELECT count(*) FROM pg_depend d JOIN pg_class c ON c.oid = d.objid JOIN pg_class r ON r.oid ="
          " d.refobjid WHERE c.relnamespace = 'a2'::regnamespace AND r.relnamespace = 'a'::regnamespace"),
      "0");
  EXPECT_THAT(listing({"-n", "a", "--rename-schema", "a=a2"}), HasSubstr("TABLE a2 users alice"));
  sql("DELETE FROM a2.log");
  const ProcessResult again = restore({"-n", "a", "--rename-schema", "a=a2", "--clean", "--verify"});
  ASSERT_TRUE(again.ok()) << again.describe();
  sql("DROP SCHEMA a2 CASCADE");
  EXPECT_TRUE(same_text("database", before, copied()));
}

TEST_F(RenameSchemaTest, what_is_there_is_refused_by_name) {
  ASSERT_TRUE(restore({"--schema-only"}).ok());
  sql("CREATE SCHEMA a2");
  const ProcessResult schema = restore({"-n", "a", "--rename-schema", "a=a2"});
  EXPECT_EQ(schema.exit_status, 12) << schema.describe();
  EXPECT_THAT(schema.err, HasSubstr("already holds SCHEMA a2"));
  sql("CREATE VIEW a2.users AS SELECT 1");
  const ProcessResult view = restore({"-t", "a.users", "--rename-schema", "a=a2"});
  EXPECT_EQ(view.exit_status, 12) << view.describe();
  EXPECT_THAT(view.err, HasSubstr("already holds TABLE a2.users"));
  const ProcessResult whole = restore({"--rename-schema", "a=a3"});
  EXPECT_EQ(whole.exit_status, 12) << whole.describe();
  EXPECT_THAT(whole.err, HasSubstr("SCHEMA b"));
  EXPECT_THAT(whole.err, HasSubstr("nothing has been changed"));
  EXPECT_EQ(sql("SELECT to_regnamespace('a3') IS NULL"), "t");
  // Without a new name the whole database has to be empty.
  EXPECT_EQ(restore({"-n", "a"}).exit_status, 12);
}

TEST_F(RenameSchemaTest, public_gets_another_name) {
  cluster_.create_database("plain", "TEMPLATE template0");
  cluster_.sql("plain",
               "CREATE TABLE t (a serial); INSERT INTO t DEFAULT VALUES; CREATE VIEW v AS SELECT a FROM t;"
               "COMMENT ON SCHEMA public IS 'x'; GRANT CREATE ON SCHEMA public TO alice");
  const std::string path = (*folder() / "plain.pgark").string();
  run_or_throw(pgark_command({"backup", "-q", "-d", cluster_.conninfo("plain"), "-o", path}));
  const ProcessResult beside = run(pgark_command(
      {"restore", path, "-d", cluster_.conninfo("plain"), "--rename-schema", "public=old", "--verify"}));
  EXPECT_TRUE(beside.ok()) << beside.describe();
  EXPECT_EQ(cluster_.sql("plain", "SELECT a FROM old.v"), "1");
  EXPECT_EQ(cluster_.sql("plain",
                         "SELECT has_schema_privilege('alice', 'old', 'CREATE'),"
                         " has_schema_privilege('carol', 'old', 'USAGE')"),
            "t|t");
  EXPECT_EQ(cluster_.sql("plain", "SELECT pg_get_serial_sequence('old.t', 'a')"), "old.t_a_seq");
  cluster_.drop_database("plain");
  // And the other way round.
  const ProcessResult into = restore({"-n", "b", "--rename-schema", "b=public", "-s", "-t", "sorted"});
  EXPECT_EQ(into.exit_status, 14) << into.describe();  // its collation is not there
  EXPECT_THAT(into.err, HasSubstr("TABLE public.sorted"));
}

TEST_F(RenameSchemaTest, in_an_empty_database_everything_may_be_restored) {
  cluster_.create_database("plain", "TEMPLATE template0");
  cluster_.sql("plain",
               "CREATE SCHEMA s; CREATE TABLE s.t (a int); COMMENT ON SCHEMA public IS 'x';"
               "ALTER DEFAULT PRIVILEGES FOR ROLE alice GRANT SELECT ON TABLES TO carol");
  const std::string path = (*folder() / "empty.pgark").string();
  run_or_throw(pgark_command({"backup", "-q", "-d", cluster_.conninfo("plain"), "-o", path}));
  const Words words{"restore", path, "-d", cluster_.conninfo(copy_), "--rename-schema", "s=r"};
  const ProcessResult result = run(pgark_command(words));
  EXPECT_TRUE(result.ok()) << result.describe();
  EXPECT_EQ(sql("SELECT obj_description('public'::regnamespace)"), "x");
  sql("DROP SCHEMA r CASCADE");
  // Beside other objects that would change what is there.
  sql("CREATE TABLE other (a int)");
  const ProcessResult again = run(pgark_command(words));
  EXPECT_EQ(again.exit_status, 12) << again.describe();
  EXPECT_THAT(again.err,
              HasSubstr("would change what the target database holds: COMMENT SCHEMA public, DEFAULT ACL"));
  EXPECT_EQ(run(pgark_command(joined(words, {"-n", "s"}))).exit_status, 0);
  const ProcessResult strategy = restore({"--strategy", "in-place", "--rename-schema", "a=x"});
  EXPECT_EQ(strategy.exit_status, 2) << strategy.describe();
  cluster_.drop_database("plain");
}

TEST_F(RenameSchemaTest, wrong_names) {
  const auto fails = [this](const Words& options, const std::string& text) {
    const ProcessResult result = restore(options);
    EXPECT_EQ(result.exit_status, 2) << result.describe();
    EXPECT_THAT(result.err, HasSubstr(text));
  };
  const ProcessResult list =
      run(pgark_command({"restore", archive(), "--list", "--rename-schema", "nothing=x"}));
  EXPECT_TRUE(list.ok()) << list.describe();
  EXPECT_THAT(list.err, HasSubstr("nothing in the archive has the old name"));
  fails({"--rename-schema", "a"}, "there is no = between two names");
  fails({"--rename-schema", "a=a"}, "both names are the same");
  fails({"--rename-schema", "a=b"}, "the archive has a schema of the new name itself");
  fails({"--rename-schema", "a=x", "--rename-schema", "b=x"}, "two schemas would become one");
  fails({"--rename-schema", "a=x", "--rename-schema", "a=y"}, "mapped twice");
  fails({"--rename-schema", "a=pg_x"}, "the schemas of the system keep their names");
  fails({"--rename-schema", "pg_catalog=x"}, "the schemas of the system keep their names");
  fails({"--rename-schema", "nothing=x", "--strict-names"}, "nothing in the archive has the old name");
  const ProcessResult unused = restore({"--rename-schema", "nothing=x"});
  EXPECT_TRUE(unused.ok()) << unused.describe();
  EXPECT_THAT(unused.err, HasSubstr("nothing in the archive has the old name"));
}

}  // namespace
}  // namespace pgark::test
