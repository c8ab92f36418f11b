#include "cli/report/place_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/catalogue_text.hpp"
#include "cli/report/sections.hpp"
#include "cli/text.hpp"

namespace pgark::cli::report {
namespace {

using storage::Backup;
using storage::Verification;

struct Counts {
  std::uint64_t backups = 0, complete = 0, verified = 0, wrong = 0, bytes = 0, missed = 0;
};

Counts count(const std::vector<DatabaseFacts>& databases) {
  Counts counts;
  for (const DatabaseFacts& database : databases) {
    for (const Objective& objective : database.objectives) counts.missed += objective.holds ? 0 : 1;
    for (const Backup& backup : database.backups) {
      ++counts.backups;
      counts.bytes += backup.bytes;
      const bool complete = backup.state == storage::BackupState::complete;
      counts.complete += complete ? 1 : 0;
      counts.wrong += complete ? 0 : 1;
      counts.verified += complete && backup.metadata->verified() != nullptr ? 1 : 0;
    }
  }
  return counts;
}

Cell verdict(const Counts& counts) {
  if (counts.backups == 0) return {"there are no backups", Tone::bad};
  if (counts.missed > 0)
    return {fmt::format("{} of the objectives missed", human_count(counts.missed)), Tone::bad};
  if (counts.wrong > 0) {
    return {fmt::format("all objectives hold; {} of {} backups are not complete", human_count(counts.wrong),
                        human_count(counts.backups)),
            Tone::warning};
  }
  return {"all objectives hold", Tone::good};
}

Section summary(const std::string& place, const Counts& counts, std::size_t databases) {
  Section section;
  section.title = "Summary";
  section.facts = {
      {"place", {place}},
      {"databases", {human_count(databases)}},
      {"backups", {human_count(counts.backups)}},
      {"complete", {human_count(counts.complete)}},
      {"verified",
       {human_count(counts.verified), counts.verified < counts.complete ? Tone::warning : Tone::good}},
      {"not complete", {human_count(counts.wrong), counts.wrong > 0 ? Tone::bad : Tone::plain}},
      {"size", {human_bytes(counts.bytes)}},
  };
  return section;
}

Section objectives(const std::vector<DatabaseFacts>& databases) {
  Section section;
  section.title = "Objectives";
  section.grid.columns = {{"database"}, {"objective"}, {"result"}, {"what is there"}};
  for (const DatabaseFacts& database : databases) {
    for (const Objective& objective : database.objectives) {
      section.grid.rows.push_back(
          {{database.database}, {objective.name}, objective_cell(objective), {objective.text}});
    }
  }
  return section;
}

// What is known of why a backup is not complete.
std::string reason_of(const Backup& backup) {
  if (!backup.metadata || !backup.problem.empty()) return backup.problem;
  if (const Verification* failed = backup.metadata->known_damage()) return failed->message;
  return backup.metadata->complete ? "" : "an object could not be saved: pgark report names it";
}

// What a person has to look into.
Section problems(const std::vector<DatabaseFacts>& databases) {
  Section section;
  section.title = "What is wrong";
  section.grid.columns = {{"backup"}, {"state"}, {"what"}};
  for (const DatabaseFacts& database : databases) {
    for (const Backup& backup : database.backups) {
      if (backup.state == storage::BackupState::complete) continue;
      section.grid.rows.push_back({{backup.text()},
                                   {storage::state_name(backup.state), state_tone(backup.state)},
                                   {reason_of(backup)}});
    }
  }
  if (section.grid.rows.empty()) section.text = "Nothing: all backups are complete.";
  return section;
}

Section drills(const std::vector<DatabaseFacts>& databases) {
  constexpr std::size_t kDrillsShown = 20;
  std::vector<std::pair<const Backup*, const Verification*>> all;
  for (const DatabaseFacts& database : databases) {
    for (const Backup& backup : database.backups) {
      if (!backup.metadata) continue;
      for (const Verification& one : backup.metadata->verifications) {
        if (one.drill) all.emplace_back(&backup, &one);
      }
    }
  }
  std::ranges::stable_sort(all, [](const auto& a, const auto& b) { return a.second->at > b.second->at; });
  Section section;
  section.title = "Restore drills";
  section.grid.columns = {{"when"}, {"backup"}, {"result"}, {"restored in", true}, {"found"}};
  if (all.empty()) section.text = "There were none: pgark drill practises a restore.";
  for (const auto& [backup, drill] : all) {
    if (section.grid.rows.size() == kDrillsShown) break;
    section.grid.rows.push_back({{date_text(drill->at)},
                                 {backup->text()},
                                 drill->passed ? Cell{"passed", Tone::good} : Cell{"FAILED", Tone::bad},
                                 {human_duration(drill->seconds)},
                                 {drill->message}});
  }
  if (all.size() > kDrillsShown)
    section.note = fmt::format("{} older ones are not shown.", human_count(all.size() - kDrillsShown));
  return section;
}

// Newest first. The bar makes a backup that is suddenly small stand out.
Section backups(const DatabaseFacts& database, storage::TimePoint now) {
  Section section;
  section.title = "Backups of " + database.database;
  section.grid.columns = {{"name"}, {"age", true}, {"state"}, {"size", true}, {"rows", true}, {"verified"}};
  std::uint64_t biggest = 1;
  for (const Backup& backup : database.backups) biggest = std::max(biggest, backup.bytes);
  for (auto backup = database.backups.rbegin(); backup != database.backups.rend(); ++backup) {
    section.grid.rows.push_back({{backup->text()},
                                 {age_text(backup->name.started, now)},
                                 {storage::state_name(backup->state), state_tone(backup->state)},
                                 {human_bytes(backup->bytes), Tone::plain,
                                  static_cast<double>(backup->bytes) / static_cast<double>(biggest)},
                                 {backup->metadata ? human_count(backup->metadata->rows) : "-"},
                                 verified_cell(*backup)});
  }
  return section;
}

}  // namespace

Document place_report(const std::string& place, const std::vector<DatabaseFacts>& databases,
                      storage::TimePoint now) {
  const Counts counts = count(databases);
  Document document{"Backups in " + place, verdict(counts), {}, footer_text(now)};
  document.sections.push_back(summary(place, counts, databases.size()));
  if (counts.backups == 0) return document;
  document.sections.push_back(objectives(databases));
  document.sections.push_back(problems(databases));
  document.sections.push_back(drills(databases));
  for (const DatabaseFacts& database : databases) document.sections.push_back(backups(database, now));
  return document;
}

}  // namespace pgark::cli::report
