// One table of 5 GB: the client's memory stays bounded, two connections share the table's pages and are
// faster than one, and they finish together.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "roundtrip.hpp"

namespace pgark::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMiB = 1u << 20;
constexpr std::uint64_t kPeakMax = 256 * kMiB;
constexpr double kSpeedupMin = 1.4;
constexpr double kFinishTogetherSeconds = 1.0;
constexpr int kPairs = 3;

ClusterOptions with_statement_times() {
  ClusterOptions options;
  // Filling without WAL; each statement's end and backend in the log.
  options.settings = {"wal_level = minimal", "max_wal_senders = 0", "log_min_duration_statement = 0",
                      "log_line_prefix = 'at=%n pid=%p '"};
  return options;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

class SlowMemoryAndSpeedTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    cluster_ = std::make_unique<Cluster>(with_statement_times());
    cluster_->create_database("big");
    // 1040 bytes a row: below the size from which a value is compressed and moved out of line.
    cluster_->sql("big",
                  "CREATE TABLE big AS SELECT n, n % 97 AS k, repeat(md5(n::text), 31) AS filler "
                  "FROM generate_series(1, 4800000) n; CHECKPOINT");
    ASSERT_GT(std::stoll(cluster_->sql("big", "SELECT pg_relation_size('big')")), 5'000'000'000);
  }
  static void TearDownTestSuite() { cluster_.reset(); }

  static ProcessResult backup(int jobs, const std::string& codec, const std::string& data_format = "auto") {
    const TempDirectory folder("big");
    const std::string archive = (folder / "big.pgark").string();
    ProcessResult result = run_long({"backup", "-d", cluster_->conninfo("big"), "-o", archive, "-j",
                                     std::to_string(jobs), "-Z", codec, "--data-format", data_format});
    EXPECT_TRUE(result.ok()) << result.describe();
    return result;
  }

  // Seconds in which `sessions` of the server read the table and send it nowhere.
  static double server_alone(int sessions, const std::string& format) {
    const std::string pages = cluster_->sql("big", "SELECT pg_relation_size('big') / 8192 / 2");
    std::vector<std::string> ranges{"true"};
    if (sessions == 2) ranges = {"ctid < '(" + pages + ",0)'", "ctid >= '(" + pages + ",0)'"};
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::jthread> threads;
    for (const std::string& range : ranges) {
      threads.emplace_back([sql = "COPY (SELECT * FROM big WHERE " + range + ") TO '/dev/null' (FORMAT " +
                                  (format == "text" ? "text)" : "binary)")] { cluster_->sql("big", sql); });
    }
    threads.clear();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

  // End of the last COPY of each backend that ended one, from the log written since `log_begin`.
  static std::vector<double> copy_ends(const std::string& log, std::size_t log_begin) {
    std::map<int, double> last;
    std::istringstream lines(log.substr(std::min(log_begin, log.size())));
    for (std::string line; std::getline(lines, line);) {
      double at = 0;
      int pid = 0;
      if (std::sscanf(line.c_str(), "at=%lf pid=%d", &at, &pid) == 2 &&
          line.find("COPY") != std::string::npos) {
        last[pid] = at;
      }
    }
    std::vector<double> ends;
    for (const auto& [pid, at] : last) ends.push_back(at);
    return ends;
  }

  static std::unique_ptr<Cluster> cluster_;
};

std::unique_ptr<Cluster> SlowMemoryAndSpeedTest::cluster_;

TEST_F(SlowMemoryAndSpeedTest, peak_memory_at_four_jobs) {
  for (const char* codec : {"none", "lz4", "zstd"}) {
    const ProcessResult result = backup(4, codec);
    EXPECT_LT(result.peak_rss_bytes, kPeakMax) << codec << ": " << result.describe();
    fmt::print("{}: {:.1f} s, peak {} MiB\n", codec, result.seconds, result.peak_rss_bytes / kMiB);
  }
}

// In binary one connection is so much faster than with text that two have less to gain from each other; the
// bound holds for both formats all the same.
TEST_F(SlowMemoryAndSpeedTest, two_connections_share_one_table) {
  if (::sysconf(_SC_NPROCESSORS_ONLN) < 2) FAIL() << "needs two processors";
  backup(1, "none", "text");  // warms the caches
  std::map<std::string, std::vector<double>> speedups, alone;
  std::vector<double> gaps, one_gains, two_gains;
  for (int pair = 0; pair < kPairs; ++pair) {
    std::map<std::string, double> one, two;
    for (const std::string format : {"text", "auto"}) {
      const double one_alone = server_alone(1, format), two_alone = server_alone(2, format);
      alone[format].push_back(one_alone / two_alone);
      fmt::print("pair {}, {}: the server alone: one {:.2f} s, two {:.2f} s: {:.2f} times as fast\n",
                 pair + 1, format, one_alone, two_alone, one_alone / two_alone);
      one[format] = backup(1, "none", format).seconds;
      const std::size_t log_begin = cluster_->log_tail(SIZE_MAX).size();
      two[format] = backup(2, "none", format).seconds;
      const auto ends = copy_ends(cluster_->log_tail(SIZE_MAX), log_begin);
      ASSERT_EQ(ends.size(), 2u) << "both connections took part of the table";
      gaps.push_back(std::max(ends[0], ends[1]) - std::min(ends[0], ends[1]));
      fmt::print("pair {}, {}: one {:.2f} s, two {:.2f} s: {:.2f} times as fast, finished {:.3f} s apart\n",
                 pair + 1, format, one[format], two[format], one[format] / two[format], gaps.back());
    }
    for (const auto& [format, seconds] : one) speedups[format].push_back(seconds / two[format]);
    one_gains.push_back(one["text"] / one["auto"]);
    two_gains.push_back(two["text"] / two["auto"]);
  }
  for (const auto& [format, values] : speedups) {
    EXPECT_GE(median(values), kSpeedupMin)
        << format << ": the server's sessions alone, without any client, gain " << median(alone[format]);
  }
  EXPECT_GT(median(one_gains), 1);
  EXPECT_GT(median(two_gains), 1);
  EXPECT_LE(*std::ranges::max_element(gaps), kFinishTogetherSeconds);
}

}  // namespace
}  // namespace pgark::test
