// Keys and foreign keys of big tables, added by two statements: the same catalogs in the end, whatever
// happens in between.
#include <chrono>
#include <csignal>
#include <string>
#include <string_view>
#include <thread>

#include "cli_fixture.hpp"

namespace pgark::test {
namespace {

class TwoPhaseRestoreTest : public CliFixture {
 protected:
  TwoPhaseRestoreTest() : CliFixture(server()) {}
  static Cluster& server() {
    static Cluster cluster(with_settings({"log_statement = 'all'"}));
    return cluster;
  }
  void SetUp() override {
    for (const char* name : {"source", "target"}) fresh_database(name);
    // Each of them above the size from which on it is worth it.
    source(
        "CREATE TABLE people (id int, name text, born date, CONSTRAINT people_key PRIMARY KEY (id) INCLUDE "
        "(born) "
        "WITH (fillfactor = 80)); INSERT INTO people SELECT n, repeat('n', 120), '2000-01-01' FROM "
        "generate_series(1, 250000) n;"
        "ALTER TABLE people ADD CONSTRAINT \"by (name)\" UNIQUE (name, id) DEFERRABLE INITIALLY DEFERRED;"
        "CREATE INDEX people_born ON people (born); COMMENT ON CONSTRAINT people_key ON people IS 'a "
        "comment';"
        "ALTER TABLE people REPLICA IDENTITY USING INDEX people_key; ALTER TABLE people CLUSTER ON "
        "people_key;"
        "CREATE TABLE letters (id int PRIMARY KEY, who int, text text); INSERT INTO letters SELECT n, n, "
        "repeat('t', "
        "150) FROM generate_series(1, 250000) n;"
        "ALTER TABLE letters ADD CONSTRAINT who FOREIGN KEY (who) REFERENCES people ON DELETE CASCADE "
        "DEFERRABLE;"
        "CREATE TABLE calls (LIKE letters INCLUDING ALL); INSERT INTO calls SELECT * FROM letters;"
        "ALTER TABLE calls ADD CONSTRAINT who FOREIGN KEY (who) REFERENCES people MATCH FULL;"
        "ALTER TABLE calls ADD CONSTRAINT self FOREIGN KEY (id) REFERENCES calls; COMMENT ON CONSTRAINT self "
        "ON calls "
        "IS 'of itself'; CREATE TABLE parts (id int PRIMARY KEY, who int REFERENCES people, t text) "
        "PARTITION BY RANGE"
        " (id); CREATE TABLE parts1 PARTITION OF parts DEFAULT; INSERT INTO parts SELECT * FROM letters;"
        "CREATE TABLE of_parts (id int REFERENCES parts); INSERT INTO of_parts SELECT n FROM "
        "generate_series(1, 1000) "
        "n;");
  }
  void TearDown() override {
    for (const char* name : {"source", "target"}) cluster_.drop_database(name);
  }
  std::string source(const std::string& sql) { return cluster_.sql("source", sql); }
  std::string target(const std::string& sql) { return cluster_.sql("target", sql); }
  void back_up() { CliFixture::back_up("source", {"-j", "2"}); }
  ProcessResult restore(const Words& options) { return restore_into("target", options); }
  bool log_has(std::string_view text) { return cluster_.log_tail(4'000'000).find(text) != std::string::npos; }
};

TEST_F(TwoPhaseRestoreTest, EndsInTheSameCatalogs) {
  back_up();
  expect(restore({"-j", "4", "--verify"}), 0, {});
  EXPECT_TRUE(same_database(cluster_, "source", cluster_, "target"));
  EXPECT_EQ(target("SELECT count(*) FROM pg_constraint WHERE NOT convalidated"), "0");
  for (const char* statement :
       {"CREATE UNIQUE INDEX people_key ON ONLY public.people USING btree (id) INCLUDE (born) WITH",
        "PRIMARY KEY USING INDEX people_key",
        "UNIQUE USING INDEX \"by (name)\" DEFERRABLE INITIALLY DEFERRED",
        "ALTER TABLE ONLY public.letters VALIDATE CONSTRAINT who", "VALIDATE CONSTRAINT self"})
    EXPECT_TRUE(log_has(statement)) << statement;
  EXPECT_FALSE(log_has("VALIDATE CONSTRAINT parts_who_fkey"));
  EXPECT_FALSE(log_has("VALIDATE CONSTRAINT of_parts_id_fkey"));
  // What the catalogs say of an index and of a key's dependencies, beyond what a dump shows.
  const std::string catalogs =
      "SELECT string_agg(c.conname || i.indisprimary || i.indimmediate || i.indisreplident || "
      "i.indisclustered || "
      "(SELECT count(*) FROM pg_depend d WHERE d.objid = i.indexrelid), ',' ORDER BY c.conname, "
      "c.conrelid::regclass::text)"
      " FROM pg_constraint c JOIN pg_index i ON i.indexrelid = c.conindid";
  EXPECT_EQ(target(catalogs), source(catalogs));
  const std::string depends =
      "SELECT string_agg(c.conname || c.conrelid::regclass || (SELECT count(*) FROM pg_depend d WHERE "
      "d.objid = c.oid) || "
      "(SELECT count(*) FROM pg_depend d WHERE d.refobjid = c.oid), ',' ORDER BY c.conname, "
      "c.conrelid::regclass::text) "
      "FROM pg_constraint c";
  EXPECT_EQ(target(depends), source(depends));
}

TEST_F(TwoPhaseRestoreTest, AForeignKeyThatIsViolatedHoldsForNewRows) {
  source("SET session_replication_role = replica; UPDATE letters SET who = -1 WHERE id = 77");
  back_up();
  expect(restore({"-j", "4"}), 14, {"who on letters", "Key (who)=(-1)", "it was added as NOT VALID"});
  EXPECT_EQ(
      target("SELECT string_agg(conname || ' ' || conrelid::regclass, ',') FROM pg_constraint WHERE NOT "
             "convalidated"),
      "who letters");
  EXPECT_THROW(target("INSERT INTO letters VALUES (0, -2)"), std::runtime_error);
}

TEST_F(TwoPhaseRestoreTest, OneTransactionTakesTheStatementAsItIs) {
  back_up();
  expect(restore({"-1"}), 0, {});
  EXPECT_TRUE(same_database(cluster_, "source", cluster_, "target"));
}

// Killed wherever it happens to be, and again, until it comes through; with another number of connections.
TEST_F(TwoPhaseRestoreTest, IsResumedBetweenItsStatements) {
  back_up();
  int kills = 0;
  for (const char* statement : {"CREATE UNIQUE INDEX people_key", "NOT VALID", "VALIDATE CONSTRAINT who"}) {
    fresh_database("target");
    const std::size_t seen = cluster_.log_tail(100'000'000).size();
    Process process(pgark(restore_words("target", {"-j", "2"})));
    const auto reached = [&] {
      const std::string log = cluster_.log_tail(100'000'000);
      return log.find(statement, std::min(seen, log.size())) != std::string::npos;
    };
    while (process.running() && !reached()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    if (process.running()) ++kills;
    process.send(SIGKILL);
    process.wait();
    const ProcessResult resumed = restore({"-j", "1", "--resume", "--verify"});
    // It had come to its end already.
    if (resumed.exit_status == 2) continue;
    expect(resumed, 0, {});
    EXPECT_TRUE(same_database(cluster_, "source", cluster_, "target"));
    EXPECT_EQ(target("SELECT count(*) FROM pg_constraint WHERE NOT convalidated"), "0");
  }
  EXPECT_GE(kills, 2);
}

}  // namespace
}  // namespace pgark::test
