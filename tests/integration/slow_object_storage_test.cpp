// Five gigabytes into a bucket: the memory stays bounded, and it takes not much longer than into a file. And
// one small table out of them: only what it needs is read. The bucket is a server in this program that counts
// what it gets and keeps nothing, or gives ranges of a file.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "roundtrip.hpp"
#include "support/http_server.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {
namespace {

constexpr std::uint64_t kMiB = 1u << 20;
constexpr std::uint64_t kPeakMax = 256 * kMiB;

class SlowObjectStorageTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ClusterOptions options;
    options.settings = {"wal_level = minimal", "max_wal_senders = 0"};  // filling without WAL
    cluster_ = std::make_unique<Cluster>(options);
    cluster_->create_database("big");
    cluster_->sql(
        "big",
        "CREATE TABLE big AS SELECT n, n % 97 AS k, repeat(md5(n::text), 31) AS filler "
        "FROM generate_series(1, 4800000) n; CREATE TABLE small AS SELECT n, repeat(md5(n::text), 31) "
        "AS filler FROM generate_series(1, 10000) n; CHECKPOINT");
  }
  static void TearDownTestSuite() { cluster_.reset(); }

  HttpReply swallow(const HttpRequest& request) {
    bytes_ += request.body.size();
    if (request.has_query("partNumber")) return {.headers = {{"ETag", "\"part\""}}};
    if (request.has_query("uploads"))
      return {.body =
                  "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"};
    if (request.method == "HEAD") return {.status = 404};
    if (request.method == "GET") return {.body = "<ListBucketResult></ListBucketResult>"};
    return {.headers = {{"ETag", "\"whole\""}}, .body = "<CompleteMultipartUploadResult/>"};
  }

  // Of one object, which is a file.
  HttpReply part_of(const std::filesystem::path& file, const HttpRequest& request) {
    const std::uint64_t size = std::filesystem::file_size(file);
    if (request.header("range").empty()) return {.status = 404};
    const std::string range = request.header("range");
    std::uint64_t first = 0, last = 0;
    const char* const end = range.data() + range.size();
    const auto begin = std::from_chars(range.data() + std::string_view("bytes=").size(), end, first);
    std::from_chars(begin.ptr + 1, end, last);
    last = std::min(last, size - 1);
    HttpReply reply{.status = 206,
                    .headers = {{"ETag", "\"whole\""},
                                {"Content-Range", fmt::format("bytes {}-{}/{}", first, last, size)}}};
    reply.body.resize(last - first + 1);
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    EXPECT_EQ(::pread(descriptor, reply.body.data(), reply.body.size(), static_cast<off_t>(first)),
              static_cast<ssize_t>(reply.body.size()));
    ::close(descriptor);
    bytes_ += reply.body.size();
    return reply;
  }

  ProcessResult backup(const std::string& output, const std::vector<std::string>& more) {
    std::vector<std::string> words{"backup", "-d", cluster_->conninfo("big"), "-o", output, "-j", "4"};
    words.insert(words.end(), more.begin(), more.end());
    return pgark(words);
  }
  ProcessResult pgark(const std::vector<std::string>& words) {
    Command command = pgark_command(words);
    command.environment = {{"AWS_ENDPOINT_URL", server_url_.empty() ? server_.url() : server_url_},
                           {"AWS_ACCESS_KEY_ID", "AK"},
                           {"AWS_SECRET_ACCESS_KEY", "SK"},
                           {"AWS_PROFILE", ""},
                           {"HOME", "/nonexistent"}};
    command.timeout_ms = kLongRunMs;
    ProcessResult result = run(std::move(command));
    EXPECT_TRUE(result.ok()) << result.describe();
    return result;
  }

  inline static std::unique_ptr<Cluster> cluster_;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::string server_url_;  // of another than server_
  HttpServer server_{[this](const HttpRequest& request) { return swallow(request); }};
};

TEST_F(SlowObjectStorageTest, MemoryStaysWithinBoundsInOneObjectAndInMany) {
  for (const std::vector<std::string>& form :
       {std::vector<std::string>{"-Z", "none"}, {"-Z", "none", "-F", "directory", "--pack-size", "256MiB"}}) {
    bytes_ = 0;
    const ProcessResult result = backup("s3://bucket/big", form);
    EXPECT_GT(bytes_, std::uint64_t{4'500} * kMiB);
    EXPECT_LT(result.peak_rss_bytes, kPeakMax) << result.describe();
    fmt::print("{} MiB sent in {:.1f} s, peak {} MiB\n", bytes_ / kMiB, result.seconds,
               result.peak_rss_bytes / kMiB);
  }
}

// With default options, as a user measures it: one after the other, so that what disturbs one disturbs the
// other.
TEST_F(SlowObjectStorageTest, TakesNotMuchLongerThanAFile) {
  const TempDirectory folder;
  std::vector<double> shares;
  for (int round = 0; round < 3; ++round) {
    const double file = backup((folder / "local.pgark").string(), {"--overwrite"}).seconds;
    const double bucket = backup("s3://bucket/big", {}).seconds;
    shares.push_back(file / bucket);
    fmt::print("file {:.1f} s, bucket {:.1f} s: {:.2f} of the speed\n", file, bucket, shares.back());
  }
  std::ranges::sort(shares);
  EXPECT_GE(shares[1], 0.8);
}

TEST_F(SlowObjectStorageTest, OneTableOfFiveGigabytesReadsLittle) {
  const TempDirectory folder;
  const std::filesystem::path file = folder / "big.pgark";
  ASSERT_TRUE(backup(file.string(), {"-Z", "none"}).ok());
  const std::uint64_t size = std::filesystem::file_size(file);
  ASSERT_GT(size, std::uint64_t{4'500} * kMiB);
  cluster_->create_database("target", "TEMPLATE template0");
  HttpServer bucket([&](const HttpRequest& request) { return part_of(file, request); });
  server_url_ = bucket.url();
  bytes_ = 0;
  const ProcessResult result = pgark(
      {"restore", "s3://bucket/big.pgark", "-d", cluster_->conninfo("target"), "-t", "small", "--verify"});
  EXPECT_EQ(cluster_->sql("target", "SELECT count(*) FROM small"), "10000") << result.describe();
  EXPECT_GT(bytes_, 9 * kMiB);
  EXPECT_LT(bytes_, size * 3 / 100);
  fmt::print("{:.1f} MiB of {} MiB read: {:.2f} %\n", static_cast<double>(bytes_) / kMiB, size / kMiB,
             100.0 * static_cast<double>(bytes_) / static_cast<double>(size));
}

}  // namespace
}  // namespace pgark::test
