#include "cli/objectives.hpp"

#include <fmt/format.h>

#include "cli/catalogue_text.hpp"
#include "cli/text.hpp"

namespace pgark::cli {
namespace {

using storage::Backup;
using storage::BackupState;
using storage::Verification;

std::string seconds_text(std::chrono::seconds span) {
  return human_duration(static_cast<double>(span.count()));
}

std::string age_of(const Backup& backup, storage::TimePoint now) {
  return fmt::format("{}, {}", backup.text(), age_text(backup.name.started, now, "old"));
}

// The newest thing that was tried: should it be no complete backup, somebody has to know.
Objective last_run(const std::vector<Backup>& backups, storage::TimePoint now) {
  if (backups.empty()) return {"last backup", false, "there is none"};
  const Backup& last = backups.back();
  const bool good = last.state == BackupState::complete;
  return {"last backup", good,
          age_of(last, now) + (good ? "" : fmt::format(": {}", storage::state_name(last.state)))};
}

Objective fresh_verified(const std::vector<Backup>& backups, std::chrono::seconds rpo,
                         storage::TimePoint now) {
  for (auto backup = backups.rbegin(); backup != backups.rend(); ++backup) {
    if (backup->state != BackupState::complete || backup->metadata->verified() == nullptr) continue;
    const bool fresh = now - backup->name.started <= rpo && backup->name.started <= now;
    return {"verified backup", fresh,
            fmt::format("{} (objective: {})", age_of(*backup, now), seconds_text(rpo))};
  }
  return {"verified backup", false, fmt::format("none is verified (objective: {})", seconds_text(rpo))};
}

Objective fast_drill(const std::vector<Backup>& backups, std::chrono::seconds rto, storage::TimePoint now) {
  const Verification* last = nullptr;
  for (const Backup& backup : backups) {
    const Verification* drill = backup.metadata ? backup.metadata->drill() : nullptr;
    if (drill != nullptr && (last == nullptr || drill->at > last->at)) last = drill;
  }
  if (last == nullptr)
    return {"restore drill", false, fmt::format("there was none (objective: {})", seconds_text(rto))};
  const std::string when = age_text(last->at, now, "ago");
  if (!last->passed) return {"restore drill", false, fmt::format("FAILED {}: {}", when, last->message)};
  const bool fast = last->seconds <= static_cast<double>(rto.count());
  return {"restore drill", fast,
          fmt::format("{}, {} (objective: {})", human_duration(last->seconds), when, seconds_text(rto))};
}

}  // namespace

std::vector<Objective> judge(const std::vector<Backup>& backups, const Objectives& wanted,
                             storage::TimePoint now) {
  return {last_run(backups, now), fresh_verified(backups, wanted.rpo, now),
          fast_drill(backups, wanted.rto, now)};
}

}  // namespace pgark::cli
