// pgark restore --rename-table: a table beside the live one. The oracle is the server's own ALTER ... RENAME
// in a plain copy.
#include <gmock/gmock.h>

#include "adapt_fixture.hpp"

namespace pgark::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RenameTableTest : public AdaptTest {
 protected:
  const Words mapping_{"--rename-table", R"(users="User")", "--rename-table", "a.log=journal",
                       "--rename-table", "a.a=bb",          "--rename-table", "parent=child",
                       "--rename-table", "child=parent"};
  static constexpr const char* kNative = R"sql(
ALTER TABLE a.users RENAME TO "User"; ALTER TABLE a.log RENAME TO journal; ALTER TABLE a.a RENAME TO bb;
ALTER TABLE a.parent RENAME TO x; ALTER TABLE a.child RENAME TO parent; ALTER TABLE a.x RENAME TO child;
ALTER INDEX a.users_pkey RENAME TO "User_pkey"; ALTER INDEX a.users_name_key RENAME TO "User_name_key";
ALTER INDEX a.users_id_n_key RENAME TO "User_id_n_key";
ALTER SEQUENCE a.users_id_seq RENAME TO "User_id_seq"; ALTER SEQUENCE a.log_id_seq RENAME TO journal_id_seq;
ALTER INDEX a.log_pkey RENAME TO journal_pkey; ALTER INDEX a.log_who_idx RENAME TO journal_who_idx;
ALTER INDEX a.trg RENAME TO "trg_User"; ALTER STATISTICS a.st RENAME TO "st_User")sql";

  // Views go on to call a table as they did, which the server does not: they are compared by what they show.
  std::string contents(const std::string& database) {
    std::string text;
    for (const char* view : {"a.v", "b.v2", "b.v3", "b.v4", "b.v5"})
      text += cluster_.sql(database, std::string("SELECT v::text FROM ") + view + " v ORDER BY 1") + "\n";
    text += cluster_.sql(database, "SELECT c FROM a.mv") + "\n";
    cluster_.sql(database,
                 "DROP VIEW b.v2, b.v3, b.v4, b.v5, a.v; DROP MATERIALIZED VIEW a.mv; DROP RULE rr ON "
                 "b.orders; DROP POLICY pol ON"
                 " a.\"User\"");
    return text + definitions(database) + database_contents(cluster_, database);
  }
  std::string renamed_by_the_server() {
    cluster_.create_database("renamed", "TEMPLATE template0");
    run_or_throw(pgark_command({"restore", "-q", archive(), "-d", cluster_.conninfo("renamed")}));
    cluster_.sql("renamed", kNative);
    const std::string text = contents("renamed");
    cluster_.drop_database("renamed");
    return text;
  }
};

TEST_F(RenameTableTest, is_what_the_server_makes_of_it) {
  const ProcessResult result = restore(joined(mapping_, {"--verify", "-j", "2"}));
  ASSERT_TRUE(result.ok()) << result.describe();
  EXPECT_THAT(result.err, HasSubstr("INDEX a.trg: becomes \"trg_User\", as its table has a new name"));
  EXPECT_THAT(result.err, HasSubstr("counted(): its body may name the table a.users"));
  EXPECT_TRUE(same_text("database", renamed_by_the_server(), contents(copy_)));
}

TEST_F(RenameTableTest, views_and_policies_refer_to_the_new_table) {
  ASSERT_TRUE(restore(mapping_).ok());
  EXPECT_THAT(sql("SELECT pg_get_viewdef('a.v'::regclass)"), HasSubstr("FROM a.\"User\" a"));
  EXPECT_THAT(sql("SELECT pg_get_viewdef('a.mv'::regclass)"), HasSubstr("FROM a.\"User\" users"));
  EXPECT_THAT(sql("SELECT pg_get_viewdef('b.v4'::regclass)"), HasSubstr("FROM a.bb a"));
  EXPECT_THAT(sql("SELECT pg_get_ruledef(oid) FROM pg_rewrite WHERE rulename = 'rr'"),
              HasSubstr("INSERT INTO a.child AS parent (i)"));
  EXPECT_THAT(sql("SELECT pg_get_expr(polqual, polrelid) FROM pg_policy"), HasSubstr("FROM a.bb a"));
}

TEST_F(RenameTableTest, beside_the_live_one) {
  ASSERT_TRUE(restore({}).ok());
  const std::string before = definitions(copy_) + database_contents(cluster_, copy_);
  const ProcessResult result =
      restore({"-t", "a.users", "--rename-table", "a.users=people", "--verify", "-j", "2"});
  ASSERT_TRUE(result.ok()) << result.describe();
  EXPECT_EQ(sql("SELECT count(*) FROM a.people"), "20");
  EXPECT_EQ(sql("SELECT pg_get_serial_sequence('a.people', 'id'), nextval('a.people_id_seq')"),
            "a.people_id_seq|21");
  EXPECT_EQ(sql("SELECT string_agg(indexrelid::regclass::text, ' ' ORDER BY indexrelid::regclass::text) FROM "
                "pg_index WHERE indrelid ="
                " 'a.people'::regclass"),
            "a.people_id_n_key a.people_name_key a.people_pkey a.trg_people");
  EXPECT_EQ(sql("SELECT relrowsecurity, relowner::regrole FROM pg_class WHERE oid = 'a.people'::regclass"),
            "t|alice");
  sql("DROP TABLE a.people");
  EXPECT_TRUE(same_text("database", before, definitions(copy_) + database_contents(cluster_, copy_)));
}

TEST_F(RenameTableTest, what_is_there_is_refused_by_name) {
  ASSERT_TRUE(restore({"--schema-only"}).ok());
  sql("CREATE SEQUENCE a.people_pkey");
  const ProcessResult result = restore({"-t", "a.users", "--rename-table", "users=people"});
  EXPECT_EQ(result.exit_status, 12) << result.describe();
  EXPECT_THAT(result.err, HasSubstr("already holds CONSTRAINT a.people_pkey"));
  EXPECT_EQ(sql("SELECT to_regclass('a.people') IS NULL"), "t");
}

TEST_F(RenameTableTest, wrong_names) {
  const auto fails = [this](const Words& options, const std::string& text) {
    const ProcessResult result = restore(options);
    EXPECT_EQ(result.exit_status, 2) << result.describe();
    EXPECT_THAT(result.err, HasSubstr(text));
  };
  fails({"--rename-table", "users"}, "there is no = between two names");
  fails({"--rename-table", "a.users=users"}, "both names are the same");
  fails({"--rename-table", "a.b.c=d"}, "the old name has too many parts");
  fails({"--rename-table", "users=log"}, "the archive has an object of the new name itself");
  fails({"--rename-table", "users=mood"}, "the archive has an object of the new name itself");
  fails({"--rename-table", "users=x", "--rename-table", "log=x"}, "two tables would become one");
  fails({"--rename-table", "users=x", "--rename-table", "a.users=y"}, "mapped twice");
  fails({"--rename-table", "nothing=x", "--strict-names"}, "nothing in the archive has the old name");
}

TEST_F(RenameTableTest, only_one_table_may_be_meant) {
  cluster_.create_database("plain", "TEMPLATE template0");
  cluster_.sql("plain", "CREATE TABLE t (a int); CREATE SCHEMA s; CREATE TABLE s.t (a int)");
  const std::string path = (*folder() / "plain.pgark").string();
  run_or_throw(pgark_command({"backup", "-q", "-d", cluster_.conninfo("plain"), "-o", path}));
  cluster_.drop_database("plain");
  const ProcessResult result =
      run(pgark_command({"restore", path, "-d", cluster_.conninfo(copy_), "--rename-table", "t=u"}));
  EXPECT_EQ(result.exit_status, 2) << result.describe();
  EXPECT_THAT(result.err, HasSubstr("several schemas have a table of the old name"));
}

}  // namespace
}  // namespace pgark::test
