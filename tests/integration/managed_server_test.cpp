// Restores by a role that is no superuser and owns the target database, as on servers that a provider runs:
// what it may not do is named, and everything else is restored.
#include <gmock/gmock.h>

#include "adapt_fixture.hpp"

namespace pgark::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ManagedServerTest : public AdaptTest {
 protected:
  void SetUp() override {
    cluster_.sql("postgres", "CREATE ROLE cloud LOGIN CREATEDB CREATEROLE");
    cluster_.create_database(copy_, "TEMPLATE template0 OWNER cloud");
    cluster_.create_database("special", "TEMPLATE template0");
    cluster_.sql("special", std::string("SET client_min_messages = error;") + kSuperuserSql);
    run_or_throw(
        pgark_command({"backup", "-q", "-d", cluster_.conninfo("special"), "-o", special_, "--overwrite"}));
  }
  void TearDown() override {
    cluster_.sql("special", "ALTER SUBSCRIPTION sub SET (slot_name = NONE); DROP SUBSCRIPTION sub");
    cluster_.drop_database("special");
    cluster_.drop_database(copy_);
    cluster_.sql("postgres", "DROP ROLE cloud");
  }

  // What only a superuser may make, and beside it what anybody may.
  static constexpr const char* kSuperuserSql = R"sql(
CREATE EXTENSION hstore;
CREATE TABLE t (a int PRIMARY KEY, h hstore); INSERT INTO t VALUES (1, 'a=>1');
CREATE TABLE r (a int REFERENCES t); INSERT INTO r VALUES (1); CREATE VIEW v AS SELECT a FROM t;
CREATE PUBLICATION pub_all FOR ALL TABLES; CREATE PUBLICATION pub_one FOR TABLE t;
CREATE FUNCTION et() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER evt ON ddl_command_start EXECUTE FUNCTION et();
CREATE SUBSCRIPTION sub CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false);
CREATE FOREIGN DATA WRAPPER fdw; CREATE SERVER srv FOREIGN DATA WRAPPER fdw;
CREATE FUNCTION leak(int) RETURNS bool LANGUAGE sql LEAKPROOF AS 'SELECT true';
CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO alice WITH GRANT OPTION;
SET SESSION AUTHORIZATION alice; GRANT USAGE ON SCHEMA s TO carol; RESET SESSION AUTHORIZATION;
ALTER TABLE r DISABLE TRIGGER ALL; ALTER TABLE t OWNER TO alice; GRANT SELECT ON v TO alice;
)sql";

  ProcessResult restore_as_cloud(const std::string& archive, const Words& options) {
    return run(pgark_command(
        joined({"restore", archive, "-d", cluster_.conninfo(copy_, "user=cloud"), "-j", "2"}, options)));
  }
  // "KIND name" of what failed by itself, not because something that it needs did.
  static std::set<std::string> failed(const ProcessResult& result) {
    std::set<std::string> names;
    std::istringstream lines(result.err);
    constexpr std::string_view kError = "pgark: error: ";
    for (std::string line; std::getline(lines, line);) {
      const std::size_t end = line.find(": ", kError.size());
      if (line.starts_with(kError) && end != std::string::npos)
        names.insert(line.substr(kError.size(), end - kError.size()));
    }
    return names;
  }

  const std::string special_ = (*folder() / "special.pgark").string();
};

TEST_F(ManagedServerTest, an_ordinary_database_is_restored_whole) {
  const ProcessResult result = restore_as_cloud(archive(), {"--no-owner", "-x", "--verify"});
  // A foreign data wrapper and what hangs on it, and triggers of keys that do not fire.
  EXPECT_EQ(result.exit_status, 14) << result.describe();
  EXPECT_EQ(failed(result),
            (std::set<std::string>{"FOREIGN DATA WRAPPER fdw", "TRIGGER b.orders_user_id_fkey on orders",
                                   "TRIGGER a.users_id_n_key on users"}))
      << result.describe();
  cluster_.create_database("reference", "TEMPLATE template0");
  run_or_throw(pgark_command({"restore", "-q", archive(), "-d", cluster_.conninfo("reference")}));
  cluster_.sql("reference", "SET client_min_messages = error; DROP FOREIGN DATA WRAPPER fdw CASCADE");
  EXPECT_TRUE(
      same_text("definitions", definitions("reference", {"-O", "-x"}), definitions(copy_, {"-O", "-x"})));
  EXPECT_TRUE(
      same_text("rows", database_contents(cluster_, "reference"), database_contents(cluster_, copy_)));
  cluster_.drop_database("reference");
}

TEST_F(ManagedServerTest, what_needs_a_superuser_is_named_and_the_rest_is_there) {
  const ProcessResult result = restore_as_cloud(special_, {"--no-owner"});
  EXPECT_EQ(result.exit_status, 14) << result.describe();
  std::set<std::string> expected{"PUBLICATION pub_all",           "EVENT TRIGGER evt",
                                 "FOREIGN DATA WRAPPER fdw",      "ACL SCHEMA s",
                                 "FUNCTION public.leak(integer)", "TRIGGER public.r_a_fkey on r"};
  if (cluster_.server_version_num() < 160000) expected.insert("SUBSCRIPTION sub");
  EXPECT_EQ(failed(result), expected) << result.describe();
  EXPECT_EQ(sql("SELECT count(*) FROM r JOIN v USING (a)"), "1");
  EXPECT_EQ(sql("SELECT string_agg(pubname, ' ') FROM pg_publication"), "pub_one");
  // Granted by the one who restores, in place of alice.
  EXPECT_EQ(
      sql("SELECT has_schema_privilege('carol', 's', 'USAGE'), has_schema_privilege('alice', 's', 'USAGE')"),
      "t|t");
  EXPECT_THAT(result.err, HasSubstr("its privileges were granted by this role"));
}

TEST_F(ManagedServerTest, owners_that_may_not_be_set) {
  const ProcessResult refused = restore_as_cloud(special_, {"-t", "t"});
  EXPECT_EQ(refused.exit_status, 13) << refused.describe();
  EXPECT_THAT(refused.err, HasSubstr("--owner-if-allowed"));
  sql("CREATE EXTENSION hstore");
  const ProcessResult result = restore_as_cloud(special_, {"-t", "t", "--owner-if-allowed"});
  EXPECT_TRUE(result.ok()) << result.describe();
  EXPECT_THAT(result.err,
              HasSubstr("1 objects stay with the role that restores them, which may not give them to"
                        " role alice: TABLE public.t"));
  EXPECT_EQ(sql("SELECT relowner::regrole FROM pg_class WHERE oid = 't'::regclass"), "cloud");
}

TEST_F(ManagedServerTest, owners_that_may_be_set_are_set) {
  cluster_.sql("postgres", "GRANT alice TO cloud");
  sql("CREATE EXTENSION hstore; GRANT CREATE ON SCHEMA public TO alice");
  const ProcessResult result = restore_as_cloud(special_, {"-t", "t", "--owner-if-allowed"});
  EXPECT_TRUE(result.ok()) << result.describe();
  EXPECT_EQ(sql("SELECT relowner::regrole FROM pg_class WHERE oid = 't'::regclass"), "alice");
  EXPECT_THAT(result.err, Not(HasSubstr("stay with the role")));
}

TEST_F(ManagedServerTest, an_owner_that_may_not_create_in_the_schema_is_told_with_what_helps) {
  cluster_.sql("postgres", "GRANT alice TO cloud");
  sql("CREATE EXTENSION hstore; REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT CREATE ON SCHEMA public TO "
      "cloud");
  const ProcessResult result = restore_as_cloud(special_, {"-t", "t"});
  EXPECT_EQ(result.exit_status, 14) << result.describe();
  EXPECT_THAT(result.err,
              HasSubstr("--map-owner OLD=NEW gives it to another role, --no-owner leaves owners out"));
  EXPECT_EQ(sql("SELECT count(*) FROM t"), "1");
}

TEST_F(ManagedServerTest, an_extension_that_somebody_else_has_made) {
  sql("CREATE EXTENSION hstore");
  const ProcessResult result = restore_as_cloud(
      special_, {"-t", "t", "--with-dependencies", "--no-owner", "-x", "--section", "pre-data"});
  EXPECT_TRUE(result.ok()) << result.describe();
  EXPECT_THAT(result.err, HasSubstr("COMMENT EXTENSION hstore: the comment that it has is kept"));
}

TEST_F(ManagedServerTest, tablespaces_that_are_not_its_own) {
  cluster_.sql("postgres",
               "CREATE TABLESPACE fast LOCATION '" + cluster_.make_server_folder("fast").string() + "'");
  cluster_.create_database("placed", "TEMPLATE template0");
  cluster_.sql("placed", "CREATE TABLE t (a int) TABLESPACE fast");
  const std::string path = (*folder() / "placed.pgark").string();
  run_or_throw(pgark_command({"backup", "-q", "-d", cluster_.conninfo("placed"), "-o", path, "--overwrite"}));
  cluster_.drop_database("placed");
  const ProcessResult refused = restore_as_cloud(path, {"--no-owner"});
  EXPECT_EQ(refused.exit_status, 13) << refused.describe();
  EXPECT_THAT(refused.err, HasSubstr("may not create objects in tablespace fast"));
  const ProcessResult result = restore_as_cloud(path, {"--no-owner", "--no-tablespaces"});
  EXPECT_TRUE(result.ok()) << result.describe();
  cluster_.sql("postgres", "DROP TABLESPACE fast");
}

}  // namespace
}  // namespace pgark::test
