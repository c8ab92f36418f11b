#include "cli/metrics/run_metrics.hpp"

#include <map>

#include "cli/text.hpp"

namespace pgark::cli {
namespace {

using storage::Backup;
using storage::BackupState;
using storage::Verification;

constexpr const char* kOfRuns = "pgark_run_";

double seconds_of(storage::TimePoint time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

// Of one database.
class BackupMetrics {
 public:
  BackupMetrics(MetricSet& metrics, MetricLabels labels) : metrics_(metrics), labels_(std::move(labels)) {}

  void put(const std::vector<const Backup*>& backups) {
    std::map<std::string, double> states;
    double bytes = 0;
    const Backup* newest = nullptr;
    const Backup* verified = nullptr;
    for (const BackupState state : {BackupState::complete, BackupState::incomplete, BackupState::damaged})
      states[storage::state_name(state)] = 0;
    for (const Backup* backup : backups) {
      ++states[storage::state_name(backup->state)];
      bytes += static_cast<double>(backup->bytes);
      if (backup->metadata) look_at(backup->metadata->verifications);
      if (backup->state != BackupState::complete) continue;
      newest = backup;
      if (backup->metadata->verified() != nullptr) verified = backup;
    }
    for (const auto& [state, count] : states) {
      MetricLabels labels = labels_;
      labels["state"] = state;
      metrics_.set("pgark_backups", labels, count);
    }
    set("pgark_backups_size_bytes", bytes);
    if (newest != nullptr) put_newest(*newest);
    if (verified != nullptr)
      set("pgark_backup_verified_start_timestamp_seconds", seconds_of(verified->name.started));
    put_verifications();
  }

 private:
  void set(const char* family, double value) { metrics_.set(family, labels_, value); }

  void put_newest(const Backup& backup) {
    const storage::Metadata& facts = *backup.metadata;
    set("pgark_backup_last_success_timestamp_seconds", seconds_of(facts.finished));
    set("pgark_backup_last_success_start_timestamp_seconds", seconds_of(backup.name.started));
    set("pgark_backup_last_success_duration_seconds", facts.duration_seconds);
    set("pgark_backup_last_success_size_bytes", static_cast<double>(backup.bytes));
    set("pgark_backup_last_success_raw_bytes", static_cast<double>(facts.raw_bytes));
    set("pgark_backup_last_success_rows", static_cast<double>(facts.rows));
    set("pgark_backup_last_success_tables", static_cast<double>(facts.tables.size()));
  }

  static void keep_newer(const Verification*& newest, const Verification& one) {
    if (newest == nullptr || one.at > newest->at) newest = &one;
  }

  void look_at(const std::vector<Verification>& verifications) {
    for (const Verification& one : verifications) {
      if (one.passed) keep_newer(last_pass_, one);
      if (!one.drill) continue;
      keep_newer(last_drill_, one);
      if (one.passed) keep_newer(last_good_drill_, one);
    }
  }

  void put_verifications() {
    if (last_pass_ != nullptr) set("pgark_verify_last_success_timestamp_seconds", seconds_of(last_pass_->at));
    if (last_good_drill_ != nullptr)
      set("pgark_drill_last_success_timestamp_seconds", seconds_of(last_good_drill_->at));
    if (last_drill_ == nullptr) return;
    set("pgark_drill_last_timestamp_seconds", seconds_of(last_drill_->at));
    set("pgark_drill_last_success", last_drill_->passed ? 1 : 0);
    set("pgark_drill_last_duration_seconds", last_drill_->seconds);
  }

  MetricSet& metrics_;
  const MetricLabels labels_;
  const Verification* last_pass_ = nullptr;
  const Verification* last_drill_ = nullptr;
  const Verification* last_good_drill_ = nullptr;
};

std::string value_of(const MetricLabels& labels, const char* name) {
  const auto found = labels.find(name);
  return found == labels.end() ? std::string() : found->second;
}

}  // namespace

void put_run(MetricSet& metrics, const RunReport& report, const std::string& place) {
  const MetricLabels labels = {
      {"command", report.command}, {"database", report.asked_database}, {"place", place}};
  metrics.set("pgark_run_timestamp_seconds", labels, seconds_of(report.finished));
  metrics.set("pgark_run_duration_seconds", labels, report.duration_seconds);
  metrics.set("pgark_run_exit_status", labels, report.exit_status);
  if (!report.failed())
    metrics.set("pgark_run_last_success_timestamp_seconds", labels, seconds_of(report.finished));
}

void put_backups(MetricSet& metrics, const std::string& place, const std::string& database,
                 const std::vector<Backup>& backups) {
  const std::string shown_place = printable(place);
  const std::string shown_database = printable(database);
  metrics.remove_if([&](const std::string& family, const MetricLabels& labels) {
    if (family.starts_with(kOfRuns) || value_of(labels, "place") != shown_place) return false;
    return database.empty() || value_of(labels, "database") == shown_database;
  });
  std::map<std::string, std::vector<const Backup*>> by_database;
  for (const Backup& backup : backups) by_database[backup.name.database].push_back(&backup);
  for (const auto& [name, of_it] : by_database)
    BackupMetrics(metrics, {{"database", name}, {"place", place}}).put(of_it);
}

}  // namespace pgark::cli
