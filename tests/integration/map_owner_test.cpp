// pgark restore --map-owner: everything as in the source, but for the names of roles.
#include <gmock/gmock.h>

#include <regex>

#include "adapt_fixture.hpp"

namespace pgark::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kBob = R"("Bob ""x")";
const std::string kEve = R"("Eve ""=y")";

class MapOwnerTest : public AdaptTest {
 protected:
  static void SetUpTestSuite() {
    AdaptTest::SetUpTestSuite();
    Cluster::shared().sql("postgres", "CREATE ROLE dora; CREATE ROLE " + kEve);
  }
  static void TearDownTestSuite() {
    Cluster::shared().sql("postgres", "DROP ROLE dora; DROP ROLE " + kEve);
    AdaptTest::TearDownTestSuite();
  }
  const Words mapping_{"--map-owner", "Alice=dora", "--map-owner", kBob + "=" + kEve};

  // The source's definitions with the names replaced.
  std::string expected() {
    std::string text = definitions("source");
    text = std::regex_replace(text, std::regex("\\balice\\b"), "dora");
    return std::regex_replace(text, std::regex("\"Bob \"\"x\""), kEve);
  }
};

TEST_F(MapOwnerTest, owners_grants_policies_defaults_and_mappings) {
  const ProcessResult result = restore(joined(mapping_, {"--verify", "-j", "2"}));
  ASSERT_TRUE(result.ok()) << result.describe();
  EXPECT_TRUE(same_text("definitions", expected(), definitions(copy_)));
  EXPECT_EQ(sql("SELECT count(*) FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND dbid = (SELECT"
                " oid FROM pg_database WHERE datname = current_database()) AND refobjid::regrole::text IN"
                " ('alice', '" +
                kBob + "')"),
            "0");
}

TEST_F(MapOwnerTest, two_roles_become_one) {
  const ProcessResult result = restore({"--map-owner", "alice=dora", "--map-owner", kBob + "=dora"});
  ASSERT_TRUE(result.ok()) << result.describe();
  EXPECT_EQ(sql("SELECT relowner::regrole, has_table_privilege('dora', oid, 'SELECT') FROM pg_class WHERE oid"
                " = 'a.users'::regclass"),
            "dora|t");
}

TEST_F(MapOwnerTest, scripts_and_lists_say_the_same) {
  EXPECT_THAT(listing(mapping_), HasSubstr("TABLE a users dora"));
  EXPECT_THAT(listing(mapping_), Not(HasSubstr("alice")));
  const std::string path = (*folder() / "mapped.sql").string();
  const ProcessResult script =
      run(pgark_command(joined({"convert", archive(), "-F", "plain", "-o", path, "--overwrite"}, mapping_)));
  ASSERT_TRUE(script.ok()) << script.describe();
  run_or_throw(cluster_.client("psql", {"-Xq", "-v", "ON_ERROR_STOP=1", "-d", copy_, "-f", path}));
  EXPECT_TRUE(same_text("definitions", expected(), definitions(copy_)));
}

TEST_F(MapOwnerTest, wrong_mappings) {
  const auto fails = [this](const Words& options, const std::string& text) {
    const ProcessResult result = restore(options);
    EXPECT_EQ(result.exit_status, 2) << result.describe();
    EXPECT_THAT(result.err, HasSubstr(text));
  };
  fails({"--map-owner", "alice"}, "there is no = between two names");
  fails({"--map-owner", "alice=alice"}, "both names are the same");
  fails({"--map-owner", "alice=dora", "--map-owner", "ALICE=carol"}, "mapped twice");
  fails({"--map-owner", "nobody=dora", "--strict-names"}, "nothing in the archive belongs to the role");
  EXPECT_EQ(sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'a'"), "0");
  const ProcessResult missing = restore({"--map-owner", "alice=nobody"});
  EXPECT_EQ(missing.exit_status, 13) << missing.describe();
  EXPECT_THAT(missing.err, HasSubstr("role nobody"));
  const ProcessResult unused = restore({"--map-owner", "nobody=dora"});
  EXPECT_TRUE(unused.ok()) << unused.describe();
  EXPECT_THAT(unused.err, HasSubstr("--map-owner nobody: nothing in the archive belongs to the role"));
}

TEST_F(MapOwnerTest, globals_create_the_role_under_its_new_name) {
  cluster_.sql("postgres",
               "ALTER ROLE alice PASSWORD 'md5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'; GRANT alice TO carol");
  const std::string path = (*folder() / "globals.pgark").string();
  run_or_throw(pgark_command({"backup", "-q", "--globals", "-d", cluster_.conninfo("source"), "-o", path}));
  const auto with = [&](const Words& options) {
    return run(pgark_command(joined({"restore", path, "--globals", "-t", "a.parent", "--with-dependencies",
                                     "-d", cluster_.conninfo(copy_)},
                                    options)));
  };
  const ProcessResult merged = with({"--map-owner", "alice=carol"});
  EXPECT_EQ(merged.exit_status, 2) << merged.describe();
  EXPECT_THAT(merged.err, HasSubstr("created as one"));
  const ProcessResult result = with({"--map-owner", "alice=fresh"});
  EXPECT_TRUE(result.ok()) << result.describe();
  EXPECT_THAT(result.err, HasSubstr("MD5"));
  EXPECT_EQ(sql("SELECT pg_has_role('carol', 'fresh', 'MEMBER')"), "t");
  cluster_.drop_database(copy_);
  cluster_.sql("postgres", "DROP ROLE fresh; REVOKE alice FROM carol; ALTER ROLE alice PASSWORD NULL");
}

}  // namespace
}  // namespace pgark::test
