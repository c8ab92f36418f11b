// Backups of a database that changes all the time are each consistent: pgbench's transactions keep four sums
// equal, so a backup that saw half of one shows it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "roundtrip.hpp"

namespace pgark::test {
namespace {

constexpr int kBackups = 10;

class Load {
 public:
  explicit Load(Cluster& cluster) : cluster_(cluster) { ensure_running(); }

  // pgbench -T 30 may be over before the last backup of a slow machine has begun: then it goes on.
  void ensure_running() {
    if (load_ && load_->running()) return;
    load_ = std::make_unique<Process>(
        cluster_.client("pgbench", {"-n", "-c", "4", "-j", "1", "-T", "30", "bench"}));
  }
  void stop() { load_.reset(); }

 private:
  Cluster& cluster_;
  std::unique_ptr<Process> load_;
};

long long history_rows(Cluster& cluster, const std::string& database) {
  return std::stoll(cluster.sql(database, "SELECT count(*) FROM pgbench_history"));
}

void wait_for_progress(Cluster& cluster, long long rows_before) {
  for (int tries = 0; tries < 300 && history_rows(cluster, "bench") <= rows_before; ++tries)
    ::usleep(100'000);
}

TEST(SlowSnapshotUnderLoadTest, ten_backups_in_a_row_are_each_consistent) {
  Cluster& cluster = Cluster::shared();
  const TempDirectory folder;
  cluster.create_database("bench");
  run_or_throw(cluster.client("pgbench", {"-q", "-i", "-s", "10", "--partitions=4", "bench"}));

  Load load(cluster);
  std::vector<std::string> archives;
  for (int i = 0; i < kBackups; ++i) {
    load.ensure_running();
    wait_for_progress(cluster, history_rows(cluster, "bench"));
    archives.push_back((folder / ("bench" + std::to_string(i) + ".pgark")).string());
    const ProcessResult result =
        run_long({"backup", "-d", cluster.conninfo("bench"), "-j", "4", "-o", archives.back(), "-Z", "lz4"});
    ASSERT_TRUE(result.ok()) << "backup " << i << ": " << result.describe();
  }
  load.stop();

  long long rows_before = 0;
  for (const auto& archive : archives) {
    cluster.drop_database("bench_copy");
    cluster.create_database("bench_copy");
    const ProcessResult result =
        run_long({"restore", archive, "-d", cluster.conninfo("bench_copy"), "-j", "4"});
    ASSERT_TRUE(result.ok()) << archive << ": " << result.describe();
    EXPECT_EQ(cluster.sql("bench_copy", R"(
        SELECT a = b AND b = t AND t = h
        FROM (SELECT sum(abalance) FROM pgbench_accounts) x(a), (SELECT sum(bbalance) FROM pgbench_branches) y(b),
             (SELECT sum(tbalance) FROM pgbench_tellers) z(t), (SELECT sum(delta) FROM pgbench_history) w(h))"),
              "t")
        << archive;
    // The load really went on between the backups.
    const long long rows = history_rows(cluster, "bench_copy");
    EXPECT_GT(rows, rows_before) << archive;
    rows_before = rows;
  }
}

}  // namespace
}  // namespace pgark::test
