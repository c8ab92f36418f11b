// A database with everything that a live restore has to get right, and steps that its tests share.
#pragma once

#include <gmock/gmock.h>

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cli_fixture.hpp"

namespace pgark::test {

// Tables of several pieces, without keys, with keys to themselves and in a circle, in partitions; large
// objects, sequences, views filled last, an event trigger; a table whose check holds in this database only is
// added by the test that needs it.
inline constexpr const char* kCopySource = R"sql(
CREATE SCHEMA s; CREATE TYPE s.mood AS ENUM ('sad', 'glad');
CREATE TABLE s.keyed (id bigint PRIMARY KEY, name text NOT NULL, mood s.mood, at timestamptz);
INSERT INTO s.keyed SELECT n, repeat(md5(n::text), 4), (ARRAY['sad', 'glad'])[1 + n % 2]::s.mood, to_timestamp(n)
  FROM generate_series(1, 200000) n;
CREATE TABLE s.keyless (a int, b text, p point);
INSERT INTO s.keyless SELECT n % 100, repeat(md5(n::text), 6), point(n, 1) FROM generate_series(1, 100000) n;
INSERT INTO s.keyless SELECT 7, 'the same row' FROM generate_series(1, 1000);
CREATE TABLE s.parent (k int, v text) PARTITION BY RANGE (k);
CREATE TABLE s.p1 PARTITION OF s.parent FOR VALUES FROM (0) TO (50000);
CREATE TABLE s.p2 PARTITION OF s.parent FOR VALUES FROM (50000) TO (100000);
INSERT INTO s.parent SELECT n, 'v' || n FROM generate_series(0, 99999) n;
CREATE INDEX ON s.parent (k);
CREATE TABLE s.child (id serial PRIMARY KEY, keyed bigint REFERENCES s.keyed, CHECK (id > 0));
INSERT INTO s.child (keyed) SELECT n FROM generate_series(1, 50000) n;
CREATE TABLE s.tree (id int PRIMARY KEY, up int REFERENCES s.tree);
INSERT INTO s.tree SELECT n, nullif(n - 1, 0) FROM generate_series(1, 20000) n;
CREATE INDEX ON s.keyed (name); CREATE INDEX ON s.keyed (at); CREATE INDEX ON s.keyless (a);
CREATE UNLOGGED TABLE s.unlogged (id serial PRIMARY KEY, t text);
INSERT INTO s.unlogged (t) SELECT repeat('u', 100) FROM generate_series(1, 20000);
CREATE TABLE s.empty (a int PRIMARY KEY); CREATE TABLE s.no_columns (); INSERT INTO s.no_columns DEFAULT VALUES;
CREATE VIEW s.v AS SELECT id, name FROM s.keyed WHERE mood = 'glad';
CREATE MATERIALIZED VIEW s.m AS SELECT mood, count(*) FROM s.keyed GROUP BY mood;
CREATE MATERIALIZED VIEW s.mm AS SELECT count(*) FROM s.m;
CREATE FUNCTION s.f(a int) RETURNS int LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION s.no_drops() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watch ON sql_drop EXECUTE FUNCTION s.no_drops();
SELECT count(lo_from_bytea(0, convert_to(repeat(n::text, 20), 'UTF8'))) FROM generate_series(1, 2000) n;
SELECT setval('s.child_id_seq', 4711);
DO $$ BEGIN
  FOR n IN 1..150 LOOP
    EXECUTE format('CREATE TABLE s.small_%s (id int PRIMARY KEY, t text)', n);
    EXECUTE format('INSERT INTO s.small_%s SELECT g, g::text FROM generate_series(1, %s) g', n, n % 7);
  END LOOP;
END $$;
)sql";

class CopyFixture : public CliFixture {
 protected:
  static void SetUpTestSuite() {
    Cluster::shared().create_database("source", "TEMPLATE template0");
    Cluster::shared().sql("source", kCopySource);
  }
  static void TearDownTestSuite() { Cluster::shared().drop_database("source"); }
  void SetUp() override { cluster_.create_database("target", "TEMPLATE template0"); }
  void TearDown() override { cluster_.drop_database("target"); }

  void fresh_target() { fresh_database("target"); }
  Words copy_words(const Words& options) const {
    return joined({"copy", "--from", cluster_.conninfo("source"), "--to", cluster_.conninfo("target")},
                  options);
  }
  ProcessResult copy(const Words& options) const { return run_long(copy_words(options)); }

  // pgark backup BACKUP -o - | MIDDLE | pgark restore - -d target RESTORE; the status is the restore's.
  ProcessResult pipe(const std::string& backup, const std::string& restore,
                     const std::string& middle = "cat") const {
    Command command = pgark_command({});
    const std::string program = "'" + pgark_binary().string() + "'";
    command.argv = {"/bin/sh",
                    "-c",
                    program + " backup -q -d \"$1\" -o - " + backup + " | " + middle + " | " + program +
                        " restore - -d \"$2\" " + restore,
                    "sh",
                    cluster_.conninfo("source"),
                    cluster_.conninfo("target")};
    command.timeout_ms = kLongRunMs;
    return run(std::move(command));
  }

  testing::AssertionResult target_is_the_source() {
    return same_database(cluster_, "source", cluster_, "target");
  }
  std::string target(const std::string& sql) { return cluster_.sql("target", sql); }
  std::string mark() { return target("SELECT count(*) FROM pg_namespace WHERE nspname = 'pgark_restore'"); }
  int sessions(const std::string& database) {
    return std::stoi(CliFixture::sessions("datname = '" + database + "'"));
  }
  // Ends the sessions of the database once a COPY runs in it; false when none came in time.
  bool terminate_during_copy(const std::string& database) {
    for (int i = 0; i < 1000; ++i) {
      const std::string ended = cluster_.sql(
          "postgres", "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '" +
                          database + "' AND EXISTS (SELECT FROM pg_stat_activity WHERE datname = '" +
                          database + "' AND state = 'active' AND query LIKE '%COPY %')");
      if (ended != "0") return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }
};

}  // namespace pgark::test
