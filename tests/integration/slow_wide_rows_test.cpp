// Rows of a megabyte at -j 8, in bounded memory; and one of 400 MB on its whole way.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "roundtrip.hpp"

namespace pgark::test {
namespace {

constexpr std::uint64_t kMiB = 1u << 20;
constexpr std::uint64_t kPeakMax = 256 * kMiB;

// Of sixteen pieces of 64 KiB that do not compress, in another order in each row; and texts of all lengths up
// to a megabyte beside short ones.
constexpr const char* kWideRows = R"sql(
CREATE TABLE piece AS SELECT p, (SELECT string_agg(sha256((p * 10000 + k)::text::bytea), '') FROM generate_series(1, 2048) k) AS b
  FROM generate_series(0, 15) p;
CREATE TABLE wide (n int, b bytea, t text);
ALTER TABLE wide ALTER b SET STORAGE EXTERNAL, ALTER t SET STORAGE EXTERNAL;
INSERT INTO wide SELECT n, (SELECT string_agg(b, '' ORDER BY (p * (2 * n + 1) + n) % 16) FROM piece), repeat('short ', n % 7)
  FROM generate_series(1, 700) n;
INSERT INTO wide SELECT n, NULL, repeat(md5(n::text), n % 1000 * 32) FROM generate_series(701, 2000) n;
)sql";

class SlowWideRowsTest : public testing::Test {
 protected:
  void SetUp() override { cluster_.create_database("source", "TEMPLATE template0"); }
  void TearDown() override {
    cluster_.drop_database("source");
    cluster_.drop_database("copy");
  }
  ProcessResult backup(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"backup", "-q",     "-d",         cluster_.conninfo("source"),
                                       "-o",     archive_, "--overwrite"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_long(arguments);
  }
  void expect_equal_after_restore(const std::string& jobs) {
    const ProcessResult verified = run_long({"verify", "-q", archive_});
    EXPECT_TRUE(verified.ok()) << verified.describe();
    cluster_.drop_database("copy");
    cluster_.create_database("copy", "TEMPLATE template0");
    const ProcessResult restored =
        run_long({"restore", "-q", archive_, "-d", cluster_.conninfo("copy"), "-j", jobs});
    EXPECT_TRUE(restored.ok()) << restored.describe();
    fmt::print("restored: {:.1f} s, peak {} MiB\n", restored.seconds, restored.peak_rss_bytes / kMiB);
  }

  Cluster& cluster_ = Cluster::shared();
  const TempDirectory folder_;
  const std::string archive_ = (folder_ / "wide.pgark").string();
};

TEST_F(SlowWideRowsTest, a_megabyte_each_at_eight_jobs) {
  cluster_.sql("source", kWideRows);
  for (const std::string format : {"auto", "text"}) {
    for (const std::string codec : {"none", "lz4", "zstd"}) {
      const ProcessResult result = backup({"-j", "8", "-Z", codec, "--data-format", format});
      EXPECT_TRUE(result.ok()) << result.describe();
      EXPECT_LT(result.peak_rss_bytes, kPeakMax) << format << ' ' << codec;
      fmt::print("{} {}: {:.1f} s, peak {} MiB\n", format, codec, result.seconds,
                 result.peak_rss_bytes / kMiB);
    }
    expect_equal_after_restore("8");
    EXPECT_TRUE(same_database(cluster_, "source", cluster_, "copy"));
  }
}

TEST_F(SlowWideRowsTest, a_row_of_400_megabytes) {
  cluster_.sql(
      "source",
      "CREATE TABLE huge (n int, b bytea); ALTER TABLE huge ALTER b SET STORAGE EXTERNAL; INSERT INTO huge "
      "VALUES (1, 'x'), (2, repeat(md5('huge'), 12500000)::bytea), (3, NULL)");
  for (const std::string format : {"auto", "text"}) {
    const ProcessResult result = backup({"-j", "8", "--data-format", format});
    EXPECT_TRUE(result.ok()) << result.describe();
    fmt::print("{}: {:.1f} s, peak {} MiB\n", format, result.seconds, result.peak_rss_bytes / kMiB);
    expect_equal_after_restore("2");
    const std::string digest =
        "SELECT string_agg(n || ' ' || coalesce(length(b) || md5(b), 'none'), ',' ORDER BY n) FROM huge";
    EXPECT_EQ(cluster_.sql("copy", digest), cluster_.sql("source", digest));
  }
}

}  // namespace
}  // namespace pgark::test
