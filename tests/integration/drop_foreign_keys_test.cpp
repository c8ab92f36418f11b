// restore --drop-foreign-keys: rows into a live schema by a role that is no superuser. Every key comes back
// as it was, whatever happens in between.
#include <csignal>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

#include "cli_fixture.hpp"
#include "support/servers.hpp"

namespace pgark::test {
namespace {

// Rows that no order makes good: tables that refer to each other and to themselves. Keys of every form: with
// several columns, deferred, with comments, quoted names, not valid, of and to partitioned tables, with names
// and comments of their own on partitions.
constexpr const char* kSchema = R"sql(
CREATE SCHEMA s; SET search_path = s;
CREATE TABLE a (id int PRIMARY KEY, b int, x int, y int, UNIQUE (x, y));
CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a, x int, y int, t text);
ALTER TABLE a ADD CONSTRAINT "the b of 'a'" FOREIGN KEY (b) REFERENCES b DEFERRABLE INITIALLY DEFERRED;
COMMENT ON CONSTRAINT "the b of 'a'" ON a IS 'it''s back';
ALTER TABLE b ADD CONSTRAINT two FOREIGN KEY (x, y) REFERENCES a (x, y) MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL;
CREATE TABLE tree (id int PRIMARY KEY, up int CONSTRAINT "Up" REFERENCES tree ON DELETE RESTRICT DEFERRABLE);
CREATE TABLE loose (id int, a int); INSERT INTO loose VALUES (1, -1);
ALTER TABLE loose ADD CONSTRAINT of_a FOREIGN KEY (a) REFERENCES a NOT VALID;
CREATE TABLE parts (id int PRIMARY KEY, a int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF parts FOR VALUES FROM (0) TO (500);
CREATE TABLE p2 (id int NOT NULL PRIMARY KEY, a int CONSTRAINT own_name REFERENCES a);
COMMENT ON CONSTRAINT own_name ON p2 IS 'of the partition';
ALTER TABLE parts ADD CONSTRAINT whole FOREIGN KEY (a) REFERENCES a;
COMMENT ON CONSTRAINT whole ON parts IS 'of all'; COMMENT ON CONSTRAINT whole ON p1 IS 'of p1';
ALTER TABLE parts ATTACH PARTITION p2 FOR VALUES FROM (500) TO (2000);
CREATE TABLE of_parts (id int PRIMARY KEY, part int REFERENCES parts);
CREATE TABLE deep (v int, w int, a int CONSTRAINT whole REFERENCES a) PARTITION BY LIST (v);
CREATE TABLE deep1 (v int, w int, a int CONSTRAINT middle REFERENCES a) PARTITION BY LIST (w);
CREATE TABLE deep11 (v int, w int, a int CONSTRAINT whole REFERENCES a);
ALTER TABLE deep1 ATTACH PARTITION deep11 FOR VALUES IN (1);
ALTER TABLE deep ATTACH PARTITION deep1 FOR VALUES IN (1);
)sql";
constexpr const char* kRows = R"sql(
SET search_path = s; SET CONSTRAINTS ALL DEFERRED;
BEGIN; SET CONSTRAINTS ALL DEFERRED;
INSERT INTO a SELECT n, 1001 - n, n, n FROM generate_series(1, 1000) n;
INSERT INTO b SELECT n, n, n, n, repeat('t', 200) FROM generate_series(1, 1000) n; COMMIT;
INSERT INTO tree SELECT n, 1001 - n FROM generate_series(1, 1000) n;
INSERT INTO parts SELECT n, n FROM generate_series(1, 1000) n;
INSERT INTO of_parts SELECT n, n FROM generate_series(1, 1000) n;
INSERT INTO deep VALUES (1, 1, 1);
)sql";

// Everything about all keys, and their names on partitions; those that the server makes for the partitions of
// a table referred to have names of its choice.
constexpr const char* kKeysSql =
    "SELECT c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid), c.convalidated, c.condeferrable,"
    " c.condeferred, c.conislocal, c.coninhcount, c.connoinherit, p.conname, c.conindid::regclass,"
    " obj_description(c.oid, 'pg_constraint'), (SELECT string_agg(t.tgenabled::text, '') FROM pg_trigger t"
    " WHERE t.tgconstraint = c.oid) FROM pg_constraint c LEFT JOIN pg_constraint p ON p.oid = c.conparentid"
    " WHERE c.contype = 'f' AND (p.oid IS NULL OR c.conrelid <> p.conrelid) ORDER BY "
    "c.conrelid::regclass::text, 2";

class DropForeignKeysTest : public CliFixture, public testing::WithParamInterface<int> {
 protected:
  DropForeignKeysTest() : CliFixture(server(GetParam())) {}
  static Cluster& server(int major) {
    static std::map<int, std::unique_ptr<Cluster>> servers;
    auto& found = servers[major];
    if (!found) found = start_server(major, with_settings({}));
    return *found;
  }
  void SetUp() override {
    drop_all_databases();
    cluster_.sql("postgres", "DROP ROLE IF EXISTS app; CREATE ROLE app LOGIN");
    for (const char* name : {"source", "live"})
      cluster_.create_database(name, "TEMPLATE template0 OWNER app");
    for (const char* name : {"source", "live"})
      cluster_.sql(name, std::string("SET SESSION AUTHORIZATION app;") + kSchema);
    cluster_.sql("source", kRows);
    live("TRUNCATE s.loose");
    back_up("source");
    keys_ = keys();
  }
  void TearDown() override {
    holder_.reset();
    drop_all_databases();
    cluster_.sql("postgres", "DROP ROLE IF EXISTS other");
  }
  std::string live(const std::string& sql) { return cluster_.sql("live", sql); }
  std::string keys() { return live(kKeysSql); }
  std::string key_count() { return live("SELECT count(*) FROM pg_constraint WHERE contype = 'f'"); }
  Words as_app(const Words& options) const {
    return joined({"restore", archive_, "-d", cluster_.conninfo("live", "user=app"), "-a"}, options);
  }
  ProcessResult load(const Words& options) {
    return run_pgark(as_app(joined({"--drop-foreign-keys"}, options)));
  }
  void expect_as_before() {
    EXPECT_EQ(keys(), keys_);
    EXPECT_EQ(live("SELECT count(*) FROM pg_namespace WHERE nspname = 'pgark_restore'"), "0");
  }
  void expect_loaded() {
    expect_as_before();
    EXPECT_TRUE(same_rows("source", "live"));
  }
  bool same_rows(const std::string& one, const std::string& other) {
    const char* sql =
        "SELECT md5(string_agg(r, ',' ORDER BY r)) FROM (SELECT 'a' || a::text FROM s.a UNION ALL SELECT 'b' "
        "|| b::text FROM s.b UNION ALL SELECT 't' || t::text FROM s.tree t UNION ALL SELECT 'p' || p::text "
        "FROM s.parts p UNION ALL SELECT 'o' || o::text FROM s.of_parts o UNION ALL SELECT 'l' || l::text "
        "FROM s.loose l) x (r)";
    return cluster_.sql(one, sql) == cluster_.sql(other, sql);
  }
  // Rows of table b wait as long as a session of that name is there.
  std::unique_ptr<Process> begin_and_hold(const Words& options) {
    live(
        "CREATE FUNCTION s.hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN WHILE EXISTS (SELECT FROM "
        "pg_stat_activity WHERE application_name = 'holds') LOOP PERFORM pg_sleep(0.02), "
        "pg_stat_clear_snapshot(); END LOOP; RETURN new; END $$; CREATE TRIGGER hold BEFORE INSERT ON s.b "
        "FOR "
        "EACH ROW WHEN (new.id = 500) EXECUTE FUNCTION s.hold(); GRANT USAGE ON SCHEMA s TO PUBLIC");
    Command hold = cluster_.client("psql", {"-XAtq", "-d", "postgres", "-c", "SELECT pg_sleep(600)"});
    hold.environment.emplace_back("PGAPPNAME", "holds");
    holder_.emplace(std::move(hold));
    wait_until([this] { return sessions("application_name = 'holds'") == "1"; });
    auto process = std::make_unique<Process>(pgark(as_app(joined({"--drop-foreign-keys"}, options))));
    wait_until([&] {
      return sessions("wait_event = 'PgSleep' AND query LIKE 'COPY%'") != "0" || !process->running();
    });
    return process;
  }
  void let_go() {
    cluster_.sql("postgres",
                 "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holds'");
    holder_.reset();
  }

  std::string keys_;
  std::optional<Process> holder_;
};

TEST_P(DropForeignKeysTest, EveryKeyComesBackAsItWas) {
  const ProcessResult without = run_pgark(as_app({"-j", "3"}));
  EXPECT_EQ(without.exit_status, 14) << without.describe();
  live("TRUNCATE s.a, s.b, s.tree, s.parts, s.of_parts, s.loose, s.deep");
  const ProcessResult loaded = load({"-j", "3", "--verify"});
  expect(loaded, 0, {"foreign keys are dropped, and made again after the rows"});
  expect_loaded();
}

TEST_P(DropForeignKeysTest, InOneTransaction) {
  expect(load({"--single-transaction"}), 0, {});
  expect_loaded();
  // And all is taken back.
  live(
      "TRUNCATE s.a, s.b, s.tree, s.parts, s.of_parts, s.loose, s.deep; ALTER TABLE s.tree ADD CHECK (id < "
      "900)");
  expect(load({"--single-transaction"}), 5, {"tree_id_check"});
  EXPECT_EQ(live("SELECT count(*) FROM s.a"), "0");
  expect_as_before();
}

TEST_P(DropForeignKeysTest, AKillLosesNone) {
  const auto process = begin_and_hold({"-j", "2"});
  EXPECT_EQ(key_count(), "0");
  process->send(SIGKILL);
  process->wait();
  let_go();
  wait_until([this] { return sessions("datname = 'live' AND application_name = 'pgark'") == "0"; });
  expect(load({}), 12, {"foreign keys that it dropped are not made again yet", "--resume"});
  EXPECT_EQ(key_count(), "0");
  // A backup of what is half restored says so, and leaves the record out.
  const std::string half = (folder_ / "half.pgark").string();
  expect(run_pgark({"backup", "-d", cluster_.conninfo("live"), "-o", half}), 0,
         {"SCHEMA pgark_restore", "left out: it is the record of a restore"});
  EXPECT_EQ(run_pgark({"restore", half, "--list"}).out.find("pgark_restore"), std::string::npos);
  // Somebody makes one of them again by hand; it must not stand in the way.
  live(
      "SET ROLE app; ALTER TABLE s.tree ADD CONSTRAINT \"Up\" FOREIGN KEY (up) REFERENCES s.tree(id) ON "
      "DELETE "
      "RESTRICT DEFERRABLE");
  expect(load({"-j", "2", "--resume", "--verify"}), 0, {});
  expect_loaded();
}

TEST_P(DropForeignKeysTest, AnInterruptNamesThem) {
  const auto process = begin_and_hold({});
  process->send(SIGINT);
  expect(
      process->wait(), 130,
      {"FK CONSTRAINT s.a \"the b of 'a'\": was dropped for the rows and is not made again yet: ALTER TABLE "
       "s.a ADD CONSTRAINT \"the b of 'a'\" FOREIGN KEY (b) REFERENCES s.b(id) DEFERRABLE INITIALLY "
       "DEFERRED; COMMENT ON CONSTRAINT \"the b of 'a'\" ON s.a IS 'it''s back'",
       "--resume"});
  let_go();
  // Whoever begins anew instead is told too.
  live("DROP FUNCTION s.hold CASCADE");
  const ProcessResult anew = run_pgark({"restore", archive_, "-d", cluster_.conninfo("live"), "--clean"});
  expect(anew, 0,
         {"was dropped for the rows and is not made again yet: ALTER TABLE s.tree ADD CONSTRAINT \"Up\""});
}

TEST_P(DropForeignKeysTest, WhatTheRowsBreakIsNamedAndComesBackLater) {
  const ProcessResult broken = load({"-t", "s.b", "-t", "s.of_parts"});
  expect(broken, 14,
         {"FK CONSTRAINT s.b two", "is NOT VALID, so that it holds for new rows only",
          "FK CONSTRAINT s.of_parts of_parts_part_fkey", "could not be made again", "--resume"});
  EXPECT_EQ(live("SELECT convalidated FROM pg_constraint WHERE conname = 'two'"), "f");
  live(
      "SET CONSTRAINTS ALL DEFERRED; INSERT INTO s.a SELECT n, n, n, n FROM generate_series(1, 1000) n; "
      "INSERT "
      "INTO s.parts SELECT n, n FROM generate_series(1, 1000) n");
  expect(load({"-t", "s.b", "-t", "s.of_parts", "--resume"}), 0,
         {"2,000 rows, ", "2,000 rows of them by an earlier attempt; "});
  expect_as_before();
}

TEST_P(DropForeignKeysTest, WhatSomebodyHasMadeAgainIsDone) {
  expect(load({"-t", "s.of_parts"}), 14, {"could not be made again"});
  live(
      "INSERT INTO s.a SELECT n FROM generate_series(1, 1000) n; INSERT INTO s.parts SELECT n, n FROM "
      "generate_series(1, 1000) n; SET ROLE app; ALTER TABLE s.of_parts ADD CONSTRAINT of_parts_part_fkey "
      "FOREIGN KEY (part) REFERENCES s.parts(id)");
  expect(load({"-t", "s.of_parts", "--resume"}), 0, {});
  expect_as_before();
}

TEST_P(DropForeignKeysTest, WhatCouldNotComeBackIsSaidFirst) {
  cluster_.sql("postgres", "CREATE ROLE other");
  live(
      "GRANT USAGE ON SCHEMA s TO other; ALTER TABLE s.tree OWNER TO other; ALTER TABLE s.b ADD CONSTRAINT "
      "foreign_one "
      "FOREIGN KEY (id) REFERENCES s.tree; GRANT INSERT, SELECT, TRUNCATE ON s.tree TO app");
  keys_ = keys();
  expect(load({"-T", "s.tree"}), 5,
         {"FK CONSTRAINT s.b foreign_one", "could not be made again", "REFERENCES",
          "no foreign key has been dropped"});
  expect_as_before();
  live(
      "ALTER TABLE s.b DROP CONSTRAINT foreign_one; DO $$ BEGIN EXECUTE (SELECT format('ALTER TABLE s.b "
      "ENABLE ALWAYS "
      "TRIGGER %I', tgname) FROM pg_trigger WHERE tgrelid = 's.b'::regclass AND tgtype & 4 <> 0 ORDER BY "
      "tgname LIMIT "
      "1); END $$");
  keys_ = keys();
  expect(load({"-T", "s.tree"}), 13, {"whose triggers were switched by hand", "s.b"});
  expect_as_before();
}

// They check nothing, and stay.
TEST_P(DropForeignKeysTest, KeysWithoutChecksStay) {
  live("ALTER TABLE s.tree DISABLE TRIGGER ALL");
  keys_ = keys();
  const std::string id = live("SELECT oid FROM pg_constraint WHERE conname = 'Up'");
  expect(load({"-t", "s.tree"}), 0, {});
  EXPECT_EQ(live("SELECT oid FROM pg_constraint WHERE conname = 'Up'"), id);
  expect_as_before();
}

TEST_P(DropForeignKeysTest, NothingIsDroppedWithoutARecord) {
  live("CREATE PUBLICATION everything FOR ALL TABLES");
  expect(load({}), 13, {"a publication of all tables", "--single-transaction"});
  expect_as_before();
}

TEST_P(DropForeignKeysTest, APlanSaysIt) {
  expect(load({"--plan"}), 0, {"foreign keys: those that the target has on", "NOT VALID", "s.tree"});
  expect(load({"--rehearse"}), 0, {"rehearsal complete"});
  expect_as_before();
}

INSTANTIATE_TEST_SUITE_P(Servers, DropForeignKeysTest, testing::Values(15, 18));

}  // namespace
}  // namespace pgark::test
