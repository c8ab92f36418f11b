// restore --strategy swap by a role that may not make databases: new schemas beside those in use, and pgark
// rollback of them.
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <thread>

#include "cli_fixture.hpp"

namespace pgark::test {
namespace {

// Schemas that need each other, in the ways that names are written in.
constexpr const char* kBoth = R"sql(
CREATE SCHEMA a; CREATE SCHEMA "B b";
CREATE TYPE a.mood AS ENUM ('good', 'bad');
CREATE TABLE a.state (what text, mood a.mood DEFAULT 'good', h ext.hstore);
CREATE TABLE "B b".numbers (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n serial, t text);
CREATE TABLE a.refers (id int REFERENCES "B b".numbers, at timestamptz) PARTITION BY RANGE (id);
CREATE TABLE a.p1 PARTITION OF a.refers FOR VALUES FROM (0) TO (1000);
CREATE VIEW "B b".v AS SELECT what FROM a.state; CREATE MATERIALIZED VIEW a.m AS SELECT count(*) FROM "B b".numbers;
CREATE FUNCTION a.by_path() RETURNS text LANGUAGE plpgsql SET search_path = a, "B b", pg_temp AS 'BEGIN RETURN (SELECT what || count(*) FROM state, numbers GROUP BY what); END';
CREATE FUNCTION a.by_name() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT what FROM a.state); END';
CREATE FUNCTION a.in_sql() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT what FROM a.state; END;
CREATE TABLE loose (a int); CREATE TABLE defaults (t text DEFAULT a.by_name());
ALTER DEFAULT PRIVILEGES IN SCHEMA a GRANT SELECT ON TABLES TO reader;
GRANT USAGE ON SCHEMA a TO reader; GRANT SELECT ON a.state TO reader; COMMENT ON TABLE a.state IS 'a state';
)sql";

class SchemaSwapTest : public CliFixture {
 protected:
  SchemaSwapTest() : CliFixture(server()) {}
  static Cluster& server() {
    static Cluster cluster(with_settings({"max_prepared_transactions = 2"}));
    return cluster;
  }
  void SetUp() override {
    drop_all_databases();
    cluster_.sql(
        "postgres",
        "DROP ROLE IF EXISTS app; DROP ROLE IF EXISTS reader; CREATE ROLE app LOGIN; CREATE ROLE reader");
    for (const char* name : {"next", "shop"}) {
      cluster_.create_database(name, "TEMPLATE template0 OWNER app");
      cluster_.sql(
          name, "CREATE SCHEMA ext; GRANT USAGE ON SCHEMA ext TO PUBLIC; CREATE EXTENSION hstore SCHEMA ext");
      as_app(name, kBoth);
    }
    as_app("shop",
           "INSERT INTO a.state VALUES ('old', 'bad', 'a=>1'); INSERT INTO \"B b\".numbers (t) VALUES ('x');"
           "CREATE SCHEMA gone; CREATE TABLE gone.t (s a.mood); REVOKE ALL ON SCHEMA public FROM PUBLIC");
    as_app("next",
           "INSERT INTO a.state VALUES ('new', 'good', 'b=>2'); INSERT INTO \"B b\".numbers (t) SELECT "
           "n::text FROM"
           " generate_series(1, 500) n; INSERT INTO a.refers SELECT n, now() FROM generate_series(1, 500) n;"
           "INSERT INTO public.loose SELECT generate_series(1, 5000); CREATE SCHEMA c; CREATE VIEW c.v AS "
           "SELECT * FROM"
           " a.state; REFRESH MATERIALIZED VIEW a.m; GRANT CREATE ON SCHEMA public TO reader");
    cluster_.sql("next", "ALTER DATABASE next SET work_mem = '5MB'");
    back_up("next");
    cluster_.create_database("before", "TEMPLATE shop OWNER app");
  }
  void TearDown() override {
    drop_all_databases();
    cluster_.sql("postgres", "DROP ROLE app; DROP ROLE reader");
  }
  std::string as_app(const std::string& database, const std::string& sql) {
    return cluster_.sql(database, "SET SESSION AUTHORIZATION app; " + sql);
  }
  std::string shop(const std::string& sql) { return cluster_.sql("shop", sql); }
  std::string state() { return shop("SELECT what FROM a.state"); }
  Words swap_words(const Words& options = {}) const {
    return joined(
        {"restore", archive_, "-d", cluster_.conninfo("shop", "user=app"), "--strategy", "swap", "-j", "2"},
        joined(options, {"--force"}));
  }
  ProcessResult swap(const Words& options = {}) const { return run_pgark(swap_words(options)); }
  ProcessResult rollback(const Words& options = {}) const {
    return run_pgark(joined({"rollback", "-d", cluster_.conninfo("shop", "user=app"), "--force"}, options));
  }
  std::string schemas() {
    return shop(
        "SELECT string_agg(regexp_replace(nspname, '_[0-9TZ]+$', ''), ' ' ORDER BY nspname) FROM"
        " pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'");
  }
  void expect_untouched() {
    EXPECT_EQ(schemas(), "B b a ext gone public");
    EXPECT_TRUE(same_database(cluster_, "before", cluster_, "shop"));
  }
};

TEST_F(SchemaSwapTest, TakesThePlaceAndIsTakenBack) {
  expect(swap(), 0, {"may not make databases", "took their place", "stay as they are"});
  EXPECT_EQ(state(), "new");
  EXPECT_EQ(schemas(), "B b B b_pgark_old a a_pgark_old c ext gone_pgark_old public public_pgark_old");
  EXPECT_EQ(shop("SELECT a.by_path(), a.by_name(), a.in_sql()"), "new500|new|new");
  EXPECT_EQ(shop("SELECT nextval('\"B b\".numbers_n_seq')"), "501");
  expect(run_pgark({"rollback", "-d", cluster_.conninfo("shop"), "--list"}), 0,
         {"schemas B b_pgark_old_2", "gone_pgark_old_2", "in use until a restore", " whole "});

  expect(rollback(), 0, {"rollback complete"});
  EXPECT_EQ(state(), "old");
  EXPECT_EQ(shop("SELECT a.by_path(), a.by_name(), a.in_sql()"), "old1|old|old");
  expect(rollback({"--discard"}), 0, {"c_pgark_undone"});
  expect_untouched();

  expect(swap(), 0, {});
  expect(rollback({"--discard"}), 0, {});
  EXPECT_TRUE(same_database(cluster_, "next", cluster_, "shop"));
}

// One connection that stays: its statements, prepared ones too, find the old schemas and then the new ones.
TEST_F(SchemaSwapTest, NobodyIsSentAway) {
  const std::string log = (folder_ / "answers").string();
  Command client = cluster_.client("psql", {"-XAtq", "-v", "ON_ERROR_STOP=1", "-d", "shop", "-o", log});
  client.input = "PREPARE q AS SELECT what FROM a.state;\n";
  for (int i = 0; i < 100000; ++i)
    client.input += "EXECUTE q; SELECT what FROM \"B b\".v; SELECT pg_sleep(0.001);\n";
  Process other(std::move(client));
  wait_until([&] { return read_file(log).size() > 100; });
  expect(swap(), 0, {});
  const std::size_t at = read_file(log).size();
  wait_until([&] { return read_file(log).size() > at + 10000 || !other.running(); });
  EXPECT_TRUE(other.running()) << other.wait().describe();
  other.send(SIGKILL);
  std::istringstream lines(read_file(log));
  std::string last = "old";
  for (std::string what; std::getline(lines, what);) {
    if (what.size() != 3) continue;
    EXPECT_TRUE(what == "old" || what == "new") << what;
    EXPECT_FALSE(last == "new" && what == "old");
    last = what;
  }
  EXPECT_EQ(last, "new");
}

TEST_F(SchemaSwapTest, WhoIsWritingIsWaitedFor) {
  Process writer(
      cluster_.client("psql", {"-Xq", "-d", "shop", "-c", "BEGIN; INSERT INTO a.state VALUES ('late')", "-c",
                               "SELECT pg_sleep(600)"}));
  wait_until([this] {
    return sessions("query LIKE '%pg_sleep(600)%' AND state = 'active' AND pid <> pg_backend_pid()") != "0";
  });
  expect(swap(), 5, {"lock timeout", "in use as before", "the restored ones wait as *_pgark_new_"});
  EXPECT_EQ(state(), "old");
  cluster_.sql("postgres",
               "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND"
               " pid <> pg_backend_pid()");
  writer.wait();
  const std::string name = shop("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'a\\_pgark\\_new%'");
  expect(run_pgark({"rollback", "-d", cluster_.conninfo("shop"), "--list"}), 0,
         {"never took the place", " whole "});
  expect(rollback({"--to", name}), 0, {});
  EXPECT_EQ(state(), "new");
  EXPECT_EQ(shop("SELECT a.by_path()"), "new500");
  EXPECT_EQ(shop("SELECT count(*) FROM pg_namespace WHERE nspname LIKE '%unfinished%'"), "0");
  // It is the restore that has taken its place now.
  expect(rollback(), 0, {"rollback complete"});
  EXPECT_EQ(state(), "old");
}

TEST_F(SchemaSwapTest, WhatDoesNotComeOutWholeTakesNoPlace) {
  as_app("next",
         "CREATE TABLE c.picky (d text CHECK (d = 'x' OR current_database() = 'next')); INSERT INTO c.picky "
         "VALUES ('y')");
  back_up("next");
  expect(swap(), 14, {"picky", "untouched"});
  expect_untouched();
}

TEST_F(SchemaSwapTest, AKillLeavesTheOldOnesInUse) {
  as_app("next", "CREATE TABLE c.big AS SELECT n, repeat('x', 300) t FROM generate_series(1, 300000) n");
  back_up("next");
  for (const char* phase : {"loading rows", "proving what was restored"}) {
    SCOPED_TRACE(phase);
    Process process(pgark(swap_words()));
    wait_for_phase(process, phase);
    process.send(SIGKILL);
    process.wait();
    EXPECT_EQ(state(), "old");
    wait_until([this] { return sessions("datname = 'shop' AND application_name LIKE 'pgark%'") == "0"; });
    expect(rollback({"--list"}), 0, {"never took the place", " unfinished "});
    const std::string name = shop("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'a\\_pgark\\_new%'");
    expect(rollback({"--to", name}), 13, {"is not whole", "nothing has been changed"});
    EXPECT_EQ(state(), "old");
    expect(rollback({"--discard"}), 0, {"c_pgark_new"});
    expect_untouched();
  }
}

// The archive has nothing in it, but says whose it is, what it is for and who may use it.
TEST_F(SchemaSwapTest, AnEmptyPublicComesToo) {
  cluster_.sql("next",
               "DROP TABLE public.loose, public.defaults CASCADE; ALTER SCHEMA public OWNER TO app; COMMENT "
               "ON SCHEMA public "
               "IS 'of next'");
  shop("ALTER SCHEMA public OWNER TO app");
  back_up("next");
  expect(swap(), 0, {"took their place"});
  EXPECT_EQ(shop("SELECT nspowner::regrole, obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE "
                 "nspname = 'public'"),
            "app|of next");
  EXPECT_EQ(shop("SELECT has_schema_privilege('reader', 'public', 'CREATE')"), "t");
}

// Each is named, and nothing has changed.
TEST_F(SchemaSwapTest, WhatCannotBeSwappedBySchemaIsRefused) {
  struct Case {
    const char* in_next;
    const char* in_shop;
    Words parts;
  };
  const std::vector<Case> cases{
      {"SELECT lo_create(4711)", "", {"LARGE OBJECT"}},
      {"CREATE PUBLICATION pub FOR TABLE a.state", "", {"PUBLICATION pub", "--no-publications"}},
      {"CREATE CAST (a.mood AS a.mood[]) WITH INOUT", "", {"CAST"}},
      {"RESET SESSION AUTHORIZATION; CREATE FUNCTION a.et() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN "
       "END'; CREATE "
       "EVENT TRIGGER et ON "
       "sql_drop EXECUTE FUNCTION a.et()",
       "",
       {"EVENT TRIGGER et"}},
      {"RESET SESSION AUTHORIZATION; CREATE EXTENSION citext SCHEMA ext",
       "",
       {"extensions of the archive are not in the database", "citext"}},
      {"CREATE SCHEMA a_name_that_is_much_too_long_for_it",
       "",
       {"a_name_that_is_much_too_long_for_it is too long"}},
      {"CREATE MATERIALIZED VIEW c.by_name AS SELECT a.by_name()",
       "",
       {"MATERIALIZED VIEW c.by_name", "FUNCTION a.by_name()", "names a schema as text"}},
      {"CREATE TABLE c.names (r regclass)", "", {"TABLE c.names", "the names in the rows of column r"}},
      {"RESET SESSION AUTHORIZATION; CREATE TABLE ext.t (a int)", "", {"TABLE ext.t", "holds an extension"}},
      {"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader", "", {"DEFAULT ACL"}},
      {"",
       "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader",
       {"default privileges in no schema", "of role app"}},
      {"", "CREATE PUBLICATION pub FOR TABLE a.state", {"publication pub", "set aside"}},
      {"", "CREATE CAST (a.mood AS \"B b\".numbers) WITH INOUT", {"cast from a.mood"}},
      {"",
       "RESET SESSION AUTHORIZATION; CREATE FUNCTION a.et() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN "
       "END'; CREATE "
       "EVENT TRIGGER et "
       "ON sql_drop EXECUTE FUNCTION a.et()",
       {"event trigger et"}},
      {"",
       "RESET SESSION AUTHORIZATION; CREATE SCHEMA others; CREATE TABLE others.t (a int)",
       {"does not own", "others (of postgres)"}},
      {"", "RESET SESSION AUTHORIZATION; CREATE TABLE ext.mine (m a.mood)", {"table ext.mine"}},
      {"",
       "BEGIN; INSERT INTO a.state VALUES ('x'); PREPARE TRANSACTION 'held'",
       {"prepared transactions: 'held'"}},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(std::string(one.in_next) + one.in_shop);
    TearDown();
    SetUp();
    as_app("next", one.in_next);
    as_app("shop", one.in_shop);
    back_up("next");
    const std::string there = schemas();
    expect(swap(), 13, joined(one.parts, {"nothing has been changed"}));
    EXPECT_EQ(schemas(), there);
    EXPECT_EQ(state(), "old");
    if (std::string(one.in_shop).find("held") != std::string::npos) shop("ROLLBACK PREPARED 'held'");
  }
}

TEST_F(SchemaSwapTest, ARehearsalLeavesNothing) {
  expect(swap({"--rehearse"}), 0, {"rehearsal complete"});
  expect_untouched();
}

}  // namespace
}  // namespace pgark::test
