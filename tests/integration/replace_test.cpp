// restore --strategy swap and in-place, pgark rollback, and the question before data is replaced.
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/sql_quote.hpp"
#include "cli_fixture.hpp"
#include "support/terminal.hpp"

namespace pgark::test {
namespace {

class ReplaceTest : public CliFixture {
 protected:
  ReplaceTest() : CliFixture(server()) {}
  static Cluster& server() {
    static Cluster cluster(with_settings({"max_prepared_transactions = 2"}));
    return cluster;
  }
  void SetUp() override {
    drop_all_databases();
    cluster_.create_database("next", "TEMPLATE template0");
    cluster_.create_database("shop", "TEMPLATE template0");
    cluster_.sql("postgres", "DO $$ BEGIN CREATE ROLE keeper; EXCEPTION WHEN duplicate_object THEN END $$");
    // What is in use: as many kinds as a database may hold, so that taking it all away is no toy.
    shop(
        "CREATE SCHEMA s; CREATE TABLE s.state (what text); INSERT INTO s.state VALUES ('old');"
        "CREATE TABLE public.keyless (n int, t text); INSERT INTO keyless SELECT n, 'x' FROM "
        "generate_series(1, 5000) n; INSERT INTO keyless SELECT 1, 'x' FROM generate_series(1, 10);"
        "CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent SELECT generate_series(1, 100);"
        "CREATE TABLE child (id int REFERENCES parent); INSERT INTO child SELECT n % 100 + 1 FROM "
        "generate_series(1, 1000) n; CREATE INDEX child_id ON child (id);"
        "CREATE VIEW only_old AS SELECT count(*) FROM keyless; CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;"
        "CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);"
        "CREATE TYPE pair AS (a int, b mood); CREATE SEQUENCE q START 7; SELECT nextval('q');"
        "CREATE FUNCTION f(a int, OUT b int) LANGUAGE sql AS 'SELECT $1 + 1';"
        "CREATE PROCEDURE p(a int) LANGUAGE sql AS 'SELECT 1';"
        "CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');"
        "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);"
        "CREATE OPERATOR FAMILY of USING btree; CREATE OPERATOR CLASS oc FOR TYPE int USING hash AS OPERATOR "
        "1 =, FUNCTION 1 hashint4(int);"
        "CREATE CAST (pair AS text) WITH INOUT; CREATE COLLATION co FROM \"C\";"
        "CREATE TEXT SEARCH CONFIGURATION tc (COPY = simple); CREATE TEXT SEARCH DICTIONARY td (TEMPLATE = "
        "simple); CREATE STATISTICS st ON n, t FROM keyless;"
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER sv FOREIGN DATA WRAPPER w;"
        "CREATE FOREIGN TABLE ft (a int) SERVER sv; CREATE PUBLICATION pu FOR TABLE parent;"
        "CREATE FUNCTION et() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
        "CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION et();"
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO keeper;"
        "ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT ALL ON FUNCTIONS TO keeper;"
        "REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO keeper;"
        "CREATE EXTENSION hstore SCHEMA s; CREATE TABLE s.h (h s.hstore); INSERT INTO s.h VALUES ('a=>1');"
        "COMMENT ON TABLE parent IS 'of children'; CREATE TABLE numbered (id int GENERATED ALWAYS AS "
        "IDENTITY, n "
        "serial, t text); INSERT INTO numbered (t) VALUES ('a'), ('b'); CREATE TYPE span AS RANGE (SUBTYPE = "
        "float8);"
        "CREATE TABLE spans (s span); INSERT INTO spans VALUES ('[1,2)');"
        "CREATE TABLE parted (at date, n int) PARTITION BY RANGE (at, (n % 2)); CREATE TABLE s.parted_1 "
        "PARTITION OF "
        "parted FOR VALUES FROM ('2026-01-01', 0) TO ('2027-01-01', 2); INSERT INTO parted VALUES "
        "('2026-05-05', 7);"
        "SELECT lo_from_bytea(4711, 'bytes'), lo_create(4712);");
    next(
        "CREATE SCHEMA s; CREATE TABLE s.state (what text); INSERT INTO s.state VALUES ('new');"
        "CREATE TABLE parent (id bigint PRIMARY KEY, more text); INSERT INTO parent SELECT n, 'm' FROM "
        "generate_series(1, 3000) n; CREATE VIEW only_new AS SELECT * FROM parent;"
        "CREATE TYPE colour AS ENUM ('red'); SELECT lo_from_bytea(4711, 'others');"
        "GRANT CREATE ON SCHEMA public TO keeper; ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO keeper;"
        "ALTER DATABASE next SET work_mem = '5MB'; COMMENT ON DATABASE next IS 'the next one';");
  }
  void TearDown() override { drop_all_databases(); }

  std::string shop(const std::string& sql) { return cluster_.sql("shop", sql); }
  std::string next(const std::string& sql) { return cluster_.sql("next", sql); }
  std::string state() { return shop("SELECT what FROM s.state"); }

  void back_up_next(const Words& options = {}) { back_up("next", options); }
  // A copy of what is in use, to compare with.
  void remember() {
    cluster_.create_database("before", "TEMPLATE shop");
    large_objects_ = large_objects();
  }
  std::string large_objects() {
    return shop(
        "SELECT string_agg(oid || ' ' || md5(lo_get(oid)), ',' ORDER BY oid) FROM "
        "pg_largeobject_metadata");
  }
  void expect_as_before() {
    EXPECT_TRUE(same_database(cluster_, "before", cluster_, "shop"));
    EXPECT_EQ(large_objects(), large_objects_);
  }
  Words command(const Words& first, const Words& options) const {
    return joined(joined(first, {"-d", cluster_.conninfo("shop"), "-j", "2"}), options);
  }
  ProcessResult restore(const Words& options) { return run_pgark(command({"restore", archive_}, options)); }
  ProcessResult rollback(const Words& options = {}) { return run_pgark(command({"rollback"}, options)); }
  std::string databases() {
    return cluster_.sql("postgres",
                        "SELECT string_agg(regexp_replace(datname, '_[0-9TZ]+$', ''), ' ' ORDER BY "
                        "datname) FROM pg_database WHERE datname LIKE 'shop%'");
  }

  std::string large_objects_;
};

TEST_F(ReplaceTest, SwapTakesThePlaceAndRollbackTakesItBack) {
  back_up_next();
  remember();
  expect(restore({"--strategy", "swap", "--force"}), 0, {"took its place"});
  EXPECT_EQ(state(), "new");
  EXPECT_TRUE(same_database(cluster_, "next", cluster_, "shop"));
  EXPECT_EQ(shop("SHOW work_mem"), "5MB");
  EXPECT_EQ(shop("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'shop'"),
            "the next one");
  EXPECT_EQ(databases(), "shop shop_pgark_old");
  expect(rollback({"--list"}), 0, {"shop_pgark_old_2", "in use until a restore", " whole "});

  expect(rollback({"--force"}), 0, {"rollback complete"});
  EXPECT_EQ(state(), "old");
  expect_as_before();
  EXPECT_EQ(databases(), "shop shop_pgark_undone");
  expect(rollback({"--force"}), 2, {"no restore has left an old database"});
  // And forward once more, by name.
  const std::string undone =
      cluster_.sql("postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'shop_pgark_undone%'");
  expect(rollback({"--force", "--to", "shop_pgark_undone_20200101T000000Z"}), 2, {"stands beside it"});
  expect(rollback({"--force", "--to", undone}), 0, {});
  EXPECT_EQ(state(), "new");
  expect(rollback({"--discard", "--force"}), 0, {"dropped: shop_pgark_undone"});
  EXPECT_EQ(databases(), "shop");
}

// A client that connects anew for each query: it meets the old state, then the new one, and its longest time
// without an answer is short.
TEST_F(ReplaceTest, TheDoorIsShutForAMoment) {
  back_up_next();
  const std::string log = (folder_ / "answers").string();
  const std::string psql = cluster_.program("psql").string();
  Command client;
  client.argv = {"/bin/bash",
                 "-c",
                 "while true; do \"$0\" -XAtq -d \"$1\" -c 'SELECT what FROM s.state' 2>/dev/null | sed "
                 "\"s/^/$(date +%s%N) /\" >> \"$2\"; done",
                 psql,
                 cluster_.conninfo("shop"),
                 log};
  Process other(client);
  // One that stays, and must go.
  Process session(cluster_.client("psql", {"-XAtq", "-d", "shop", "-c", "SELECT pg_sleep(600)"}));
  while (read_file(log).size() < 200) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const ProcessResult swapped = restore({"--strategy", "swap", "--force", "--json"});
  expect(swapped, 0, {"\"swapped\""});
  const std::size_t at = read_file(log).size();
  while (read_file(log).size() < at + 200) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  other.send(SIGKILL);

  std::istringstream lines(read_file(log));
  std::string what, last_what = "old";
  double when = 0, before = 0, longest = 0;
  while (lines >> when >> what) {
    if (before != 0) longest = std::max(longest, (when - before) / 1e9);
    before = when;
    EXPECT_TRUE(what == "old" || what == "new") << what;
    EXPECT_FALSE(last_what == "new" && what == "old");
    last_what = what;
  }
  EXPECT_EQ(last_what, "new");
  EXPECT_LT(longest, 2.0);
  RecordProperty("longest_gap_ms", static_cast<int>(longest * 1000));
}

TEST_F(ReplaceTest, WhatDoesNotComeOutWholeTakesNoPlace) {
  // Rows that fit the database they come from only.
  next(
      "CREATE TABLE picky (d text CHECK (d = 'x' OR current_database() = 'next')); INSERT INTO picky VALUES "
      "('y')");
  back_up_next();
  remember();
  expect(restore({"--strategy", "swap", "--force"}), 14, {"picky", "untouched"});
  EXPECT_EQ(databases(), "shop");
  expect_as_before();
}

TEST_F(ReplaceTest, AnInterruptedSwapLeavesTheOldOneInUse) {
  next("CREATE TABLE big AS SELECT n, repeat('x', 300) t FROM generate_series(1, 300000) n");
  back_up_next();
  remember();
  for (const int signal : {SIGINT, SIGKILL}) {
    Command command = pgark_command(
        {"restore", archive_, "-d", cluster_.conninfo("shop"), "--strategy", "swap", "--force"});
    Process process(std::move(command));
    wait_for_phase(process, "loading rows");
    process.send(signal);
    const ProcessResult& ended = process.wait();
    if (signal == SIGINT) {
      expect(ended, 130, {"untouched"});
      EXPECT_EQ(databases(), "shop");
    } else {
      EXPECT_EQ(ended.term_signal, SIGKILL);
      EXPECT_EQ(databases(), "shop shop_pgark_new");
    }
    expect_as_before();
  }
  expect(rollback({"--list"}), 0, {"never took the place", " unfinished "});
  const std::string fresh =
      cluster_.sql("postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'shop_pgark_new%'");
  expect(rollback({"--to", fresh, "--force"}), 13, {"is not whole", "nothing has been changed"});
  expect_as_before();
  expect(rollback({"--discard", "--force"}), 0, {"dropped"});
  EXPECT_EQ(databases(), "shop");
}

TEST_F(ReplaceTest, WhatWouldKeepTheNamesFromChangingIsSaidFirst) {
  back_up_next();
  cluster_.sql("postgres", "DROP ROLE IF EXISTS weak; CREATE ROLE weak LOGIN");
  ProcessResult refused = run_pgark(
      {"restore", archive_, "-d", cluster_.conninfo("shop", "user=weak"), "--strategy", "swap", "--force"});
  expect(refused, 13,
         {"schemas that the role does not own", "public (of pg_database_owner)", "nothing has been changed"});
  cluster_.sql("postgres", "ALTER ROLE weak CREATEDB");
  refused = run_pgark(
      {"restore", archive_, "-d", cluster_.conninfo("shop", "user=weak"), "--strategy", "swap", "--force"});
  expect(refused, 13, {"does not own database shop", "nothing has been changed"});
  shop("BEGIN; INSERT INTO s.state VALUES ('x'); PREPARE TRANSACTION 'held'");
  expect(restore({"--strategy", "swap", "--force"}), 13, {"prepared transactions: 'held'"});
  shop("ROLLBACK PREPARED 'held'");
  refused =
      run_pgark({"restore", archive_, "-d", cluster_.conninfo("nowhere"), "--strategy", "swap", "--force"});
  expect(refused, 13, {"there is no database nowhere", "--create-as"});
  cluster_.sql("postgres", "DROP ROLE weak");
  EXPECT_EQ(databases(), "shop");
}

TEST_F(ReplaceTest, OptionsThatContradictTheStrategy) {
  back_up_next();
  for (const Words& options :
       std::vector<Words>{{"--create"}, {"--resume"}, {"-1"}, {"-t", "parent"}, {"-s"}}) {
    Words words{"--strategy", "swap", "--force"};
    words.insert(words.end(), options.begin(), options.end());
    expect(restore(words), 2, {"--strategy"});
  }
  expect(restore({"--safety-backup", "x"}), 2, {"in-place"});
  expect(restore({"--strategy", "later"}), 2, {"--strategy"});
  expect(restore({"--strategy", "swap"}), 2, {"nobody is there to be asked", "--force"});
  expect(restore({"--strategy", "in-place"}), 2, {"nobody is there to be asked", "--force"});
  EXPECT_EQ(state(), "old");
}

TEST_F(ReplaceTest, APersonIsAsked) {
  back_up_next();
  const auto on_terminal = [this](const Words& options, const std::string& typed) {
    return run(at_terminal(pgark(joined(restore_words("shop", {}), options)), typed));
  };
  const std::vector<Words> ways{{"--strategy", "swap"}, {"--strategy", "in-place"}, {"--clean"}};
  for (const Words& options : ways) {
    expect(on_terminal(options, "restore\n"), 130,
           {"This replaces what database \"shop\"", "tables", "other sessions", "taken 20", "Type RESTORE",
            "not confirmed with RESTORE: nothing has been changed"});
    expect(on_terminal(options, "\n"), 130, {"nothing has been changed"});
    EXPECT_EQ(state(), "old");
  }
  expect(
      on_terminal({"--clean", "-t", "nothing_like_this"}, "restore\n"), 130,
      {"This replaces what was chosen of database \"shop\"", "all else stays", "chosen objects are dropped"});
  expect(on_terminal(ways.front(), "RESTORE\n"), 0, {"took its place"});
  EXPECT_EQ(state(), "new");
}

TEST_F(ReplaceTest, NothingIsDroppedForADamagedArchive) {
  next("CREATE TABLE big AS SELECT n, md5(n::text) t FROM generate_series(1, 20000) n");
  back_up_next();
  remember();
  std::string bytes = read_file(archive_);
  bytes[bytes.size() / 3] ^= 1;
  std::ofstream(archive_, std::ios::binary) << bytes;
  const std::vector<Words> ways{
      {"--strategy", "swap", "--force"}, {"--strategy", "in-place", "--force"}, {"--clean"}};
  for (const Words& way : ways) expect(restore(way), 10, {"damaged", "nothing has been changed"});
  expect_as_before();
  EXPECT_EQ(databases(), "shop");
}

TEST_F(ReplaceTest, ASwapCleansNothing) {
  back_up_next();
  remember();
  expect(restore({"--strategy", "swap", "--force", "--clean"}), 2, {"nothing for --clean to drop"});
  expect_as_before();
}

TEST_F(ReplaceTest, InPlaceAndBack) {
  back_up_next();
  remember();
  expect(restore({"--strategy", "in-place", "--force", "--safety-backup", "safe.pgark"}), 0,
         {"rollback -d shop --from safe.pgark"});
  EXPECT_TRUE(same_database(cluster_, "next", cluster_, "shop"));
  EXPECT_EQ(shop("SELECT convert_from(lo_get(4711), 'UTF8')"), "others");
  expect(rollback({"--force", "--from", "safe.pgark"}), 0, {"restore complete", "ok "});
  expect_as_before();
  // Of a part only that is dropped; what hangs on it stands in the way.
  const Words part{"--strategy", "in-place", "--force", "-n", "s", "--safety-backup", "part.pgark"};
  expect(restore(part), 0, {});
  EXPECT_EQ(state(), "new");
  EXPECT_EQ(shop("SELECT count(*) FROM keyless"), "5010");
  expect(rollback({"--force", "--from", "part.pgark"}), 0, {});
  expect_as_before();
  // A part of a database is not what a database is emptied for.
  back_up_next({"-n", "s"});
  expect(rollback({"--force", "--from", archive_}), 2, {"does not hold a whole database"});
  expect_as_before();
}

// A failure of each phase, all of the database's own making.
TEST_F(ReplaceTest, InPlaceThatFailsEndsInTheOldState) {
  const std::string refuse =
      "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT FROM "
      "pg_event_trigger_ddl_commands() WHERE command_tag = 'WHAT') THEN RAISE 'not today'; END IF; END $$;"
      "CREATE EVENT TRIGGER no ON ddl_command_end EXECUTE FUNCTION no()";
  const auto refusing = [&](const std::string& what) {
    std::string sql = refuse;
    return sql.replace(sql.find("WHAT"), 4, what);
  };
  struct Case {
    const char* phase;
    std::string in_next, in_shop;
    Words options;
    int status;
  };
  const std::string picky =
      "CREATE TABLE picky (d text CHECK (d = 'x' OR current_database() = 'next')); INSERT INTO picky VALUES "
      "('y')";
  const std::string raises =
      "CREATE FUNCTION only_here(t text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN IF "
      "current_database() <> 'next' THEN RAISE 'not here'; END IF; RETURN t; END $$;";
  const std::string adds_rows =
      "CREATE FUNCTION more() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN IF to_regclass("
      "'public.parent_pkey') IS NOT NULL THEN INSERT INTO public.parent SELECT 100000 + (random() * "
      "1e6)::int;"
      " END IF; END $$; CREATE EVENT TRIGGER more ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE "
      "FUNCTION more()";
  const Words part{"-n", "public"};
  const std::vector<Case> cases{
      {"create", "", "DROP TABLE child; " + refusing("CREATE VIEW"), part, 14},
      {"load", picky, "", {}, 14},
      {"index", raises + "CREATE INDEX slow ON parent (only_here(more))", "", {}, 14},
      {"index of a part", "CREATE INDEX slow ON parent (more)",
       "DROP TABLE child; " + refusing("CREATE INDEX"), part, 14},
      {"proof", "", "DROP TABLE child; " + adds_rows, part, 13},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.phase);
    TearDown();
    SetUp();
    if (!one.in_next.empty()) next(one.in_next);
    back_up_next();
    if (!one.in_shop.empty()) shop(one.in_shop);
    remember();
    Words options{"--strategy", "in-place", "--force", "--safety-backup", std::string(one.phase) + ".pgark"};
    options.insert(options.end(), one.options.begin(), one.options.end());
    expect(restore(options), one.status,
           {"the database holds again what it held before, which was proved",
            "pgark: error: the restore failed for the reason named above"});
    expect_as_before();
  }
}

// Found before the first drop, or in the one transaction of all drops: nothing has changed.
TEST_F(ReplaceTest, InPlaceThatCannotBegin) {
  back_up_next();
  shop("BEGIN; INSERT INTO s.state VALUES ('x'); PREPARE TRANSACTION 'held'");
  expect(restore({"--strategy", "in-place", "--force", "--safety-backup", "1.pgark"}), 13,
         {"prepared transactions", "'held'", "nothing has been dropped"});
  shop("ROLLBACK PREPARED 'held'");
  expect(restore({"--strategy", "in-place", "--force", "-s"}), 2,
         {"--strategy replaces definitions and rows"});

  // An owner of the database among whose objects is one of somebody else.
  cluster_.sql("postgres", "DROP DATABASE shop; DROP ROLE IF EXISTS own; CREATE ROLE own LOGIN");
  cluster_.create_database("shop", "OWNER own TEMPLATE template0");
  shop(
      "SET ROLE own; SELECT format('CREATE TABLE a%s AS SELECT %s AS x', n, n) FROM generate_series(1, 40) n "
      "\\gexec");
  remember();
  shop(
      "CREATE SCHEMA z; CREATE TABLE z.z (a int); GRANT USAGE ON SCHEMA z TO own; GRANT SELECT ON z.z TO "
      "own");
  cluster_.drop_database("before");
  remember();
  const auto as_owner = [&](const Words& first, const Words& more) {
    Words words = first;
    for (const std::string& word : {std::string("-d"), cluster_.conninfo("shop", "user=own")})
      words.push_back(word);
    words.insert(words.end(), more.begin(), more.end());
    return run_pgark(words);
  };
  expect(as_owner({"restore", archive_}, {"--strategy", "in-place", "--force", "--safety-backup", "2.pgark"}),
         13, {"may not give objects to", "nothing has been changed"});
  expect_as_before();
  expect(as_owner({"rollback"}, {"--force", "--from", "2.pgark"}), 13, {"nothing has been changed"});
  expect_as_before();
  expect(as_owner({"restore", archive_}, {"--strategy", "in-place", "--rehearse", "--no-owner"}), 5,
         {"must be owner"});
  expect_as_before();
  for (const char* name : {"shop", "before"}) cluster_.drop_database(name);
  cluster_.sql("postgres", "DROP ROLE own");
}

// --clean that cannot drop has dropped nothing: nothing is put back either.
TEST_F(ReplaceTest, InPlaceOfAPartThatChangesNothing) {
  back_up_next();
  remember();
  const std::string oid = shop("SELECT 'keyless'::regclass::oid");
  expect(restore({"--strategy", "in-place", "--force", "-t", "parent", "--safety-backup", "p.pgark"}), 5,
         {"other objects depend on it", "nothing has been changed"});
  EXPECT_EQ(shop("SELECT 'keyless'::regclass::oid"), oid);
  expect_as_before();
}

// Interrupted while it waits for a lock: no statement stays behind that would take effect later.
TEST_F(ReplaceTest, InPlaceThatIsInterruptedWhileItWaits) {
  back_up_next();
  remember();
  Process holder(cluster_.client("psql", {"-Xq", "-d", "shop", "-c", "BEGIN", "-c", "SELECT 1 FROM s.state",
                                          "-c", "SELECT pg_sleep(600)"}));
  while (shop("SELECT count(*) FROM pg_locks WHERE relation = 's.state'::regclass") == "0") {
  }
  Command command = pgark_command({"restore", archive_, "-d", cluster_.conninfo("shop"), "--strategy",
                                   "in-place", "--force", "--safety-backup", "w.pgark"});
  command.working_directory = folder_.path();
  Process process(std::move(command));
  while (process.running() &&
         cluster_.sql("postgres", "SELECT count(*) FROM pg_locks WHERE NOT granted") == "0")
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  process.send(SIGTERM);
  expect(process.wait(), 130, {"nothing has been dropped"});
  shop(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> "
      "pg_backend_pid()");
  holder.wait();
  while (cluster_.sql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgark'") !=
         "0") {
  }
  expect_as_before();
}

// Killed half-way: the safety backup is whole, and the command that the message names brings all back.
TEST_F(ReplaceTest, InPlaceThatIsKilled) {
  next("CREATE TABLE big AS SELECT n, repeat('x', 300) t FROM generate_series(1, 300000) n");
  back_up_next();
  remember();
  Command command = pgark_command({"restore", archive_, "-d", cluster_.conninfo("shop"), "--strategy",
                                   "in-place", "--force", "--safety-backup", "safe.pgark"});
  command.working_directory = folder_.path();
  Process process(std::move(command));
  wait_for_phase(process, "loading rows");
  process.send(SIGKILL);
  EXPECT_EQ(process.wait().term_signal, SIGKILL);
  expect(rollback({"--force", "--from", "safe.pgark"}), 0, {"restore complete", "ok "});
  expect_as_before();
}

}  // namespace
}  // namespace pgark::test
