// Roles, tablespaces and parameters of a cluster, from one server to another of the same major; and what a
// restore says when they are missing. Test programs instantiate it for the majors they are for.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "roundtrip.hpp"
#include "support/servers.hpp"

namespace pgark::test {

// Everything of a cluster by name, passwords included.
inline std::string cluster_state(Cluster& cluster) {
  const int version = cluster.server_version_num();
  std::string sql = R"sql(
SELECT 'role', rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
       rolbypassrls, rolconnlimit, rolpassword, rolvaliduntil AT TIME ZONE 'UTC', shobj_description(oid, 'pg_authid')
  FROM pg_authid WHERE rolname !~ '^pg_' ORDER BY rolname;
SELECT 'settings', coalesce(r.rolname, 'ALL'), coalesce(d.datname, '-'), setconfig FROM pg_db_role_setting s
  LEFT JOIN pg_roles r ON r.oid = setrole LEFT JOIN pg_database d ON d.oid = setdatabase ORDER BY 2, 3;
SELECT 'tablespace', spcname, pg_get_userbyid(spcowner), pg_tablespace_location(oid), spcacl, spcoptions,
       shobj_description(oid, 'pg_tablespace') FROM pg_tablespace ORDER BY spcname;
SELECT 'member', r.rolname, m.rolname, g.rolname, admin_option)sql";
  if (version >= 160000) sql += ", inherit_option, set_option";
  sql +=
      " FROM pg_auth_members a JOIN pg_roles r ON r.oid = roleid JOIN pg_roles m ON m.oid = member"
      " LEFT JOIN pg_roles g ON g.oid = grantor ORDER BY 2, 3, 4;";
  if (version >= 150000) sql += "SELECT 'parameter', parname, paracl FROM pg_parameter_acl ORDER BY parname;";
  return cluster.sql("postgres", sql);
}

inline void make_globals(Cluster& cluster, const std::filesystem::path& tablespace) {
  const int version = cluster.server_version_num();
  cluster.sql("postgres", R"sql(
CREATE ROLE grp NOLOGIN; COMMENT ON ROLE grp IS E'it''s\na group';
CREATE ROLE chief LOGIN CREATEROLE PASSWORD 'chief''s secret' REPLICATION;
CREATE ROLE "Mem ""ber" NOINHERIT CREATEDB CONNECTION LIMIT 3 VALID UNTIL '2031-05-06 07:08:09+02' PASSWORD NULL;
CREATE ROLE rooty SUPERUSER BYPASSRLS;
ALTER ROLE chief SET search_path = 'a b', "$user", "C";
ALTER ROLE chief SET work_mem = '8MB';
ALTER ROLE ALL SET default_transaction_deferrable = on;
GRANT grp TO chief WITH ADMIN OPTION;
GRANT pg_monitor TO grp;
SET SESSION AUTHORIZATION chief;
GRANT grp TO "Mem ""ber";
RESET SESSION AUTHORIZATION;
)sql");
  if (version >= 160000)
    cluster.sql("postgres", "CREATE ROLE sixteen; GRANT grp TO sixteen WITH INHERIT FALSE, SET FALSE");
  if (version >= 150000) {
    cluster.sql("postgres",
                "GRANT SET ON PARAMETER log_statement TO grp WITH GRANT OPTION;"
                "GRANT ALL ON PARAMETER my.parameter TO \"Mem \"\"ber\"");
  }
  cluster.sql("postgres", "CREATE TABLESPACE \"fast ts\" OWNER chief LOCATION '" + tablespace.string() + "'");
  cluster.sql("postgres",
              "ALTER TABLESPACE \"fast ts\" SET (random_page_cost = 1.5);"
              "GRANT CREATE ON TABLESPACE \"fast ts\" TO grp WITH GRANT OPTION;"
              "COMMENT ON TABLESPACE \"fast ts\" IS 'quick'");
  cluster.sql("postgres", "CREATE DATABASE app OWNER chief TABLESPACE \"fast ts\" TEMPLATE template0");
  cluster.sql("postgres", "ALTER ROLE \"Mem \"\"ber\" IN DATABASE app SET work_mem = '9MB'");
  cluster.sql("app",
              "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2);"
              "ALTER TABLE t OWNER TO chief; GRANT SELECT ON t TO grp");
}

class GlobalsTest : public testing::TestWithParam<int> {
 protected:
  GlobalsTest() : source_(start_server(GetParam())) {
    tablespace_ = source_->make_server_folder("fast tablespace");
    make_globals(*source_, tablespace_);
  }
  ProcessResult backup(std::vector<std::string> options = {}) {
    options.insert(options.begin(), {"backup", "-d", source_->conninfo("app"), "-o", archive_});
    return run_long(std::move(options));
  }
  // A folder holds the tablespace of one cluster of a version at a time.
  void free_tablespace() {
    source_->sql("postgres", "DROP DATABASE app");
    source_->sql("postgres", "DROP TABLESPACE \"fast ts\"");
  }

  std::unique_ptr<Cluster> source_;
  std::filesystem::path tablespace_;
  const TempDirectory folder_;
  const std::filesystem::path archive_ = folder_ / "app.pgark";
};

TEST_P(GlobalsTest, a_new_cluster_is_like_the_old_one) {
  source_->sql("postgres", "ALTER ROLE postgres SET lock_timeout = '77s'");
  const std::string before = cluster_state(*source_);
  const ProcessResult backed_up = backup({"--globals", "-v"});
  ASSERT_TRUE(backed_up.ok()) << backed_up.describe();
  const std::string contents = database_contents(*source_, "app");
  const std::unique_ptr<Cluster> target = start_server(GetParam());
  free_tablespace();
  const std::vector<std::string> restore{
      "restore", archive_, "-d", target->conninfo("postgres"), "--create", "--globals", "-v", "-j", "2"};
  const ProcessResult restored = run_long(restore);
  ASSERT_TRUE(restored.ok()) << restored.describe();
  EXPECT_TRUE(same_text("the cluster", before, cluster_state(*target)));
  EXPECT_EQ(database_contents(*target, "app"), contents);
  EXPECT_EQ(target->sql("app",
                        "SELECT spcname FROM pg_database d JOIN pg_tablespace t ON t.oid = dattablespace "
                        "WHERE datname = 'app'"),
            "fast ts");
  // Hashes of passwords are nobody's business.
  const ProcessResult inspected = run_long({"inspect", archive_, "--json"});
  for (const ProcessResult* result : {&backed_up, &restored, &inspected}) {
    EXPECT_THAT(result->out, testing::AllOf(testing::Not(testing::HasSubstr("SCRAM")),
                                            testing::Not(testing::HasSubstr("md5"))));
    EXPECT_THAT(result->err, testing::AllOf(testing::Not(testing::HasSubstr("SCRAM")),
                                            testing::Not(testing::HasSubstr("md5"))));
  }

  // Once more: everything exists, some of it was changed, and the restore is connected as one of the roles.
  target->sql("postgres",
              "ALTER ROLE chief NOLOGIN PASSWORD 'other'; REVOKE grp FROM \"Mem \"\"ber\" GRANTED BY chief;"
              "ALTER ROLE postgres PASSWORD 'new'; ALTER TABLESPACE \"fast ts\" SET (random_page_cost = 9)");
  std::vector<std::string> again = restore;
  again.emplace_back("--clean");
  const ProcessResult repeated = run_long(again);
  ASSERT_TRUE(repeated.ok()) << repeated.describe();
  target->sql("postgres", "ALTER ROLE postgres PASSWORD NULL");  // the archive holds none for it
  EXPECT_TRUE(same_text("the cluster", before, cluster_state(*target)));
}

TEST_P(GlobalsTest, all_that_is_missing_is_told_at_once) {
  ASSERT_TRUE(backup().ok());
  const std::unique_ptr<Cluster> target = start_server(GetParam());
  const ProcessResult restored =
      run_long({"restore", archive_, "-d", target->conninfo("postgres"), "--create"});
  EXPECT_EQ(restored.exit_status, 13) << restored.describe();
  EXPECT_THAT(restored.err,
              testing::AllOf(testing::HasSubstr(R"(roles "Mem ""ber", chief, grp)"),
                             testing::HasSubstr("tablespace \"fast ts\""), testing::HasSubstr("--no-owner"),
                             testing::HasSubstr("nothing has been changed")));
  EXPECT_EQ(target->sql("postgres", "SELECT count(*) FROM pg_database WHERE datname = 'app'"), "0");
  const ProcessResult without =
      run_long({"restore", archive_, "-d", target->conninfo("postgres"), "--no-owner", "--no-privileges"});
  EXPECT_TRUE(without.ok()) << without.describe();
  const ProcessResult globals =
      run_long({"restore", archive_, "-d", target->conninfo("postgres"), "--clean", "--globals"});
  EXPECT_EQ(globals.exit_status, 2) << globals.describe();
  EXPECT_THAT(globals.err, testing::HasSubstr("holds no roles"));
}

TEST_P(GlobalsTest, passwords_need_a_privilege_or_stay_behind) {
  source_->sql("app", "ALTER TABLE t OWNER TO grp; GRANT SELECT ON t TO chief");
  const auto as_chief = [&](const std::vector<std::string>& options) {
    std::vector<std::string> arguments{"backup", "-d",     source_->conninfo("app", "user=chief"),
                                       "-o",     archive_, "--globals"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return run_long(arguments);
  };
  const ProcessResult refused = as_chief({});
  EXPECT_EQ(refused.exit_status, 2) << refused.describe();
  EXPECT_THAT(refused.err,
              testing::AllOf(testing::HasSubstr("passwords"), testing::HasSubstr("--no-role-passwords")));
  EXPECT_FALSE(std::filesystem::exists(archive_));
  const ProcessResult without = as_chief({"--no-role-passwords"});
  ASSERT_TRUE(without.ok()) << without.describe();
  const ProcessResult inspected = run_long({"inspect", archive_});
  EXPECT_THAT(inspected.out, testing::AllOf(testing::HasSubstr("ROLE MEMBERSHIP"),
                                            testing::Not(testing::HasSubstr("ROLE PASSWORD"))));

  std::filesystem::remove(archive_);
  ASSERT_TRUE(backup({"--globals"}).ok());
  const std::unique_ptr<Cluster> target = start_server(GetParam());
  free_tablespace();
  const ProcessResult restored =
      run_long({"restore", archive_, "-d", target->conninfo("postgres"), "--globals", "--no-role-passwords"});
  ASSERT_TRUE(restored.ok()) << restored.describe();
  EXPECT_EQ(target->sql("postgres",
                        "SELECT rolcanlogin, rolpassword IS NULL FROM pg_authid WHERE rolname = "
                        "'chief'"),
            "t|t");
}

TEST_P(GlobalsTest, as_a_script) {
  const std::string before = cluster_state(*source_);
  const std::filesystem::path script = folder_ / "app.sql";
  const ProcessResult backed_up = run_long(
      {"backup", "-d", source_->conninfo("app"), "-F", "plain", "-o", script, "--globals", "--create"});
  ASSERT_TRUE(backed_up.ok()) << backed_up.describe();
  const std::unique_ptr<Cluster> target = start_server(GetParam());
  free_tablespace();
  run_or_throw(target->client(
      "psql", {"-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-o", "/dev/null", "-f", script}));
  EXPECT_TRUE(same_text("the cluster", before, cluster_state(*target)));
}

}  // namespace pgark::test
