#include "cli/progress_line.hpp"

#include <gtest/gtest.h>

namespace pgark::cli {
namespace {

ProgressSample sample(std::uint64_t done, std::uint64_t total) {
  ProgressSample result;
  result.bytes_done = done;
  result.bytes_total = total;
  return result;
}

TEST(ProgressLine, SteadyRateGivesTheExactTimeLeft) {
  ProgressLine line;
  for (std::uint64_t second = 0; second <= 10; ++second) {
    line.update(sample(second * 100'000'000, 2'000'000'000), static_cast<double>(second));
  }
  EXPECT_NEAR(line.rate_bytes_per_s(), 1e8, 1e3);
  EXPECT_NEAR(line.eta_s(), 10, 0.01);
  EXPECT_EQ(line.bar("copying rows", 200),
            "copying rows [############------------]  50%  1.0 GB of 2.0 GB  100 MB/s  ETA 10 s");
}

TEST(ProgressLine, RateFollowsAChangeWithinSeconds) {
  ProgressLine line;
  std::uint64_t done = 0;
  double at = 0;
  for (; at < 10; at += 0.2) line.update(sample(done += 20'000'000, 1'000'000'000'000), at);
  for (; at < 30; at += 0.2) line.update(sample(done += 2'000'000, 1'000'000'000'000), at);
  EXPECT_NEAR(line.rate_bytes_per_s(), 1e7, 3e6);
}

TEST(ProgressLine, UnknownTotalShowsNoTimeLeft) {
  ProgressLine line;
  line.update(sample(0, 0), 0);
  line.update(sample(5'000'000, 0), 1);
  EXPECT_LT(line.eta_s(), 0);
  EXPECT_EQ(line.plain("copying rows"), "copying rows: 5.0 MB, 5.0 MB/s");
}

TEST(ProgressLine, FitsTheTerminal) {
  ProgressLine line;
  line.update(sample(1, 2), 0);
  EXPECT_EQ(line.bar("a phase with a long name", 20), "a phase with a  50%");
  EXPECT_EQ(line.bar("copying rows", 30), "copying rows [####-----]  50%");
  EXPECT_EQ(line.bar("copying rows", 46), "copying rows [############------------]  50%");
  EXPECT_EQ(line.bar("copying rows", 60), "copying rows [############------------]  50%  1 B of 2 B");
  for (int width = 1; width < 100; ++width)
    EXPECT_LE(line.bar("copying rows", width).size(), static_cast<std::size_t>(std::max(width, 6)));
}

TEST(ProgressLine, NeverBeyondTheTotal) {
  ProgressLine line;
  line.update(sample(300, 200), 0);
  EXPECT_NE(line.bar("x", 100).find("100%"), std::string::npos);
}

}  // namespace
}  // namespace pgark::cli
