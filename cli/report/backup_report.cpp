#include "cli/report/backup_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "cli/catalogue_text.hpp"
#include "cli/report/sections.hpp"
#include "cli/report/timeline_sections.hpp"
#include "cli/report_text.hpp"
#include "cli/text.hpp"

namespace pgark::cli::report {
namespace {

using storage::Metadata;
using storage::TableFacts;
using storage::Verification;

constexpr std::size_t kChecksShown = 20;
// Of the report and of the files: a page stays a page.
constexpr std::size_t kRowsShown = 1000;

// "3.4 : 1".
std::string ratio_text(std::uint64_t raw_bytes, std::uint64_t stored_bytes) {
  if (stored_bytes == 0) return "-";
  return fmt::format("{:.1f} : 1", static_cast<double>(raw_bytes) / static_cast<double>(stored_bytes));
}

double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void add(Section& section, const char* name, const std::string& value, Tone tone = Tone::plain) {
  if (!value.empty()) section.facts.push_back({name, {value, tone}});
}

// Of rows as they go over the connections, which the chart of the backup counts; without one as they are
// kept.
std::string speed_text(const Metadata& metadata, double seconds) {
  std::uint64_t bytes = 0;
  if (metadata.timeline)
    bytes = std::reduce(metadata.timeline->bytes.begin(), metadata.timeline->bytes.end());
  return human_rate(static_cast<double>(bytes > 0 ? bytes : metadata.raw_bytes) / seconds);
}

void add_metadata(Section& section, const Metadata& metadata) {
  add(section, "server", metadata.server_version);
  add(section, "finished", date_text(metadata.finished));
  add(section, "duration", human_duration(metadata.duration_seconds));
  if (metadata.duration_seconds > 0) add(section, "speed", speed_text(metadata, metadata.duration_seconds));
  add(section, "tables", human_count(metadata.tables.size()));
  add(section, "rows", human_count(metadata.rows));
  add(section, "uncompressed", human_bytes(metadata.raw_bytes));
  add(section, "compression", ratio_text(metadata.raw_bytes, metadata.file_bytes));
  add(section, "content", metadata.content + (metadata.options.empty() ? "" : ": " + metadata.options));
  add(section, "encrypted", metadata.encrypted ? "yes" : "no");
  add(section, "format", metadata.format + " " + metadata.archive_format);
  add(section, "made by", "pgark " + metadata.pgark_version);
  add(section, "snapshot", metadata.snapshot_lsn);
}

Section summary(const BackupFacts& facts) {
  Section section;
  section.title = "Summary";
  const storage::Backup& backup = facts.backup;
  add(section, "database", backup.name.database);
  add(section, "archive", facts.archive);
  add(section, "state", storage::state_name(backup.state), state_tone(backup.state));
  add(section, "started",
      date_text(backup.name.started) + ", " + age_text(backup.name.started, facts.now, "ago"));
  add(section, "size", human_bytes(backup.bytes));
  if (backup.metadata) {
    section.facts.push_back({"verified", verified_cell(backup)});
    add_metadata(section, *backup.metadata);
  }
  return section;
}

Section objectives_section(const std::vector<Objective>& objectives) {
  Section section;
  section.title = "Objectives";
  section.grid.columns = {{"objective"}, {"result"}, {"what is there"}};
  for (const Objective& objective : objectives)
    section.grid.rows.push_back({{objective.name}, objective_cell(objective), {objective.text}});
  return section;
}

std::vector<Cell> table_row(const std::string& name, const TableFacts& table, double share) {
  return {{name, Tone::plain, share},
          {human_count(table.rows)},
          {human_bytes(table.raw_bytes)},
          {human_bytes(table.stored_bytes)},
          {ratio_text(table.raw_bytes, table.stored_bytes)}};
}

Section tables_section(const Metadata& metadata, std::size_t tables_max) {
  std::vector<const TableFacts*> tables;
  for (const TableFacts& table : metadata.tables) tables.push_back(&table);
  std::ranges::stable_sort(tables, std::ranges::greater(), &TableFacts::raw_bytes);
  Section section;
  section.title = "Biggest tables";
  if (tables.empty()) section.text = "There are no rows of tables in it.";
  section.grid.columns = {{"table"}, {"rows", true}, {"raw", true}, {"stored", true}, {"compression", true}};
  const std::uint64_t biggest = tables.empty() ? 0 : tables.front()->raw_bytes;
  TableFacts rest;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const TableFacts& table = *tables[i];
    if (i < tables_max) {
      const std::string name = table.schema.empty() ? table.name : table.schema + "." + table.name;
      section.grid.rows.push_back(table_row(name, table, share_of(table.raw_bytes, biggest)));
      continue;
    }
    rest.rows += table.rows;
    rest.raw_bytes += table.raw_bytes;
    rest.stored_bytes += table.stored_bytes;
  }
  if (tables.size() > tables_max) {
    const std::size_t count = tables.size() - tables_max;
    const std::string name =
        count == 1 ? "(a smaller one)" : fmt::format("({} smaller ones)", human_count(count));
    section.grid.rows.push_back(table_row(name, rest, kNoShare));
  }
  section.note = "The bar is the size of the rows before compression, as a part of the biggest table's.";
  if (tables.empty()) section.note.clear();
  return section;
}

Tone level_tone(format::ReportLevel level) {
  if (level == format::ReportLevel::lost) return Tone::bad;
  return level == format::ReportLevel::warning ? Tone::warning : Tone::plain;
}

// What is lost comes first.
Section losses_section(const Metadata& metadata) {
  std::vector<const format::ReportItem*> items;
  for (const auto& item : metadata.report) items.push_back(&item);
  std::ranges::stable_sort(items, std::ranges::greater(), &format::ReportItem::level);
  Section section;
  section.title = "What could not be saved, and warnings";
  if (items.empty()) section.text = "Nothing: all that was asked for is in the backup.";
  section.grid.columns = {{"level"}, {"kind"}, {"name"}, {"what"}};
  for (const format::ReportItem* item : items) {
    if (section.grid.rows.size() == kRowsShown) break;
    section.grid.rows.push_back({{report_level_name(item->level), level_tone(item->level)},
                                 {item->kind},
                                 {item->name},
                                 {item->text}});
  }
  if (items.size() > kRowsShown)
    section.note = fmt::format("{} more are not shown.", human_count(items.size() - kRowsShown));
  return section;
}

Section files_section(const Metadata& metadata) {
  Section section;
  section.title = "Files";
  section.grid.columns = {{"file"}, {"size", true}, {"SHA-256"}};
  for (const auto& file : metadata.files) {
    if (section.grid.rows.size() == kRowsShown) break;
    section.grid.rows.push_back({{file.name}, {human_bytes(file.bytes)}, {file.sha256}});
  }
  if (metadata.files.size() > kRowsShown)
    section.note = fmt::format("{} more are not shown.", human_count(metadata.files.size() - kRowsShown));
  return section;
}

}  // namespace

Document backup_report(const BackupFacts& facts, std::size_t tables_max) {
  Document document{"Backup " + facts.title, verdict_of(facts.backup), {}, footer_text(facts.now)};
  document.sections.push_back(summary(facts));
  if (!facts.objectives.empty()) document.sections.push_back(objectives_section(facts.objectives));
  if (!facts.backup.metadata) return document;
  const Metadata& metadata = *facts.backup.metadata;
  document.sections.push_back(losses_section(metadata));
  document.sections.push_back(checks_section(metadata.verifications, kChecksShown));
  if (metadata.timeline) add_timeline(document, *metadata.timeline);
  document.sections.push_back(tables_section(metadata, tables_max));
  if (!metadata.files.empty()) document.sections.push_back(files_section(metadata));
  return document;
}

Document drill_report(const BackupFacts& facts) {
  const Verification& drill = *facts.backup.metadata->drill();
  Document document{"Restore drill of " + facts.title, {}, {}, footer_text(facts.now)};
  document.verdict =
      drill.passed
          ? Cell{fmt::format("passed: restored in {}, and proved", human_duration(drill.seconds)), Tone::good}
          : Cell{"FAILED: " + drill.message, Tone::bad};
  Section result;
  result.title = "The drill";
  add(result, "when", date_text(drill.at));
  add(result, "restored in", human_duration(drill.seconds));
  const Metadata& metadata = *facts.backup.metadata;
  if (drill.passed && drill.seconds > 0) add(result, "speed", speed_text(metadata, drill.seconds));
  add(result, "found", drill.message);
  document.sections.push_back(result);
  if (drill.timeline) add_timeline(document, *drill.timeline);
  if (!facts.objectives.empty()) document.sections.push_back(objectives_section(facts.objectives));
  std::vector<Verification> drills;
  for (const Verification& one : metadata.verifications) {
    if (one.drill) drills.push_back(one);
  }
  document.sections.push_back(checks_section(drills, kChecksShown));
  document.sections.back().title = "Drills of this backup";
  document.sections.push_back(summary(facts));
  document.sections.back().title = "The backup";
  return document;
}

}  // namespace pgark::cli::report
