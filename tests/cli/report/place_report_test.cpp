#include "cli/report/place_report.hpp"

#include <gtest/gtest.h>

namespace pgark::cli::report {
namespace {

using storage::Backup;
using storage::BackupState;

const storage::TimePoint kNow = storage::parse_time("2026-03-15T12:00:00.000Z").value();

Backup backup(int hours, BackupState state, std::uint64_t bytes) {
  Backup one;
  one.name = {"shop", kNow - std::chrono::hours(hours)};
  one.state = state;
  one.bytes = bytes;
  if (state == BackupState::complete) one.metadata.emplace().complete = true;
  return one;
}

const Section* find(const Document& document, std::string_view title) {
  for (const Section& one : document.sections) {
    if (one.title == title) return &one;
  }
  return nullptr;
}

TEST(PlaceReport, AnEmptyPlaceIsBad) {
  const Document document = place_report("place", {}, kNow);
  EXPECT_EQ(document.verdict.tone, Tone::bad);
  EXPECT_EQ(document.sections.size(), 1u);
}

TEST(PlaceReport, AMissedObjectiveWeighsMoreThanABrokenBackup) {
  std::vector<DatabaseFacts> databases{
      {"shop", {backup(9, BackupState::complete, 10)}, {{"last backup", true, ""}}}};
  EXPECT_EQ(place_report("place", databases, kNow).verdict.tone, Tone::good);
  databases[0].backups.push_back(backup(5, BackupState::unlisted, 1));
  EXPECT_EQ(place_report("place", databases, kNow).verdict.tone, Tone::warning);
  databases[0].objectives[0].holds = false;
  EXPECT_EQ(place_report("place", databases, kNow).verdict.text, "1 of the objectives missed");
}

TEST(PlaceReport, BackupsAreNewestFirstAndComparedInSize) {
  const std::vector<DatabaseFacts> databases{
      {"shop", {backup(9, BackupState::complete, 100), backup(5, BackupState::unfinished, 25)}, {}}};
  const Document document = place_report("place", databases, kNow);
  const Section* backups = find(document, "Backups of shop");
  ASSERT_NE(backups, nullptr);
  ASSERT_EQ(backups->grid.rows.size(), 2u);
  EXPECT_EQ(backups->grid.rows[0][2].text, "unfinished");
  EXPECT_DOUBLE_EQ(backups->grid.rows[0][3].share, 0.25);
  EXPECT_EQ(backups->grid.rows[1][0].text, "shop_2026-03-15T03-00-00-000Z");
  const Section* wrong = find(document, "What is wrong");
  ASSERT_NE(wrong, nullptr);
  ASSERT_EQ(wrong->grid.rows.size(), 1u);
  EXPECT_EQ(wrong->grid.rows[0][1].text, "unfinished");
}

TEST(PlaceReport, WhatIsWrongHasAReason) {
  Backup damaged = backup(9, BackupState::complete, 1);
  damaged.state = BackupState::damaged;
  damaged.metadata->verifications.emplace_back().message = "chunk 7";
  Backup incomplete = backup(5, BackupState::complete, 1);
  incomplete.state = BackupState::incomplete;
  incomplete.metadata->complete = false;
  Backup unlisted = backup(3, BackupState::unlisted, 1);
  unlisted.problem = "no side file";
  const Document document =
      place_report("place", {DatabaseFacts{"shop", {damaged, incomplete, unlisted}, {}}}, kNow);
  const Section* wrong = find(document, "What is wrong");
  ASSERT_NE(wrong, nullptr);
  ASSERT_EQ(wrong->grid.rows.size(), 3u);
  EXPECT_EQ(wrong->grid.rows[0][2].text, "chunk 7");
  EXPECT_EQ(wrong->grid.rows[1][2].text, "an object could not be saved: pgark report names it");
  EXPECT_EQ(wrong->grid.rows[2][2].text, "no side file");
}

TEST(PlaceReport, DrillsOfAllBackupsNewestFirst) {
  std::vector<DatabaseFacts> databases{
      {"shop", {backup(9, BackupState::complete, 1), backup(5, BackupState::complete, 1)}, {}}};
  storage::Verification drill;
  drill.drill = true;
  drill.at = kNow - std::chrono::hours(1);
  drill.message = "late";
  databases[0].backups[0].metadata->verifications = {drill};
  drill.at = kNow - std::chrono::hours(3);
  drill.message = "early";
  databases[0].backups[1].metadata->verifications = {drill};
  const Document document = place_report("place", databases, kNow);
  const Section* drills = find(document, "Restore drills");
  ASSERT_NE(drills, nullptr);
  ASSERT_EQ(drills->grid.rows.size(), 2u);
  EXPECT_EQ(drills->grid.rows[0].back().text, "late");
}

}  // namespace
}  // namespace pgark::cli::report
