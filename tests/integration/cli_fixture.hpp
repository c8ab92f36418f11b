// For tests that run the program: its command line, a folder of the test's own, and what it should have said.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "roundtrip.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {

using Words = std::vector<std::string>;

inline Words joined(Words first, const Words& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

// Options of a server that tests change or stop.
inline ClusterOptions with_settings(std::vector<std::string> settings) {
  settings.emplace_back("fsync = off");
  return {.settings = std::move(settings),
          .hba_lines = {},
          .ident_lines = {},
          .initdb_args = {},
          .files = {},
          .bin_directory = {},
          .environment = {}};
}

inline void expect(const ProcessResult& result, int status, const Words& parts) {
  EXPECT_EQ(result.exit_status, status) << result.describe();
  for (const std::string& part : parts)
    EXPECT_NE((result.out + result.err).find(part), std::string::npos) << part << "\n" << result.describe();
}

// Looks until it is true; the time limit is for a test that fails.
inline void wait_until(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(5);
  while (!holds()) {
    ASSERT_LT(std::chrono::steady_clock::now(), end) << "did not come";
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

// Until the program has told of it, or has ended.
inline void wait_for_phase(Process& process, const std::string& phase) {
  wait_until([&] { return !process.running() || process.errors_so_far().find(phase) != std::string::npos; });
}

class CliFixture : public testing::Test {
 protected:
  explicit CliFixture(Cluster& cluster = Cluster::shared()) : cluster_(cluster) {}

  // In the folder, with a generous time limit.
  Command pgark(Words words) const {
    Command command = pgark_command(std::move(words));
    command.timeout_ms = kLongRunMs;
    command.working_directory = folder_.path();
    return command;
  }
  ProcessResult run_pgark(Words words) const { return run(pgark(std::move(words))); }
  // Of a whole database, into `archive_`.
  void back_up(const std::string& database, const Words& options = {}) const {
    expect(run_pgark(joined(
               {"backup", "-q", "-d", cluster_.conninfo(database), "-o", archive_, "--overwrite"}, options)),
           0, {});
  }
  Words restore_words(const std::string& database, const Words& options) const {
    return joined({"restore", archive_, "-d", cluster_.conninfo(database)}, options);
  }
  ProcessResult restore_into(const std::string& database, const Words& options) const {
    return run_pgark(restore_words(database, options));
  }
  void fresh_database(const std::string& name) {
    cluster_.drop_database(name);
    cluster_.create_database(name, "TEMPLATE template0");
  }
  void drop_all_databases() {
    std::istringstream names(cluster_.sql(
        "postgres", "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"));
    for (std::string name; std::getline(names, name);) cluster_.drop_database(name);
  }
  // Sessions of that kind in the whole server.
  std::string sessions(const std::string& condition) {
    return cluster_.sql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE " + condition);
  }

  Cluster& cluster_;
  const TempDirectory folder_;
  const std::string archive_ = (folder_ / "x.pgark").string();
};

}  // namespace pgark::test
