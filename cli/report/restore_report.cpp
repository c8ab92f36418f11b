#include "cli/report/restore_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "cli/catalogue_text.hpp"
#include "cli/report/sections.hpp"
#include "cli/report/timeline_sections.hpp"
#include "cli/text.hpp"

namespace pgark::cli::report {
namespace {

using format::DataSummary;

constexpr std::size_t kRowsShown = 1000;

Cell verdict_of_restore(const RestoreFacts& facts) {
  if (!facts.failure.empty()) return {"FAILED: " + facts.failure, Tone::bad};
  const std::string text = "restored in " + human_duration(facts.seconds);
  if (!facts.proof) return {text + "; not read again (--verify does)", Tone::warning};
  return {text + ", read again and found equal", Tone::good};
}

void add(Section& section, const char* name, const std::string& value) {
  if (!value.empty()) section.facts.push_back({name, {value}});
}

Section summary(const RestoreFacts& facts) {
  const auto info = [&facts](const char* key) {
    const auto found = facts.toc.info.find(key);
    return found == facts.toc.info.end() ? std::string() : found->second;
  };
  Section section;
  section.title = "Summary";
  add(section, "into", facts.database);
  add(section, "archive", facts.archive);
  add(section, "taken of", info(format::info_key::kDatabase));
  add(section, "taken at", info(format::info_key::kStarted));
  add(section, "ended", date_text(facts.now));
  add(section, "duration", human_duration(facts.seconds));
  add(section, "entries", human_count(facts.entries));
  add(section, "rows", human_count(facts.rows));
  add(section, "size of rows", human_bytes(facts.row_bytes));
  if (facts.seconds > 0)
    add(section, "speed", human_rate(static_cast<double>(facts.row_bytes) / facts.seconds));
  if (facts.rows_before != 0) add(section, "loaded before", human_count(facts.rows_before) + " of the rows");
  return section;
}

Section failures_section(const std::vector<NotRestored>& failed) {
  Section section;
  section.title = "What was not restored";
  if (failed.empty()) section.text = "Nothing: all that was asked for is there.";
  section.grid.columns = {{"kind"}, {"name"}, {"why"}};
  for (const NotRestored& entry : failed) {
    if (section.grid.rows.size() == kRowsShown) break;
    section.grid.rows.push_back(
        {{entry.kind}, {entry.name}, {entry.why, entry.skipped ? Tone::warning : Tone::bad}});
  }
  if (failed.size() > kRowsShown)
    section.note = fmt::format("{} more are not shown.", human_count(failed.size() - kRowsShown));
  return section;
}

Section proof_section(const std::vector<std::vector<Cell>>& proof) {
  Section section;
  section.title = "Proof";
  section.grid.columns = {{"result"}, {"what was compared"}};
  section.grid.rows.assign(proof.begin(),
                           proof.begin() + static_cast<std::ptrdiff_t>(std::min(proof.size(), kRowsShown)));
  if (proof.size() > kRowsShown)
    section.note = fmt::format("{} more are not shown.", human_count(proof.size() - kRowsShown));
  return section;
}

// Of the archive, whether all of them were asked for or not.
Section tables_section(const format::Toc& toc, std::size_t tables_max) {
  std::vector<const DataSummary*> tables;
  for (const DataSummary& data : toc.data) tables.push_back(&data);
  std::ranges::stable_sort(tables, std::ranges::greater(), &DataSummary::raw_bytes);
  Section section;
  section.title = "Biggest tables of the archive";
  section.grid.columns = {{"table"}, {"rows", true}, {"size", true}};
  for (const DataSummary* table : tables) {
    if (section.grid.rows.size() == tables_max) break;
    const format::TocEntry* entry = toc.find(table->entry);
    const std::string name = entry->schema.empty() ? entry->name : entry->schema + "." + entry->name;
    const double share = tables.front()->raw_bytes == 0 ? 0
                                                        : static_cast<double>(table->raw_bytes) /
                                                              static_cast<double>(tables.front()->raw_bytes);
    section.grid.rows.push_back(
        {{name, Tone::plain, share}, {human_count(table->rows)}, {human_bytes(table->raw_bytes)}});
  }
  return section;
}

}  // namespace

Document restore_report(const RestoreFacts& facts, std::size_t tables_max) {
  Document document{"Restore into " + facts.database, verdict_of_restore(facts), {}, footer_text(facts.now)};
  document.sections.push_back(summary(facts));
  document.sections.push_back(failures_section(facts.not_restored));
  if (facts.proof) document.sections.push_back(proof_section(*facts.proof));
  add_timeline(document, facts.timeline);
  if (!facts.toc.data.empty()) document.sections.push_back(tables_section(facts.toc, tables_max));
  return document;
}

}  // namespace pgark::cli::report
