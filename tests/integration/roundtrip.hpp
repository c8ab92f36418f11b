// Steps that several round-trip tests share.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/cluster.hpp"
#include "support/database_compare.hpp"
#include "support/process.hpp"

namespace pgark::test {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Long enough for a loaded machine and a sanitizer build; a hang still ends.
inline constexpr int kLongRunMs = 1'200'000;

// Runs pgark with a generous time limit.
inline ProcessResult run_long(std::vector<std::string> arguments) {
  Command command = pgark_command(std::move(arguments));
  command.timeout_ms = kLongRunMs;
  return run(std::move(command));
}

// Backs `database` up, verifies the archive, restores it into the new database `copy` and compares the two.
inline void expect_roundtrip(Cluster& cluster, std::string_view database, const std::string& copy,
                             const std::filesystem::path& archive,
                             const std::vector<std::string>& backup_options) {
  std::vector<std::string> backup{"backup", "-d", cluster.conninfo(database), "-o", archive.string()};
  backup.insert(backup.end(), backup_options.begin(), backup_options.end());
  const ProcessResult backed_up = run_long(backup);
  ASSERT_TRUE(backed_up.ok()) << backed_up.describe();
  ASSERT_TRUE(std::filesystem::exists(archive));
  EXPECT_FALSE(std::filesystem::exists(archive.string() + ".partial"));

  const ProcessResult verified = run_long({"verify", archive.string()});
  ASSERT_TRUE(verified.ok()) << verified.describe();

  cluster.create_database(copy, "TEMPLATE template0");
  const ProcessResult restored =
      run_long({"restore", archive.string(), "-d", cluster.conninfo(copy), "-j", "4"});
  ASSERT_TRUE(restored.ok()) << restored.describe();
  EXPECT_TRUE(same_database(cluster, database, cluster, copy));
}

// Fills a new database with pgbench's tables and takes it through the round trip at -j 4.
inline void expect_pgbench_roundtrip(int scale) {
  Cluster& cluster = Cluster::shared();
  const TempDirectory folder;
  cluster.create_database("bench");
  run_or_throw(cluster.client(
      "pgbench", {"-q", "-i", "-s", std::to_string(scale), "--foreign-keys", "--partitions=8", "bench"}));
  const std::string rows = cluster.sql("bench", "SELECT count(*) FROM pgbench_accounts");
  ASSERT_EQ(rows, std::to_string(scale * 100'000));
  expect_roundtrip(cluster, "bench", "bench_copy", folder / "bench.pgark", {"-j", "4"});
}

}  // namespace pgark::test
