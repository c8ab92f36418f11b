// A dump under a storm of DDL is consistent, or ends with one clear error.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "roundtrip.hpp"

namespace pgark::test {

// Sessions that create, drop, alter and rename tables, views, functions and types for ever, with or without
// calm moments in between.
class DdlStorm {
 public:
  DdlStorm(Cluster& cluster, const std::string& database, bool calms_down)
      : cluster_(cluster), database_(database) {
    cluster.sql(database, R"sql(
      CREATE TABLE calm (a int PRIMARY KEY, b text); INSERT INTO calm SELECT i, 'x' FROM generate_series(1, 1000) i;
      CREATE TABLE base1 (a int, b text, c int); CREATE TABLE base2 (a int, b text, c int);
      CREATE FUNCTION twice1(int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 2';
      CREATE VIEW v1 AS SELECT a, twice1(c) AS d FROM base1;
      CREATE TYPE kind1 AS ENUM ('x'); CREATE TABLE typed (k kind1);
      CREATE PROCEDURE storm(seed int, calm_seconds int) LANGUAGE plpgsql AS $$
      DECLARE n int := 0; step text;
      BEGIN
        SET lock_timeout = '200ms';
        LOOP
          n := n + 1;
          step := (ARRAY[
            'CREATE TABLE s%1$s_%2$s (id int PRIMARY KEY, t text); CREATE INDEX ON s%1$s_%2$s (lower(t))',
            'DROP TABLE IF EXISTS s%1$s_%3$s CASCADE', 'ALTER TABLE base%1$s RENAME COLUMN c TO c2',
            'ALTER TABLE base%1$s RENAME COLUMN c2 TO c', 'ALTER FUNCTION twice1(int) RENAME TO thrice1',
            'ALTER FUNCTION thrice1(int) RENAME TO twice1', 'ALTER VIEW v1 RENAME TO v2', 'ALTER VIEW v2 RENAME TO v1',
            'ALTER TYPE kind1 RENAME TO kind2', 'ALTER TYPE kind2 RENAME TO kind1',
            'CREATE VIEW sv%1$s_%2$s AS SELECT b, count(*) AS n FROM base%1$s GROUP BY b',
            'DROP VIEW IF EXISTS sv%1$s_%3$s',
            'TRUNCATE base%1$s; INSERT INTO base%1$s (a) SELECT generate_series(1, 100)',
            'ALTER TABLE base%1$s RENAME TO away%1$s', 'ALTER TABLE away%1$s RENAME TO base%1$s'
            ])[1 + (n * 7 + seed) % 15];
          BEGIN
            EXECUTE format(step, seed, n, n - 15);
          EXCEPTION WHEN OTHERS THEN NULL;
          END;
          COMMIT;
          PERFORM pg_sleep(0.01);
          -- By the clock, so that all sessions rest together.
          PERFORM pg_sleep(calm_seconds) WHERE extract(epoch FROM clock_timestamp())::int8 % 4 = 0;
          COMMIT;
        END LOOP;
      END $$)sql");
    for (int seed = 1; seed <= 2; ++seed) {
      const std::string call = "CALL storm(" + std::to_string(seed) + ", " + (calms_down ? "2" : "0") + ")";
      sessions_.push_back(
          std::make_unique<Process>(cluster.client("psql", {"-qX", "-d", database, "-c", call})));
    }
  }
  void stop() {
    sessions_.clear();
    cluster_.sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" +
                                 database_ + "' AND query LIKE 'CALL storm%'");
  }
  bool blows() {
    for (auto& session : sessions_) {
      if (!session->running()) return false;
    }
    return !sessions_.empty();
  }

 private:
  Cluster& cluster_;
  const std::string database_;
  std::vector<std::unique_ptr<Process>> sessions_;
};

// One error line that names an object and asks for another run.
inline void expect_clear_refusal(const ProcessResult& result) {
  EXPECT_EQ(result.exit_status, 15) << result.describe();
  const std::size_t at = result.err.find("pgark: error: ");
  ASSERT_NE(at, std::string::npos) << result.describe();
  EXPECT_EQ(result.err.find("pgark: error: ", at + 1), std::string::npos) << result.describe();
  const std::string line = result.err.substr(at + 14, result.err.find('\n', at) - at - 14);
  EXPECT_LT(line.size(), 400u) << line;
  const auto names = {"base", "away", "s1_", "s2_", "sv", "v1", "v2", "twice", "thrice", "kind"};
  EXPECT_TRUE(std::any_of(names.begin(), names.end(), [&](const char* name) {
    return line.find(name) != std::string::npos;
  })) << line;
}

inline void expect_consistent_dumps_in_a_storm(int runs, bool calms_down) {
  ClusterOptions options;
  options.settings = {"fsync = off"};
  Cluster cluster(options);
  const TempDirectory folder;
  cluster.create_database("storm");
  DdlStorm storm(cluster, "storm", calms_down);
  int saved = 0;
  for (int i = 0; i < runs; ++i) {
    ASSERT_TRUE(storm.blows());
    const std::string archive = (folder / ("a" + std::to_string(i))).string();
    const ProcessResult result =
        run_long({"backup", "-d", cluster.conninfo("storm"), "-o", archive, "-j", i % 2 == 0 ? "1" : "3"});
    if (!result.ok()) {
      expect_clear_refusal(result);
      continue;
    }
    ++saved;
    const std::string copy = "copy" + std::to_string(i);
    cluster.create_database(copy);
    const ProcessResult restored = run_long({"restore", archive, "-d", cluster.conninfo(copy)});
    ASSERT_TRUE(restored.ok()) << result.describe() << restored.describe();
    EXPECT_EQ(cluster.sql(copy, "SELECT count(*) FROM calm"), "1000");
    // TRUNCATE and INSERT come together.
    const std::string base =
        cluster.sql(copy, "SELECT relname FROM pg_class WHERE relname IN ('base1', 'away1')");
    EXPECT_EQ(cluster.sql(copy, "SELECT count(*) % 100 FROM " + base), "0");
    cluster.drop_database(copy);
  }
  storm.stop();
  // Not every dump may hide behind the storm.
  EXPECT_GT(saved, 0);
  ::testing::Test::RecordProperty("saved", saved);
}

}  // namespace pgark::test
