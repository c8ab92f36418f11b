// A database of 10 000 tables with two indexes each, pgark against pg_dump in the same run: near the server,
// and over a link of 20 ms. Other shapes that must not take for ever: functions, partitions, chains, columns,
// long texts.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <set>

#include "roundtrip.hpp"
#include "support/delay_proxy.hpp"

namespace pgark::test {
namespace {

constexpr int kTables = 10'000;
constexpr int kPairs = 5;

Cluster& big_server() {
  static Cluster cluster([] {
    ClusterOptions options;
    options.settings = {"max_locks_per_transaction = 1024", "shared_buffers = '256MB'", "fsync = off",
                        "autovacuum = off"};
    return options;
  }());
  return cluster;
}

// In a transaction for each part: one could not hold the locks.
void repeat(const std::string& database, int count, const std::string& body) {
  big_server().sql(database, "DO $$ BEGIN FOR i IN 1.." + std::to_string(count) + " LOOP " + body +
                                 " IF i % 500 = 0 THEN COMMIT; END IF; END LOOP; END $$");
}

void make_tables(const std::string& database, int count) {
  big_server().create_database(database);
  repeat(database, count,
         "EXECUTE format('CREATE TABLE t%s (id int, a text NOT NULL, b timestamptz DEFAULT now())', i);"
         "EXECUTE format('CREATE INDEX ON t%s (id)', i); EXECUTE format('CREATE INDEX ON t%s (a)', i);");
  big_server().sql(database, "ANALYZE");
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double seconds_of(Command command) {
  command.timeout_ms = kLongRunMs;
  const ProcessResult result = run(std::move(command));
  EXPECT_TRUE(result.ok()) << result.describe();
  return result.seconds;
}

std::string conninfo_at(std::uint16_t port, const std::string& database) {
  return "host=127.0.0.1 port=" + std::to_string(port) + " user=postgres dbname=" + database;
}

Command backup_command(const std::string& conninfo, const std::filesystem::path& archive) {
  return pgark_command({"backup", "-s", "-q", "-d", conninfo, "-o", archive.string(), "--overwrite"});
}

Command pg_dump_command(const std::string& conninfo, const std::filesystem::path& archive) {
  return big_server().client("pg_dump", {"-s", "-Fc", "-d", conninfo, "-f", archive.string()});
}

TEST(SlowCatalogSpeedTest, ten_thousand_tables_take_at_most_half_the_time_of_pg_dump) {
  make_tables("tables", kTables);
  const TempDirectory folder;
  std::vector<double> ours, theirs, ratios;
  for (int i = 0; i < kPairs; ++i) {
    const std::string conninfo = conninfo_at(big_server().port(), "tables");
    theirs.push_back(seconds_of(pg_dump_command(conninfo, folder / "d")));
    ours.push_back(seconds_of(backup_command(conninfo, folder / "a")));
    ratios.push_back(ours.back() / theirs.back());
  }
  std::cout << "10 000 tables: pg_dump " << median(theirs) << " s, pgark " << median(ours) << " s, ratio "
            << median(ratios) << '\n';
  EXPECT_LE(median(ratios), 0.5);
}

// A twentieth of the tables, so that pg_dump comes to an end; its round trips grow with them and ours do not.
TEST(SlowCatalogSpeedTest, over_a_link_of_20_ms_ten_times_faster_than_pg_dump) {
  make_tables("far", kTables / 20);
  const TempDirectory folder;
  DelayProxy far(big_server().port(), 10);
  const std::string conninfo = conninfo_at(far.port(), "far");
  const double theirs = seconds_of(pg_dump_command(conninfo, folder / "d"));
  std::vector<double> ours;
  for (int i = 0; i < kPairs; ++i) ours.push_back(seconds_of(backup_command(conninfo, folder / "a")));
  std::cout << "500 tables at 20 ms: pg_dump " << theirs << " s, pgark " << median(ours) << " s, "
            << theirs / median(ours) << " times\n";
  EXPECT_GE(theirs / median(ours), 10);
}

// Saves and, `with_restore`, restores and compares; tells the times.
void expect_shape(const std::string& database, bool with_restore = true) {
  const TempDirectory folder;
  const std::string conninfo = conninfo_at(big_server().port(), database);
  const double theirs = seconds_of(pg_dump_command(conninfo, folder / "d"));
  const double ours = seconds_of(backup_command(conninfo, folder / "a"));
  std::cout << database << ": pg_dump " << theirs << " s, pgark " << ours << " s\n";
  EXPECT_LT(ours, theirs + 1) << database;
  if (!with_restore) return;
  const std::string copy = database + "_copy";
  big_server().create_database(copy, "TEMPLATE template0");
  const ProcessResult restored =
      run_long({"restore", (folder / "a").string(), "-d", conninfo_at(big_server().port(), copy)});
  ASSERT_TRUE(restored.ok()) << restored.describe();
  EXPECT_EQ(big_server().schema_text(database), big_server().schema_text(copy)) << database;
  big_server().drop_database(copy);
}

TEST(SlowCatalogSpeedTest, twenty_thousand_functions) {
  big_server().create_database("functions");
  repeat("functions", 20'000,
         "EXECUTE format('CREATE FUNCTION f%s(a int, b text DEFAULT ''x'') RETURNS int LANGUAGE sql AS "
         "''SELECT a + %s''', i, i);");
  expect_shape("functions");
}

TEST(SlowCatalogSpeedTest, ten_thousand_partitions_in_one_tree) {
  big_server().create_database("partitions");
  big_server().sql("partitions", "CREATE TABLE p (a int, b text) PARTITION BY RANGE (a)");
  repeat("partitions", 10'000,
         "EXECUTE format('CREATE TABLE p%s PARTITION OF p FOR VALUES FROM (%s) TO (%s)', i, i, i + 1);");
  // Attaching the last of them takes the server as long as the first thousand: pg_restore waits as well.
  expect_shape("partitions", /*with_restore=*/false);
}

TEST(SlowCatalogSpeedTest, long_chains_wide_tables_and_long_texts) {
  big_server().create_database("extremes");
  big_server().sql("extremes",
                   "CREATE VIEW v0 AS SELECT 1 AS n; CREATE FUNCTION g0() RETURNS int LANGUAGE sql RETURN 1");
  // Each needs the one before: neither graph nor writers may recurse.
  repeat("extremes", 3'000,
         "EXECUTE format('CREATE VIEW v%s AS SELECT n FROM v%s', i, i - 1);"
         "EXECUTE format('CREATE FUNCTION g%s() RETURNS int LANGUAGE sql RETURN g%s()', i, i - 1);");
  big_server().sql("extremes",
                   "DO $$ BEGIN EXECUTE 'CREATE TABLE wide (' ||"
                   " (SELECT string_agg('c' || i || ' int', ', ') FROM generate_series(1, 1600) i) || ')';"
                   " EXECUTE 'CREATE VIEW long AS SELECT ' ||"
                   " (SELECT string_agg(quote_literal(repeat('x', 90)) || ' AS c' || i, ', ')"
                   " FROM generate_series(1, 1100) i); END $$");
  expect_shape("extremes");
}

}  // namespace
}  // namespace pgark::test
