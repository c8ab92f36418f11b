// What people get wrong: each mistake ends with its documented exit status, one message that names the cause,
// no secret, no file that looks like an archive, and an untouched target.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "roundtrip.hpp"

namespace pgark::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSecret = "correct-horse-battery";
constexpr std::string_view kWrongSecret = "wrong-secret-4711";

ClusterOptions with_password_login() {
  ClusterOptions options;
  options.hba_lines = {"local all all trust", "host all guarded 127.0.0.1/32 scram-sha-256",
                       "host all all 127.0.0.1/32 trust"};
  return options;
}

class BadInputTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    cluster_ = std::make_unique<Cluster>(with_password_login());
    cluster_->sql("postgres", "CREATE ROLE guarded SUPERUSER LOGIN PASSWORD '" + std::string(kSecret) + "'");
    cluster_->create_database("source");
    cluster_->sql("source",
                  "CREATE TABLE t (a int PRIMARY KEY, b text); INSERT INTO t SELECT n, 'row ' || n FROM "
                  "generate_series(1, 1000) n");
  }
  static void TearDownTestSuite() { cluster_.reset(); }

  std::string archive() const { return (folder_ / "x.pgark").string(); }

  ProcessResult backup(const std::string& conninfo) const {
    return run_pgark({"backup", "-d", conninfo, "-o", archive()});
  }

  // The common promise of every failure.
  void expect_failure(const ProcessResult& result, int status, std::string_view named) const {
    EXPECT_EQ(result.exit_status, status) << result.describe();
    EXPECT_NE(result.err.find(named), std::string::npos) << "does not name " << named << "\n"
                                                         << result.describe();
    EXPECT_EQ(result.out.find("complete"), std::string::npos) << result.describe();
    for (const std::string_view secret : {kSecret, kWrongSecret}) {
      EXPECT_EQ((result.out + result.err).find(secret), std::string::npos) << result.describe();
    }
    std::size_t errors = 0;
    for (std::size_t at = 0; (at = result.err.find("error:", at)) != std::string::npos; ++at) ++errors;
    EXPECT_EQ(errors, 1u) << "one clear message\n" << result.describe();
    EXPECT_FALSE(fs::exists(archive()));
  }

  std::string good_archive() {
    const std::string path = (folder_ / "good.pgark").string();
    const ProcessResult result = run_pgark({"backup", "-d", cluster_->conninfo("source"), "-o", path});
    EXPECT_TRUE(result.ok()) << result.describe();
    return path;
  }

  static std::unique_ptr<Cluster> cluster_;
  const TempDirectory folder_;
};

std::unique_ptr<Cluster> BadInputTest::cluster_;

TEST_F(BadInputTest, right_password_works) {
  const std::string secret(kSecret);
  const ProcessResult result = backup("host=127.0.0.1 port=" + std::to_string(cluster_->port()) +
                                      " user=guarded dbname=source password=" + secret);
  EXPECT_TRUE(result.ok()) << result.describe();
  EXPECT_EQ((result.out + result.err).find(secret), std::string::npos) << result.describe();
}

TEST_F(BadInputTest, wrong_password) {
  expect_failure(backup("postgresql://guarded:" + std::string(kWrongSecret) +
                        "@127.0.0.1:" + std::to_string(cluster_->port()) + "/source"),
                 4, "guarded");
}

TEST_F(BadInputTest, no_password) {
  expect_failure(
      backup("host=127.0.0.1 port=" + std::to_string(cluster_->port()) + " user=guarded dbname=source"), 4,
      "password");
}

TEST_F(BadInputTest, unknown_host) {
  expect_failure(backup("host=no-such-host.invalid dbname=source"), 3, "no-such-host.invalid");
}

TEST_F(BadInputTest, nobody_listens) {
  expect_failure(backup("host=127.0.0.1 port=1 dbname=source"), 3, "127.0.0.1:1");
  expect_failure(backup("host=/no/such/directory dbname=source"), 3, "/no/such/directory");
}

TEST_F(BadInputTest, no_such_database) {
  expect_failure(backup(cluster_->conninfo("no_such_db")), 3, "no_such_db");
}

TEST_F(BadInputTest, no_such_role) {
  expect_failure(
      backup("host=127.0.0.1 port=" + std::to_string(cluster_->port()) + " user=nobody_here dbname=source"),
      4, "nobody_here");
}

TEST_F(BadInputTest, unknown_keyword_and_value) {
  expect_failure(backup("host=127.0.0.1 hots=db1"), 2, "hots");
  expect_failure(backup(cluster_->conninfo("source", "sslmode=perhaps")), 2, "perhaps");
}

TEST_F(BadInputTest, usage) {
  expect_failure(run_pgark({"backup", "-d", cluster_->conninfo("source"), "-F", "plain"}), 2, "-o");
  expect_failure(run_pgark({"backup", "--no-such-option", "-o", archive()}), 2, "no-such-option");
  expect_failure(run_pgark({"backup", "--bogus"}), 2, "--bogus");
  expect_failure(run_pgark({"backup", "-d", "source", "-o", archive(), "-j", "0"}), 2, "jobs");
  expect_failure(run_pgark({"backup", "-d", "source", "-o", archive(), "-Z", "brotli"}), 2, "brotli");
  expect_failure(run_pgark({"no-such-command"}), 2, "no-such-command");
}

TEST_F(BadInputTest, no_such_folder) {
  const ProcessResult result =
      run_pgark({"backup", "-d", cluster_->conninfo("source"), "-o", (folder_ / "missing/x.pgark").string()});
  expect_failure(result, 8, "missing/x.pgark");
}

TEST_F(BadInputTest, the_archive_exists_already) {
  const std::string path = good_archive();
  const auto size = fs::file_size(path);
  expect_failure(run_pgark({"backup", "-d", cluster_->conninfo("source"), "-o", path}), 2, path);
  EXPECT_EQ(fs::file_size(path), size);
}

TEST_F(BadInputTest, not_an_archive) {
  const std::string path = (folder_ / "letter.txt").string();
  std::ofstream(path) << std::string(10'000, 'x');
  for (const char* command : {"inspect", "verify"}) expect_failure(run_pgark({command, path}), 11, path);
  expect_failure(run_pgark({"restore", path, "-d", cluster_->conninfo("source")}), 11, path);
  std::ofstream(path, std::ios::trunc).flush();
  EXPECT_NE(run_pgark({"verify", path}).exit_status, 0);
  expect_failure(run_pgark({"verify", (folder_ / "missing").string()}), 8, "missing");
}

TEST_F(BadInputTest, a_target_with_objects_is_refused_and_left_alone) {
  const std::string path = good_archive();
  cluster_->drop_database("used");
  cluster_->create_database("used");
  cluster_->sql("used", "CREATE VIEW mine AS SELECT 42 AS answer");
  const std::string before = cluster_->schema_text("used");
  expect_failure(run_pgark({"restore", path, "-d", cluster_->conninfo("used")}), 12, "--clean");
  EXPECT_EQ(cluster_->schema_text("used"), before);
}

TEST_F(BadInputTest, a_restore_refused_by_its_server_says_which_statement) {
  const std::string path = good_archive();
  cluster_->drop_database("target");
  cluster_->sql("postgres", "DROP ROLE IF EXISTS weak; CREATE ROLE weak LOGIN; CREATE DATABASE target");
  // Not among what is looked at before.
  cluster_->sql("target",
                "GRANT CREATE ON SCHEMA public TO weak;"
                "REVOKE USAGE ON TYPE int4, int8, text, numeric, timestamptz, date, bytea FROM PUBLIC");
  const ProcessResult result =
      run_pgark({"restore", path, "-d",
                 "host=127.0.0.1 port=" + std::to_string(cluster_->port()) + " user=weak dbname=target",
                 "--exit-on-error", "--no-owner"});
  EXPECT_EQ(result.exit_status, 5) << result.describe();
  EXPECT_NE(result.err.find("42501"), std::string::npos) << result.describe();
  EXPECT_EQ(user_object_count(*cluster_, "target"), 0);
}

}  // namespace
}  // namespace pgark::test
