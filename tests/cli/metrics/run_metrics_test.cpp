#include "cli/metrics/run_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgark::cli {
namespace {

using storage::Backup;
using storage::BackupState;
using ::testing::HasSubstr;
using ::testing::Not;

storage::TimePoint at(int seconds) {
  return storage::TimePoint(std::chrono::seconds(seconds));
}

Backup backup(const std::string& database, int started, BackupState state = BackupState::complete) {
  Backup made;
  made.name = {database, at(started)};
  made.state = state;
  made.bytes = 1000;
  made.metadata.emplace();
  made.metadata->finished = at(started + 60);
  made.metadata->duration_seconds = 60;
  made.metadata->rows = 7;
  made.metadata->raw_bytes = 5000;
  made.metadata->tables.resize(2);
  return made;
}

storage::Verification verification(int when, bool passed, bool drill, double seconds = 5) {
  storage::Verification one;
  one.at = at(when);
  one.level = drill ? storage::VerifyLevel::restore : storage::VerifyLevel::decode;
  one.passed = passed;
  one.drill = drill;
  one.seconds = seconds;
  return one;
}

RunReport run(int exit_status, int finished) {
  RunReport report;
  report.command = "backup";
  report.asked_database = "shop";
  report.exit_status = exit_status;
  report.finished = at(finished);
  report.duration_seconds = 2.5;
  return report;
}

std::string text_of(const std::string& database, const std::vector<Backup>& backups) {
  MetricSet metrics;
  put_backups(metrics, "/b", database, backups);
  return metrics.text();
}

TEST(RunMetrics, AFailureKeepsTheLastSuccess) {
  MetricSet metrics;
  put_run(metrics, run(5, 50), "/b");
  EXPECT_THAT(metrics.text(), Not(HasSubstr("last_success")));
  put_run(metrics, run(0, 100), "/b");
  put_run(metrics, run(5, 200), "/b");
  const std::string labels = "{command=\"backup\",database=\"shop\",place=\"/b\"}";
  EXPECT_THAT(metrics.text(), HasSubstr("pgark_run_timestamp_seconds" + labels + " 200\n"));
  EXPECT_THAT(metrics.text(), HasSubstr("pgark_run_duration_seconds" + labels + " 2.5\n"));
  EXPECT_THAT(metrics.text(), HasSubstr("pgark_run_exit_status" + labels + " 5\n"));
  EXPECT_THAT(metrics.text(), HasSubstr("pgark_run_last_success_timestamp_seconds" + labels + " 100\n"));
}

TEST(RunMetrics, TheNewestCompleteBackupCounts) {
  const std::string text = text_of(
      {}, {backup("shop", 1000), backup("shop", 2000), backup("shop", 3000, BackupState::incomplete)});
  const std::string labels = "{database=\"shop\",place=\"/b\"}";
  EXPECT_THAT(text, HasSubstr("pgark_backup_last_success_timestamp_seconds" + labels + " 2060\n"));
  EXPECT_THAT(text, HasSubstr("pgark_backup_last_success_start_timestamp_seconds" + labels + " 2000\n"));
  EXPECT_THAT(text, HasSubstr("pgark_backup_last_success_duration_seconds" + labels + " 60\n"));
  EXPECT_THAT(text, HasSubstr("pgark_backup_last_success_size_bytes" + labels + " 1000\n"));
  EXPECT_THAT(text, HasSubstr("pgark_backup_last_success_raw_bytes" + labels + " 5000\n"));
  EXPECT_THAT(text, HasSubstr("pgark_backup_last_success_rows" + labels + " 7\n"));
  EXPECT_THAT(text, HasSubstr("pgark_backup_last_success_tables" + labels + " 2\n"));
  EXPECT_THAT(text, HasSubstr("pgark_backups_size_bytes" + labels + " 3000\n"));
  EXPECT_THAT(text, HasSubstr("pgark_backups{database=\"shop\",place=\"/b\",state=\"complete\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("pgark_backups{database=\"shop\",place=\"/b\",state=\"incomplete\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("pgark_backups{database=\"shop\",place=\"/b\",state=\"damaged\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("verified")));
  EXPECT_THAT(text, Not(HasSubstr("drill")));
}

TEST(RunMetrics, VerificationsAndDrills) {
  Backup old = backup("shop", 1000);
  old.metadata->verifications = {verification(1100, true, false), verification(1200, true, true, 9)};
  Backup fresh = backup("shop", 2000);
  fresh.metadata->verifications = {verification(2100, false, true, 1)};
  const std::string text = text_of({}, {old, fresh});
  const std::string labels = "{database=\"shop\",place=\"/b\"}";
  EXPECT_THAT(text, HasSubstr("pgark_backup_verified_start_timestamp_seconds" + labels + " 1000\n"));
  EXPECT_THAT(text, HasSubstr("pgark_verify_last_success_timestamp_seconds" + labels + " 1200\n"));
  EXPECT_THAT(text, HasSubstr("pgark_drill_last_timestamp_seconds" + labels + " 2100\n"));
  EXPECT_THAT(text, HasSubstr("pgark_drill_last_success" + labels + " 0\n"));
  EXPECT_THAT(text, HasSubstr("pgark_drill_last_duration_seconds" + labels + " 1\n"));
  EXPECT_THAT(text, HasSubstr("pgark_drill_last_success_timestamp_seconds" + labels + " 1200\n"));
}

TEST(RunMetrics, WhatOneRunKnowsReplacesThatAlone) {
  MetricSet metrics;
  put_run(metrics, run(0, 100), "/b");
  put_backups(metrics, "/b", {}, {backup("shop", 1000), backup("crm", 1000)});
  put_backups(metrics, "/other", {}, {backup("shop", 1000)});
  put_backups(metrics, "/b", "shop", {});
  EXPECT_FALSE(metrics.has("pgark_backup_last_success_rows", {{"database", "shop"}, {"place", "/b"}}));
  EXPECT_TRUE(metrics.has("pgark_backup_last_success_rows", {{"database", "crm"}, {"place", "/b"}}));
  EXPECT_TRUE(metrics.has("pgark_backup_last_success_rows", {{"database", "shop"}, {"place", "/other"}}));
  put_backups(metrics, "/b", {}, {});
  EXPECT_FALSE(metrics.has("pgark_backup_last_success_rows", {{"database", "crm"}, {"place", "/b"}}));
  EXPECT_THAT(metrics.text(), HasSubstr("pgark_run_exit_status{command=\"backup\""));
}

}  // namespace
}  // namespace pgark::cli
