#include "cli/report/sections.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/catalogue_text.hpp"
#include "cli/text.hpp"

namespace pgark::cli::report {

using storage::Backup;
using storage::BackupState;
using storage::Verification;

Tone state_tone(BackupState state) {
  switch (state) {
    case BackupState::complete: return Tone::good;
    case BackupState::damaged: return Tone::bad;
    case BackupState::incomplete: return Tone::bad;
    case BackupState::unlisted:
    case BackupState::unfinished:
    case BackupState::orphaned: break;
  }
  return Tone::warning;
}

Cell verdict_of(const Backup& backup) {
  const Tone tone = state_tone(backup.state);
  if (!backup.metadata || tone == Tone::warning) {
    const std::string why = backup.problem.empty() ? "" : ": " + backup.problem;
    return {std::string(storage::state_name(backup.state)) + why, tone};
  }
  if (const Verification* failed = backup.metadata->known_damage())
    return {"damaged: " + failed->message, Tone::bad};
  if (!backup.metadata->complete)
    return {"incomplete: an object could not be saved, see the report below", Tone::bad};
  const Verification* verified = backup.metadata->verified();
  if (verified == nullptr) return {"complete, but never verified", Tone::warning};
  return {fmt::format("complete and verified ({}, {})", storage::level_name(verified->level),
                      date_text(verified->at)),
          Tone::good};
}

Cell verified_cell(const Backup& backup) {
  Cell cell{verified_text(backup)};
  if (!backup.metadata) return cell;
  const bool damaged = backup.metadata->known_damage() != nullptr;
  cell.tone = damaged ? Tone::bad : backup.metadata->verified() != nullptr ? Tone::good : Tone::warning;
  return cell;
}

Cell objective_cell(const Objective& objective) {
  if (objective.holds) return {"holds", Tone::good};
  return {"MISSED", Tone::bad};
}

Section checks_section(const std::vector<Verification>& checks, std::size_t checks_max) {
  Section section;
  section.title = "Checks";
  if (checks.empty()) section.text = "It was never verified.";
  section.grid.columns = {{"when"}, {"level"}, {"result"}, {"time", true}, {"found"}};
  const std::size_t shown = std::min(checks_max, checks.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const Verification& check = checks[checks.size() - 1 - i];
    std::string level = storage::level_name(check.level);
    if (check.drill) level += ", a drill";
    if (!check.sample.empty()) level += ", sample " + check.sample;
    const Cell result = check.passed ? Cell{"passed", Tone::good} : Cell{"FAILED", Tone::bad};
    section.grid.rows.push_back(
        {{date_text(check.at)}, {level}, result, {human_duration(check.seconds)}, {check.message}});
  }
  if (shown < checks.size())
    section.note = fmt::format("{} older ones are not shown.", human_count(checks.size() - shown));
  return section;
}

std::string footer_text(storage::TimePoint now) {
  return fmt::format("Written {} by pgark report. All times are UTC.", date_text(now));
}

}  // namespace pgark::cli::report
