#include "cli/objectives.hpp"

#include <gtest/gtest.h>

namespace pgark::cli {
namespace {

using storage::Backup;
using storage::BackupState;
using storage::TimePoint;
using storage::Verification;
using storage::VerifyLevel;

const TimePoint kNow = storage::parse_time("2026-03-15T12:00:00.000Z").value();
constexpr Objectives kWanted{std::chrono::hours(24), std::chrono::minutes(30)};

Backup backup(std::chrono::minutes age, BackupState state = BackupState::complete) {
  Backup one;
  one.name = {"shop", kNow - age};
  one.state = state;
  if (state != BackupState::unlisted) one.metadata.emplace();
  return one;
}

Verification pass(VerifyLevel level, double seconds = 1, bool drill = false) {
  Verification verification;
  verification.at = kNow;
  verification.level = level;
  verification.passed = true;
  verification.seconds = seconds;
  verification.drill = drill;
  return verification;
}

std::string judged(const std::vector<Backup>& backups) {
  std::string text;
  for (const Objective& objective : judge(backups, kWanted, kNow)) text += objective.holds ? '+' : '-';
  return text;
}

TEST(Objectives, NothingHoldsOfNothing) {
  EXPECT_EQ(judged({}), "---");
  EXPECT_EQ(judged({backup(std::chrono::hours(1), BackupState::unlisted)}), "---");
  EXPECT_EQ(judged({backup(std::chrono::hours(1))}), "+--");
}

TEST(Objectives, TheNewestVerifiedBackupIsYoungEnough) {
  Backup day = backup(std::chrono::hours(24));
  day.metadata->verifications = {pass(VerifyLevel::bytes)};
  Backup older = backup(std::chrono::hours(24) + std::chrono::minutes(1));
  older.metadata->verifications = {pass(VerifyLevel::bytes)};
  EXPECT_EQ(judged({older, day}), "++-");
  EXPECT_EQ(judged({older}), "+--");
  EXPECT_EQ(judged({older, backup(std::chrono::hours(1))}), "+--");
  day.metadata->verifications = {pass(VerifyLevel::index)};
  EXPECT_EQ(judged({day}), "+--") << "the index alone is not enough";
  Backup future = backup(-std::chrono::hours(1));
  future.metadata->verifications = {pass(VerifyLevel::bytes)};
  EXPECT_EQ(judged({future}), "+--") << "a clock is wrong";
}

TEST(Objectives, TheLastDrillWasFastEnough) {
  Backup one = backup(std::chrono::hours(1));
  one.metadata->verifications = {pass(VerifyLevel::restore, 1800, true)};
  EXPECT_EQ(judged({one}), "+++");
  one.metadata->verifications = {pass(VerifyLevel::restore, 1801, true)};
  EXPECT_EQ(judged({one}), "++-");
  one.metadata->verifications = {pass(VerifyLevel::restore, 1, false)};
  EXPECT_EQ(judged({one}), "++-") << "no drill";
  Verification failed = pass(VerifyLevel::restore, 1, true);
  failed.passed = false;
  one.metadata->verifications = {pass(VerifyLevel::restore, 1, true), failed};
  EXPECT_EQ(judged({one}), "++-") << "the last one counts";
}

TEST(Objectives, TheLastRunHasToBeGood) {
  Backup good = backup(std::chrono::hours(2));
  good.metadata->verifications = {pass(VerifyLevel::restore, 1, true)};
  EXPECT_EQ(judged({good, backup(std::chrono::hours(1), BackupState::incomplete)}), "-++");
}

}  // namespace
}  // namespace pgark::cli
