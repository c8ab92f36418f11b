// Restores that are cut off at random moments, and gone on with.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "roundtrip.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {

// Tables with keys and without any, one that a crash empties, one of them big enough for several connections,
// partitions, foreign keys, large objects, sequences, views that are filled last, comments, an owner.
inline constexpr const char* kResumeSource = R"sql(
CREATE ROLE resume_owner;
CREATE SCHEMA s; CREATE TYPE s.mood AS ENUM ('sad', 'glad');
CREATE TABLE s.keyed (id bigint PRIMARY KEY, name text NOT NULL, mood s.mood, at timestamptz);
INSERT INTO s.keyed SELECT n, repeat(md5(n::text), 4), (ARRAY['sad', 'glad'])[1 + n % 2]::s.mood, to_timestamp(n)
  FROM generate_series(1, 250000) n;
CREATE TABLE s.keyless (a int, b text);
INSERT INTO s.keyless SELECT n % 100, repeat(md5(n::text), 6) FROM generate_series(1, 250000) n;
INSERT INTO s.keyless SELECT 7, 'the same row' FROM generate_series(1, 1000);
CREATE TABLE s.parent (k int, v text) PARTITION BY RANGE (k);
CREATE TABLE s.p1 PARTITION OF s.parent FOR VALUES FROM (0) TO (50000);
CREATE TABLE s.p2 PARTITION OF s.parent FOR VALUES FROM (50000) TO (100000);
INSERT INTO s.parent SELECT n, 'v' || n FROM generate_series(0, 99999) n;
CREATE INDEX ON s.parent (k);
CREATE TABLE s.child (id serial PRIMARY KEY, keyed bigint REFERENCES s.keyed, CHECK (id > 0));
INSERT INTO s.child (keyed) SELECT n FROM generate_series(1, 50000) n;
ALTER TABLE s.child OWNER TO resume_owner; COMMENT ON TABLE s.child IS 'a comment';
CREATE INDEX ON s.keyed (name); CREATE INDEX ON s.keyed (at); CREATE INDEX ON s.keyless (a);
CREATE UNLOGGED TABLE s.unlogged (id serial PRIMARY KEY, t text);
INSERT INTO s.unlogged (t) SELECT repeat('u', 100) FROM generate_series(1, 60000);
CREATE VIEW s.v AS SELECT id, name FROM s.keyed WHERE mood = 'glad';
CREATE MATERIALIZED VIEW s.m AS SELECT mood, count(*) FROM s.keyed GROUP BY mood;
CREATE FUNCTION s.f(a int) RETURNS int LANGUAGE sql AS 'SELECT $1';
GRANT SELECT ON s.keyed TO resume_owner;
SELECT count(lo_from_bytea(0, convert_to(repeat(n::text, 20), 'UTF8'))) FROM generate_series(1, 3000) n;
DO $$ BEGIN
  FOR n IN 1..300 LOOP EXECUTE format('CREATE TABLE s.small_%s (id int PRIMARY KEY, t text DEFAULT %L)', n, n); END LOOP;
END $$;
ALTER DATABASE source SET work_mem = '5MB';
)sql";

class ResumeCases {
 public:
  explicit ResumeCases(std::unique_ptr<Cluster> server) : server_(std::move(server)), cluster_(*server_) {
    cluster_.create_database("source", "TEMPLATE template0");
    cluster_.sql("source", kResumeSource);
    const ProcessResult backup =
        run_long({"backup", "-q", "-d", cluster_.conninfo("source"), "-o", archive_, "-j", "2"});
    EXPECT_TRUE(backup.ok()) << backup.describe();
    // The pg_dump at hand knows no newer servers.
    if (cluster_.server_version_num() < 160000) schema_ = cluster_.schema_text("source");
    const auto begun = std::chrono::steady_clock::now();
    begin(Mode::plain);
    expect_whole(run(Mode::plain, {}));
    duration_ms_ = static_cast<int>(
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun)
            .count());
  }

  // Kills the client `times` times, each at a random moment of a restore of its own.
  void kill_clients(int times, unsigned seed) {
    std::mt19937 random(seed);
    for (int i = 0; i < times; ++i) {
      const Mode mode = i % 3 == 2 ? Mode::clean : Mode::plain;
      const int moment = static_cast<int>(random() % static_cast<unsigned>(duration_ms_));
      SCOPED_TRACE("killed after " + std::to_string(moment) + " ms, seed " + std::to_string(seed) +
                   ", round " + std::to_string(i));
      begin(mode);
      Command command = restore_command(mode, {"-j", std::to_string(1 + i % 4)});
      command.signal_after_ms = moment;
      const ProcessResult cut = test::run(std::move(command));
      go_on(mode, cut, {"-j", std::to_string(1 + random() % 4)});
      if (testing::Test::HasFailure()) return;
    }
  }

  // Stops the server at once `times` times.
  void stop_servers(int times, unsigned seed) {
    std::mt19937 random(seed);
    for (int i = 0; i < times; ++i) {
      const int moment = static_cast<int>(random() % static_cast<unsigned>(duration_ms_));
      SCOPED_TRACE("server stopped after " + std::to_string(moment) + " ms, seed " + std::to_string(seed));
      begin(Mode::plain);
      Process program(restore_command(Mode::plain, {"-j", "3"}));
      std::this_thread::sleep_for(std::chrono::milliseconds(moment));
      cluster_.stop(Cluster::StopMode::immediate);
      const ProcessResult cut = program.wait();
      EXPECT_TRUE(cut.ok() || cut.exit_status == 6 || cut.exit_status == 3) << cut.describe();
      cluster_.start();
      go_on(Mode::plain, cut, {"-j", "2"});
      if (testing::Test::HasFailure()) return;
    }
  }

  Cluster& cluster() { return cluster_; }
  const std::string& archive() const { return archive_; }
  void expect_whole(const ProcessResult& restored) {
    EXPECT_TRUE(restored.ok()) << restored.describe();
    if (!schema_.empty()) {
      EXPECT_TRUE(same_text("schema", schema_, cluster_.schema_text(kCopy)));
    }
    EXPECT_EQ(cluster_.sql(kCopy, "SELECT count(*) FROM pg_namespace WHERE nspname = 'pgark_restore'"), "0");
  }

 private:
  // Into an empty database; over what is there.
  enum class Mode { plain, clean };
  static constexpr const char* kCopy = "source_copy";

  void begin(Mode mode) {
    cluster_.drop_database(kCopy);
    cluster_.create_database(kCopy, "TEMPLATE template0");
    if (mode == Mode::clean)
      cluster_.sql(kCopy, "CREATE SCHEMA s; CREATE TABLE s.keyed (a int); CREATE TABLE s.mine ()");
  }
  Command restore_command(Mode mode, const std::vector<std::string>& more) {
    std::vector<std::string> words{"restore", archive_, "-q", "-d", cluster_.conninfo(kCopy)};
    if (mode == Mode::clean) words.emplace_back("--clean");
    words.insert(words.end(), more.begin(), more.end());
    Command command = pgark_command(std::move(words));
    command.timeout_ms = kLongRunMs;
    return command;
  }
  ProcessResult run(Mode mode, std::vector<std::string> more) {
    more.emplace_back("--verify");
    return test::run(restore_command(mode, more));
  }

  void go_on(Mode mode, const ProcessResult& cut, std::vector<std::string> more) {
    if (cut.ok()) return;
    std::vector<std::string> resumed = more;
    resumed.emplace_back("--resume");
    ProcessResult result = run(mode, resumed);
    if (result.exit_status == 2) {
      // It was cut off before it had recorded anything, and so before it had done anything but drop; or when
      // nothing was left to do but to tell of it.
      EXPECT_NE(result.err.find("no interrupted restore"), std::string::npos) << result.describe();
      const bool whole = cluster_.sql(kCopy, "SELECT to_regclass('s.child') IS NOT NULL") == "t";
      result = whole ? run_long({"verify", "-q", archive_, "-d", cluster_.conninfo(kCopy)}) : run(mode, more);
    }
    if (mode == Mode::clean) {
      EXPECT_TRUE(result.ok()) << result.describe();
      cluster_.sql(kCopy, "DROP TABLE s.mine");
    }
    expect_whole(result);
  }

  const std::unique_ptr<Cluster> server_;
  Cluster& cluster_;
  const TempDirectory folder_;
  const std::string archive_ = (folder_ / "x.pgark").string();
  std::string schema_;
  int duration_ms_ = 0;
};

}  // namespace pgark::test
