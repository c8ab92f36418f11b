// A role that is no superuser: everything that it may not read is named at once, with the statement that
// helps.
#include <gmock/gmock.h>

#include <regex>

#include "roundtrip.hpp"

namespace pgark::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PrivilegesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    Cluster& cluster = Cluster::shared();
    cluster.create_database("priv");
    cluster.sql("priv", R"sql(
      CREATE ROLE "back up" LOGIN; CREATE ROLE owner LOGIN;
      CREATE SCHEMA hidden; CREATE TABLE hidden.h (i int); INSERT INTO hidden.h VALUES (1), (2);
      CREATE TABLE open (i int); GRANT SELECT ON open TO "back up"; INSERT INTO open VALUES (3);
      CREATE TABLE closed (i int, j int); GRANT SELECT (i) ON closed TO "back up";
      CREATE SEQUENCE counter; SELECT nextval('counter');
      CREATE VIEW seen AS SELECT * FROM closed;
      CREATE TABLE guarded (i int); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
      CREATE POLICY odd ON guarded USING (i % 2 = 1); CREATE POLICY "Po" ON guarded USING (false);
      INSERT INTO guarded VALUES (1), (2); GRANT SELECT ON guarded TO "back up";
      ALTER TABLE guarded OWNER TO owner;
    )sql");
  }
  static void TearDownTestSuite() { Cluster::shared().drop_database("priv"); }

  ProcessResult backup(const std::string& role, std::vector<std::string> more = {}) {
    const std::string conninfo = "host=127.0.0.1 port=" + std::to_string(Cluster::shared().port()) +
                                 " user='" + role + "' dbname=priv";
    std::vector<std::string> arguments{"backup", "-d", conninfo, "-o", archive().string(), "--overwrite"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_long(arguments);
  }
  std::filesystem::path archive() const { return folder_ / "a.pgark"; }

  // The statements that the errors recommend.
  static std::vector<std::string> remedies(const std::string& text) {
    std::vector<std::string> found;
    const std::regex line("error: [^\n]*; ((GRANT|ALTER ROLE) [^\n;]*)\n");
    for (std::sregex_iterator at(text.begin(), text.end(), line), end; at != end; ++at)
      found.push_back((*at)[1]);
    return found;
  }

  TempDirectory folder_;
};

TEST_F(PrivilegesTest, what_is_recommended_is_all_that_is_needed) {
  const ProcessResult refused = backup("back up");
  EXPECT_EQ(refused.exit_status, 5) << refused.describe();
  const std::vector<std::string> statements = remedies(refused.err);
  EXPECT_THAT(statements, ElementsAre("GRANT USAGE ON SCHEMA hidden TO \"back up\"",
                                      "GRANT SELECT ON TABLE hidden.h TO \"back up\"",
                                      "GRANT SELECT ON TABLE public.closed TO \"back up\"",
                                      "GRANT SELECT ON SEQUENCE public.counter TO \"back up\"",
                                      "ALTER ROLE \"back up\" BYPASSRLS"));
  EXPECT_THAT(refused.err,
              HasSubstr("TABLE public.guarded: row-level security would hide rows (policy \"Po\", odd)"));
  EXPECT_FALSE(std::filesystem::exists(archive()));

  for (const std::string& statement : statements) Cluster::shared().sql("priv", statement);
  const ProcessResult saved = backup("back up");
  ASSERT_TRUE(saved.ok()) << saved.describe();
  Cluster::shared().create_database("priv_copy");
  const ProcessResult restored =
      run_long({"restore", archive().string(), "-d", Cluster::shared().conninfo("priv_copy")});
  ASSERT_TRUE(restored.ok()) << restored.describe();
  EXPECT_EQ(Cluster::shared().sql("priv_copy",
                                  "SELECT count(*), (SELECT count(*) FROM hidden.h), nextval('counter')"
                                  " FROM guarded"),
            "2|2|2");
  Cluster::shared().drop_database("priv_copy");
}

TEST_F(PrivilegesTest, only_what_is_wanted_is_asked_for) {
  Cluster::shared().sql("priv", "CREATE ROLE few LOGIN; GRANT SELECT ON open TO few");
  const ProcessResult saved = backup("few", {"-t", "public.open"});
  EXPECT_TRUE(saved.ok()) << saved.describe();
  // A schema without rows needs no sequence's value, and no rows behind a policy.
  EXPECT_THAT(remedies(backup("few", {"-s", "-t", "public.*"}).err),
              ElementsAre("GRANT SELECT ON TABLE public.closed TO few",
                          "GRANT SELECT ON TABLE public.guarded TO few"));
}

TEST_F(PrivilegesTest, an_owner_is_not_hindered_by_policies_unless_they_are_forced) {
  EXPECT_TRUE(backup("owner", {"-t", "guarded"}).ok());
  Cluster::shared().sql("priv", "ALTER TABLE guarded FORCE ROW LEVEL SECURITY");
  EXPECT_THAT(remedies(backup("owner", {"-t", "guarded"}).err), ElementsAre("ALTER ROLE owner BYPASSRLS"));
}

}  // namespace
}  // namespace pgark::test
