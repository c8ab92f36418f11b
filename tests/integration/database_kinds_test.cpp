// Publications, subscriptions, default privileges and large objects, from the trap scripts of tests/fidelity,
// into a new database and back: catalogs by name, bytes of large objects and pg_dump's text are the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/cluster.hpp"
#include "support/process.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kScripts[] = {"f37_default_privileges.sql", "f38_publications.sql",
                                    "f38_publications.15.sql",    "f38_subscriptions.sql",
                                    "f38_subscriptions.14.sql",   "f38_subscriptions.15.sql",
                                    "f40_large_objects.sql"};

// OIDs and the state that is not restored are left out.
constexpr const char* kCatalogSql[] = {
    "SELECT pubname, pubowner::regrole, to_jsonb(p) - 'oid' - 'pubowner', obj_description(oid)"
    " FROM pg_publication p ORDER BY 1",
    "SELECT pubname, schemaname, tablename, attnames, rowfilter FROM pg_publication_tables ORDER BY 1, 2, 3",
    "SELECT pnnspid::regnamespace::text, pubname FROM pg_publication_namespace JOIN pg_publication p"
    " ON p.oid = pnpubid ORDER BY 1, 2",
    "SELECT to_jsonb(s) - 'oid' - 'subdbid' - 'subowner' - 'subenabled', subowner::regrole,"
    " obj_description(oid) FROM pg_subscription s WHERE subdbid = (SELECT oid FROM pg_database WHERE datname "
    "="
    " current_database()) ORDER BY 1",
    "SELECT defaclrole::regrole::text, nullif(defaclnamespace, 0)::regnamespace::text, defaclobjtype,"
    " defaclacl FROM pg_default_acl ORDER BY 1, 2, 3",
    "SELECT relname, relacl FROM pg_class WHERE relname ~ '_defaults$' ORDER BY 1",
    "SELECT oid, lomowner::regrole, lomacl, md5(lo_get(oid)), obj_description(oid, 'pg_largeobject')"
    " FROM pg_largeobject_metadata ORDER BY 1"};

class DatabaseKindsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    Cluster& cluster = Cluster::shared();
    cluster.sql(
        "postgres",
        "CREATE ROLE trap_r1; CREATE ROLE trap_r2; CREATE ROLE \"trap R 3\"; CREATE ROLE trap_login LOGIN");
    cluster.create_database("traps", "TEMPLATE template0");
    for (const char* script : kScripts) run_script("traps", script);
  }
  static void TearDownTestSuite() {
    forget_subscriptions("traps");
    Cluster::shared().drop_database("traps");
  }

  static void run_script(const std::string& database, const std::string& name) {
    const std::string path = std::string(PGARK_SOURCE_DIR) + "/tests/fidelity/" + name;
    run_or_throw(
        Cluster::shared().client("psql", {"-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", path}));
  }

  // A database cannot be dropped while it has subscriptions, nor a subscription with a slot that is not
  // there.
  static void forget_subscriptions(const std::string& database) {
    Cluster::shared().sql(
        database,
        "DO $$ DECLARE s text; BEGIN FOR s IN SELECT subname FROM pg_subscription WHERE subdbid"
        " = (SELECT oid FROM pg_database WHERE datname = current_database()) LOOP"
        " EXECUTE format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', s);"
        " EXECUTE format('DROP SUBSCRIPTION %I', s); END LOOP; END $$");
  }

  static std::string catalog_of(const std::string& database) {
    std::string text;
    for (const char* sql : kCatalogSql) text += Cluster::shared().sql(database, sql) + "\n";
    return text;
  }

  // Backs up and restores into the new database `copy`.
  void round_trip(const std::string& jobs) {
    const std::string archive = (folder_ / ("traps" + jobs)).string();
    const ProcessResult saved =
        run_pgark({"backup", "-v", "-d", Cluster::shared().conninfo("traps"), "-j", jobs, "-o", archive});
    ASSERT_TRUE(saved.ok()) << saved.describe();
    const ProcessResult verified = run_pgark({"verify", archive});
    ASSERT_TRUE(verified.ok()) << verified.describe();
    const ProcessResult listed = run_pgark({"inspect", archive});
    Cluster::shared().create_database("copy", "TEMPLATE template0");
    const ProcessResult restored =
        run_pgark({"restore", archive, "-v", "-d", Cluster::shared().conninfo("copy"), "-j", jobs});
    EXPECT_TRUE(restored.ok()) << restored.describe();
    EXPECT_EQ(catalog_of("traps"), catalog_of("copy"));
    EXPECT_EQ(Cluster::shared().schema_text("traps"), Cluster::shared().schema_text("copy"));
    for (const ProcessResult* result : {&saved, &listed, &restored}) {
      EXPECT_THAT(result->out + result->err, Not(HasSubstr("sesame")));
    }
    forget_subscriptions("copy");
    Cluster::shared().drop_database("copy");
  }

  TempDirectory folder_;
};

TEST_F(DatabaseKindsTest, come_back_through_one_connection) {
  round_trip("1");
}

TEST_F(DatabaseKindsTest, come_back_through_four_connections) {
  round_trip("4");
}

TEST_F(DatabaseKindsTest, restoring_again_with_clean_replaces_large_objects) {
  Cluster& cluster = Cluster::shared();
  const std::string archive = (folder_ / "lo").string();
  cluster.create_database("lo");
  run_script("lo", "f40_large_objects.sql");
  const std::string before = cluster.sql("lo", kCatalogSql[6]);
  ASSERT_TRUE(run_pgark({"backup", "-q", "-d", cluster.conninfo("lo"), "-o", archive}).ok());
  cluster.sql("lo", "SELECT lo_put(4242, 0, 'changed'), lo_unlink(4243), lo_put(50001, 0, 'changed')");
  const ProcessResult refused = run_pgark({"restore", archive, "-d", cluster.conninfo("lo")});
  EXPECT_FALSE(refused.ok());
  const ProcessResult again =
      run_pgark({"restore", archive, "--clean", "-d", cluster.conninfo("lo"), "-j", "3"});
  EXPECT_TRUE(again.ok()) << again.describe();
  EXPECT_EQ(cluster.sql("lo", kCatalogSql[6]), before);
  cluster.drop_database("lo");
}

// pg_largeobject is a superuser's to read: others go through lo_get, and only where they may.
TEST_F(DatabaseKindsTest, an_ordinary_role_saves_the_large_objects_it_may_read) {
  Cluster& cluster = Cluster::shared();
  const std::string archive = (folder_ / "plain_role").string();
  cluster.create_database("lo_owner", "OWNER trap_login");
  cluster.create_database("lo_copy", "OWNER trap_login");
  cluster.sql("lo_owner",
              "SET SESSION AUTHORIZATION trap_login;"
              "SELECT count(lo_from_bytea(60000 + i, decode(repeat(md5(i::text), i % 9), 'hex'))) FROM"
              " generate_series(1, 300) i;"
              "SELECT lo_from_bytea(70001, decode(string_agg(md5(i::text), ''), 'hex')) FROM"
              " generate_series(1, 50000) i;"
              "SELECT lo_create(70002)");
  const std::string before = cluster.sql("lo_owner", kCatalogSql[6]);
  const auto as_owner = [&](const char* database) {
    return "host=127.0.0.1 port=" + std::to_string(cluster.port()) + " user=trap_login dbname=" + database;
  };
  const ProcessResult saved =
      run_pgark({"backup", "-q", "-d", as_owner("lo_owner"), "-j", "3", "-o", archive});
  ASSERT_TRUE(saved.ok()) << saved.describe();
  const ProcessResult restored = run_pgark({"restore", archive, "-q", "-d", as_owner("lo_copy"), "-j", "3"});
  EXPECT_TRUE(restored.ok()) << restored.describe();
  EXPECT_EQ(cluster.sql("lo_copy", kCatalogSql[6]), before);

  cluster.sql("lo_owner", "SELECT lo_create(70010); SELECT lo_create(70011)");
  const ProcessResult denied =
      run_pgark({"backup", "-q", "-d", as_owner("lo_owner"), "--overwrite", "-o", archive});
  EXPECT_FALSE(denied.ok());
  EXPECT_THAT(denied.err, HasSubstr("GRANT SELECT ON LARGE OBJECT 70010, 70011 TO trap_login"));
  cluster.drop_database("lo_owner");
  cluster.drop_database("lo_copy");
}

TEST_F(DatabaseKindsTest, a_hostile_database_is_created_again) {
  Cluster& cluster = Cluster::shared();
  const std::string archive = (folder_ / "hostile").string();
  const std::string name = "traps hostile";
  const char* properties =
      "SELECT datname, datdba::regrole, datacl, datconnlimit, datistemplate, shobj_description(oid,"
      " 'pg_database') FROM pg_database WHERE datname = 'traps hostile' UNION ALL SELECT NULL,"
      " setrole::regrole, NULL, NULL, NULL, setconfig::text FROM pg_db_role_setting WHERE setdatabase ="
      " (SELECT oid FROM pg_database WHERE datname = 'traps hostile') ORDER BY 1, 2";
  cluster.create_database(name, "TEMPLATE template0 CONNECTION LIMIT 7");
  run_script(name, "f39_hostile_database.sql");
  const std::string before = cluster.sql("postgres", properties);
  const ProcessResult saved = run_pgark(
      {"backup", "-q", "-d", cluster.conninfo("postgres", "dbname='traps hostile'"), "-o", archive});
  ASSERT_TRUE(saved.ok()) << saved.describe();
  for (const char* jobs : {"1", "4"}) {
    const ProcessResult restored = run_pgark(
        {"restore", archive, "--create", "--clean", "-q", "-d", cluster.conninfo("postgres"), "-j", jobs});
    EXPECT_TRUE(restored.ok()) << restored.describe();
    EXPECT_EQ(cluster.sql("postgres", properties), before);
  }
  EXPECT_THAT(cluster.sql("postgres", "SELECT count(*) FROM pg_database WHERE datname = 'traps hostile'"),
              HasSubstr("1"));
  cluster.sql("postgres", "ALTER DATABASE \"traps hostile\" IS_TEMPLATE false");
  cluster.drop_database(name);
}

}  // namespace
}  // namespace pgark::test
