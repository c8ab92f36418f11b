// restore --strategy swap by schemas: owner and privileges of the new public are the archive's, whatever the
// one in use had, and what the role may not give is told. An archive says nothing of what initdb gives.
#include <map>
#include <memory>
#include <string>

#include "cli_fixture.hpp"
#include "support/servers.hpp"

namespace pgark::test {
namespace {

Cluster& server_of(int major) {
  static std::map<int, std::unique_ptr<Cluster>> servers;
  std::unique_ptr<Cluster>& server = servers[major];
  if (!server) server = start_server(major, with_settings({}));
  return *server;
}

struct Owners {
  const char* in_archive;
  const char* of_database;
  const char* in_use;
  const char* then;
};

class SchemaSwapPublicTest : public CliFixture, public testing::WithParamInterface<int> {
 protected:
  SchemaSwapPublicTest() : CliFixture(server_of(GetParam())) {}
  void SetUp() override {
    drop_all_databases();
    cluster_.sql(
        "postgres",
        "DROP ROLE IF EXISTS app; DROP ROLE IF EXISTS reader; CREATE ROLE app LOGIN; CREATE ROLE reader");
  }
  void TearDown() override {
    drop_all_databases();
    cluster_.sql("postgres", "DROP ROLE app; DROP ROLE reader");
  }

  std::string as_app(const std::string& database, const std::string& sql) {
    return cluster_.sql(database, "SET SESSION AUTHORIZATION app; " + sql);
  }
  std::string of_public(const std::string& database, const std::string& what) {
    return cluster_.sql(database, "SELECT " + what + " FROM pg_namespace WHERE nspname = 'public'");
  }
  void make_databases(const Owners& owners) {
    for (const char* name : {"next", "shop"}) {
      cluster_.drop_database(name);
      cluster_.create_database(name, std::string("TEMPLATE template0 OWNER ") + owners.of_database);
      const bool is_next = std::string(name) == "next";
      cluster_.sql(name, std::string("GRANT CREATE ON DATABASE ") + name +
                             " TO app; CREATE SCHEMA a AUTHORIZATION app; ALTER SCHEMA public OWNER TO " +
                             (is_next ? owners.in_archive : owners.in_use));
    }
    as_app("next", "CREATE TABLE a.t AS SELECT 1 AS n");
  }
  ProcessResult swap(const Words& options = {}) {
    back_up("next");
    return run_pgark(joined(
        {"restore", archive_, "-d", cluster_.conninfo("shop", "user=app"), "--strategy", "swap", "--force"},
        options));
  }
  ProcessResult rollback() {
    return run_pgark({"rollback", "-d", cluster_.conninfo("shop", "user=app"), "--force"});
  }
  static bool tells(const ProcessResult& swapped, const Owners& owners) {
    const std::string told = std::string("stays with role app, which may not give it to role ") +
                             owners.in_archive + ", its owner in the archive";
    return swapped.err.find("SCHEMA public: " + told) != std::string::npos;
  }
};

TEST_P(SchemaSwapPublicTest, IsOwnedAsInTheArchive) {
  const std::vector<Owners> cases{
      {"pg_database_owner", "app", "pg_database_owner", "pg_database_owner"},
      {"pg_database_owner", "app", "app", "pg_database_owner"},
      {"pg_database_owner", "postgres", "app", "app"},
      {"app", "app", "pg_database_owner", "app"},
      {"app", "postgres", "app", "app"},
      {"reader", "app", "pg_database_owner", "app"},
  };
  for (const Owners& owners : cases) {
    SCOPED_TRACE(std::string(owners.in_archive) + ", " + owners.of_database + ", " + owners.in_use);
    make_databases(owners);
    const ProcessResult swapped = swap();
    expect(swapped, 0, {"took their place"});
    const bool stays = std::string(owners.then) != owners.in_archive;
    EXPECT_EQ(tells(swapped, owners), stays) << swapped.describe();
    EXPECT_EQ(of_public("shop", "nspowner::regrole"), owners.then);
    if (!stays) {
      EXPECT_EQ(of_public("shop", "nspacl"), of_public("next", "nspacl"));
    }
    as_app("shop", "CREATE TABLE public.more (a int); DROP TABLE public.more");
    expect(rollback(), 0, {"rollback complete"});
    EXPECT_EQ(of_public("shop", "nspowner::regrole"), owners.in_use);
  }
}

TEST_P(SchemaSwapPublicTest, HasThePrivilegesOfTheArchive) {
  for (const char* const in_use : {"app", "pg_database_owner"}) {
    make_databases({"pg_database_owner", "app", in_use, ""});
    cluster_.sql("next",
                 "REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT ALL ON SCHEMA public TO app; GRANT USAGE ON "
                 "SCHEMA public TO reader; COMMENT ON SCHEMA public IS NULL; CREATE TABLE public.t (a int); "
                 "ALTER TABLE public.t OWNER TO app");
    expect(swap(), 0, {"took their place"});
    EXPECT_EQ(of_public("shop", "nspacl"), of_public("next", "nspacl"));
    EXPECT_EQ(of_public("shop", "nspowner::regrole"), "pg_database_owner");
    EXPECT_EQ(of_public("shop", "obj_description(oid, 'pg_namespace')"), "");
  }
}

TEST_P(SchemaSwapPublicTest, IsMadeWhereTheArchiveHasNone) {
  make_databases({"pg_database_owner", "app", "app", ""});
  cluster_.sql("next", "DROP SCHEMA public");
  expect(swap(), 0, {"took their place"});
  EXPECT_EQ(of_public("shop", "nspowner::regrole"), "pg_database_owner");
  EXPECT_EQ(of_public("shop", "obj_description(oid, 'pg_namespace')"), "standard public schema");
}

// Owners are not wanted: it is what a new database has, and nothing is missed.
TEST_P(SchemaSwapPublicTest, IsAnybodysWithoutOwners) {
  const Owners owners{"reader", "postgres", "app", "app"};
  make_databases(owners);
  const ProcessResult swapped = swap({"--no-owner"});
  expect(swapped, 0, {"took their place"});
  EXPECT_EQ(swapped.err.find("stays with role"), std::string::npos) << swapped.describe();
  EXPECT_EQ(of_public("shop", "nspowner::regrole"), "app");
}

INSTANTIATE_TEST_SUITE_P(Majors, SchemaSwapPublicTest, testing::Values(15, 18));

}  // namespace
}  // namespace pgark::test
