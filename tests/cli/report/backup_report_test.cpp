#include "cli/report/backup_report.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace pgark::cli::report {
namespace {

using storage::BackupState;
using storage::Verification;
using storage::VerifyLevel;

const storage::TimePoint kNow = storage::parse_time("2026-03-15T12:00:00.000Z").value();

BackupFacts facts() {
  BackupFacts facts;
  facts.title = "shop_x";
  facts.archive = "place/shop_x.pgark";
  facts.now = kNow;
  facts.backup.name = {"shop", kNow - std::chrono::hours(2)};
  facts.backup.state = BackupState::complete;
  facts.backup.bytes = 1000;
  storage::Metadata& metadata = facts.backup.metadata.emplace();
  metadata.complete = true;
  metadata.raw_bytes = 4000;
  metadata.file_bytes = 1000;
  metadata.tables = {{"public", "small", 1, 100, 50, ""},
                     {"public", "big", 30, 3000, 1000, ""},
                     {"", "bare", 9, 900, 0, ""}};
  return facts;
}

Verification check(bool passed, VerifyLevel level, bool drill = false, std::string message = {}) {
  Verification one;
  one.at = kNow;
  one.level = level;
  one.passed = passed;
  one.drill = drill;
  one.seconds = 5;
  one.message = std::move(message);
  return one;
}

const Section& section(const Document& document, std::string_view title) {
  for (const Section& one : document.sections) {
    if (one.title == title) return one;
  }
  throw std::out_of_range(std::string(title));
}

std::string fact(const Section& section, std::string_view name) {
  for (const Fact& one : section.facts) {
    if (one.name == name) return one.value.text;
  }
  return "none";
}

std::string line(const std::vector<Cell>& row) {
  std::string text;
  for (const Cell& cell : row) text += (text.empty() ? "" : ", ") + cell.text;
  return text;
}

TEST(BackupReport, TheBiggestTablesComeFirstAndTheRestIsSummedUp) {
  const Document document = backup_report(facts(), 1);
  const Section& tables = section(document, "Biggest tables");
  ASSERT_EQ(tables.grid.rows.size(), 2u);
  EXPECT_EQ(line(tables.grid.rows[0]), "public.big, 30, 3.0 kB, 1.0 kB, 3.0 : 1");
  EXPECT_EQ(line(tables.grid.rows[1]), "(2 smaller ones), 10, 1.0 kB, 50 B, 20.0 : 1");
  EXPECT_EQ(tables.grid.rows[0][0].share, 1);
  const Document all = backup_report(facts(), 9);
  const auto& rows = section(all, "Biggest tables").grid.rows;
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(line(rows[1]), "bare, 9, 900 B, 0 B, -");
  EXPECT_DOUBLE_EQ(rows[1][0].share, 0.3);
}

TEST(BackupReport, TheVerdictIsTheWorstThatIsKnown) {
  BackupFacts each = facts();
  EXPECT_EQ(backup_report(each, 1).verdict.tone, Tone::warning);  // never verified
  each.backup.metadata->verifications = {check(true, VerifyLevel::decode)};
  EXPECT_EQ(backup_report(each, 1).verdict.tone, Tone::good);
  each.backup.metadata->complete = false;
  each.backup.state = BackupState::incomplete;
  EXPECT_EQ(backup_report(each, 1).verdict.tone, Tone::bad);
  each.backup.metadata->verifications.push_back(check(false, VerifyLevel::decode, false, "chunk 7"));
  each.backup.state = BackupState::damaged;
  EXPECT_EQ(backup_report(each, 1).verdict.text, "damaged: chunk 7");
  each.backup.state = BackupState::orphaned;
  each.backup.problem = "the archive is gone";
  EXPECT_EQ(backup_report(each, 1).verdict.text, "orphaned: the archive is gone");
}

TEST(BackupReport, WhatIsLostComesFirst) {
  BackupFacts each = facts();
  EXPECT_NE(section(backup_report(each, 1), "What could not be saved, and warnings").text, "");
  each.backup.metadata->report = {{format::ReportLevel::info, "TABLE", "a", "x"},
                                  {format::ReportLevel::lost, "TABLE", "b", "y"},
                                  {format::ReportLevel::warning, "TABLE", "c", "z"}};
  const Document document = backup_report(each, 1);
  const Section& losses = section(document, "What could not be saved, and warnings");
  ASSERT_EQ(losses.grid.rows.size(), 3u);
  EXPECT_EQ(line(losses.grid.rows[0]), "lost, TABLE, b, y");
  EXPECT_EQ(losses.grid.rows[0][0].tone, Tone::bad);
  EXPECT_EQ(line(losses.grid.rows[1]), "warning, TABLE, c, z");
  EXPECT_EQ(losses.text, "");
}

TEST(BackupReport, ChecksAreNewestFirst) {
  BackupFacts each = facts();
  for (int i = 0; i < 25; ++i) each.backup.metadata->verifications.push_back(check(true, VerifyLevel::index));
  each.backup.metadata->verifications.push_back(check(false, VerifyLevel::restore, true, "no room"));
  const Document document = backup_report(each, 1);
  const Section& checks = section(document, "Checks");
  ASSERT_EQ(checks.grid.rows.size(), 20u);
  EXPECT_EQ(line(checks.grid.rows[0]), "2026-03-15 12:00:00Z, restore, a drill, FAILED, 5.0 s, no room");
  EXPECT_EQ(checks.note, "6 older ones are not shown.");
}

TEST(BackupReport, SummaryAndObjectives) {
  BackupFacts each = facts();
  each.objectives = {{"last backup", true, "there"}, {"restore drill", false, "none"}};
  const Document document = backup_report(each, 1);
  const Section& summary = section(document, "Summary");
  EXPECT_EQ(fact(summary, "compression"), "4.0 : 1");
  EXPECT_EQ(fact(summary, "started"), "2026-03-15 10:00:00Z, 2 h 00 min ago");
  EXPECT_EQ(fact(summary, "speed"), "none");  // of no duration
  const Section& objectives = section(document, "Objectives");
  EXPECT_EQ(line(objectives.grid.rows.at(1)), "restore drill, MISSED, none");
  EXPECT_EQ(objectives.grid.rows[1][1].tone, Tone::bad);
}

TEST(BackupReport, WithoutASideFileOnlyWhatIsKnown) {
  BackupFacts each = facts();
  each.backup.metadata.reset();
  each.backup.state = BackupState::unlisted;
  each.backup.problem = "no side file";
  const Document document = backup_report(each, 1);
  EXPECT_EQ(document.sections.size(), 1u);
  EXPECT_EQ(document.verdict.text, "unlisted: no side file");
}

TEST(DrillReport, TellsOfTheLastOne) {
  BackupFacts each = facts();
  each.backup.metadata->verifications = {check(false, VerifyLevel::restore, true, "no room"),
                                         check(true, VerifyLevel::restore, true),
                                         check(true, VerifyLevel::decode)};
  Document document = drill_report(each);
  EXPECT_EQ(document.verdict.text, "passed: restored in 5.0 s, and proved");
  EXPECT_EQ(document.verdict.tone, Tone::good);
  EXPECT_EQ(section(document, "Drills of this backup").grid.rows.size(), 2u);
  each.backup.metadata->verifications.push_back(check(false, VerifyLevel::restore, true, "rows differ"));
  document = drill_report(each);
  EXPECT_EQ(document.verdict.text, "FAILED: rows differ");
  EXPECT_EQ(document.verdict.tone, Tone::bad);
}

}  // namespace
}  // namespace pgark::cli::report
