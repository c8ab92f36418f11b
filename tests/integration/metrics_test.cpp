// The file of metrics that runs bring up to date: docs/monitoring.md.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <csignal>
#include <sstream>

#include "backups_fixture.hpp"

namespace pgark::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class MetricsTest : public BackupsTest {
 protected:
  ProcessResult measured(Words words) const {
    Command with_file = command(std::move(words));
    with_file.environment.emplace_back("PGARK_METRICS_FILE", file_.string());
    return run(std::move(with_file));
  }
  std::string metrics() const {
    std::stringstream text;
    text << std::ifstream(file_).rdbuf();
    return text.str();
  }
  // Of a line that begins so; "" when there is none.
  std::string value(const std::string& sample) const {
    const std::string text = "\n" + metrics();
    const std::size_t at = text.find("\n" + sample + " ");
    if (at == std::string::npos) return "";
    const std::size_t begin = at + sample.size() + 2;
    return text.substr(begin, text.find('\n', begin) - begin);
  }
  std::string of_shop(const std::string& family) const {
    return value(family + "{database=\"shop\",place=\"" + place_.string() + "\"}");
  }
  std::string of_run(const std::string& family, const std::string& command_name, bool with_database) const {
    return value(family + "{command=\"" + command_name + "\"," + (with_database ? "database=\"shop\"," : "") +
                 "place=\"" + place_.string() + "\"}");
  }

  const fs::path folder_of_metrics_ = folder_ / "metrics";
  const fs::path file_ = folder_of_metrics_ / "pgark.prom";
};

TEST_F(MetricsTest, RunsShareOneFile) {
  fs::create_directory(folder_of_metrics_);
  expect(measured({"backup", "-d", cluster_.conninfo("shop")}), 0);
  EXPECT_EQ(of_shop("pgark_backup_last_success_rows"), "5000");
  EXPECT_EQ(of_shop("pgark_backup_last_success_tables"), "2");
  EXPECT_EQ(of_shop("pgark_backup_verified_start_timestamp_seconds"), "");
  EXPECT_EQ(of_run("pgark_run_exit_status", "backup", true), "0");
  expect(measured({"verify", "--latest"}), 0);
  EXPECT_NE(of_shop("pgark_backup_verified_start_timestamp_seconds"), "");
  EXPECT_NE(of_shop("pgark_verify_last_success_timestamp_seconds"), "");
  EXPECT_EQ(of_run("pgark_run_exit_status", "verify", false), "0");
  EXPECT_EQ(of_run("pgark_run_exit_status", "backup", true), "0");
  expect(measured({"status"}), 16);
  EXPECT_EQ(of_run("pgark_run_exit_status", "status", false), "16");
  make_old(newest(), "2020-01-15T14-30-00-000Z");
  expect(measured({"backup", "-d", cluster_.conninfo("shop")}), 0);
  const std::string complete =
      "pgark_backups{database=\"shop\",place=\"" + place_.string() + "\",state=\"complete\"}";
  EXPECT_EQ(value(complete), "2");
  expect(measured({"verify", "--latest"}), 0);
  expect(measured({"prune", "--keep-days", "1"}), 0);
  EXPECT_EQ(value(complete), "1");
  Command drill = command({"drill", "--metrics-file", file_.string()});
  drill.environment.emplace_back("TEST_DATABASE_URL", cluster_.conninfo());
  expect(run(std::move(drill)), 0);
  EXPECT_EQ(of_shop("pgark_drill_last_success"), "1");
  EXPECT_NE(of_shop("pgark_drill_last_duration_seconds"), "");
  // Nothing but the file, and others may read it.
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_of_metrics_), fs::directory_iterator()), 1);
  struct stat status {};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0644u);
}

TEST_F(MetricsTest, AFailureKeepsWhatWasKnown) {
  fs::create_directory(folder_of_metrics_);
  expect(measured({"backup", "-d", cluster_.conninfo("shop")}), 0);
  const std::string succeeded = of_run("pgark_run_last_success_timestamp_seconds", "backup", true);
  const std::string ended = of_run("pgark_run_timestamp_seconds", "backup", true);
  Command failing = command({"backup", "-d", cluster_.conninfo("shop", "port=1")});
  failing.environment.emplace_back("PGARK_METRICS_FILE", file_.string());
  expect(run(std::move(failing)), 3);
  EXPECT_EQ(of_run("pgark_run_exit_status", "backup", true), "3");
  EXPECT_EQ(of_run("pgark_run_last_success_timestamp_seconds", "backup", true), succeeded);
  EXPECT_NE(of_run("pgark_run_timestamp_seconds", "backup", true), ended);
  EXPECT_EQ(of_shop("pgark_backup_last_success_rows"), "5000");
  damage(newest());
  expect(measured({"verify", "--latest"}), 10);
  EXPECT_EQ(of_run("pgark_run_exit_status", "verify", false), "10");
  EXPECT_EQ(value("pgark_backups{database=\"shop\",place=\"" + place_.string() + "\",state=\"damaged\"}"),
            "1");
  EXPECT_EQ(of_shop("pgark_backup_last_success_rows"), "") << "there is no complete one any more";
}

TEST_F(MetricsTest, AFileThatCannotBeWrittenIsAWarning) {
  expect(measured({"backup", "-d", cluster_.conninfo("shop")}), 0,
         {"warning: " + file_.string() + ": the metrics are not up to date"});
}

TEST_F(MetricsTest, RunsAtTheSameTimeLoseNothing) {
  fs::create_directory(folder_of_metrics_);
  std::vector<std::unique_ptr<Process>> runs;
  for (int i = 0; i < 8; ++i)
    runs.push_back(std::make_unique<Process>(
        command({"status", "--of", "of" + std::to_string(i), "--metrics-file", file_.string()})));
  for (const auto& one : runs) EXPECT_EQ(one->wait().exit_status, 16) << one->wait().describe();
  for (int i = 0; i < 8; ++i)
    EXPECT_EQ(value("pgark_run_exit_status{command=\"status\",database=\"of" + std::to_string(i) +
                    "\",place=\"" + place_.string() + "\"}"),
              "16");
}

}  // namespace
}  // namespace pgark::test
