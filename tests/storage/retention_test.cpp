#include "storage/retention/retention.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <set>

namespace pgark::storage {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

TimePoint at(const std::string& text) {
  return parse_time(text).value();
}

const TimePoint kNow = at("2026-03-15T12:00:00.000Z");

RetentionItem backup(const std::string& time, bool verified = false, bool complete = true) {
  return {"shop", at(time), complete, verified};
}

// The places of those that stay.
std::vector<std::size_t> kept(const RetentionPolicy& policy, const std::vector<RetentionItem>& items) {
  const auto verdicts = decide_retention(policy, items, kNow);
  std::vector<std::size_t> places;
  for (std::size_t place = 0; place < verdicts.size(); ++place) {
    EXPECT_FALSE(verdicts[place].reasons.empty());
    if (verdicts[place].keep) places.push_back(place);
  }
  return places;
}

using Places = std::vector<std::size_t>;

TEST(Retention, DaysKeepWhatIsNotOlder) {
  const std::vector<RetentionItem> items{backup("2026-02-13T11:59:59.999Z"),
                                         backup("2026-02-13T12:00:00.000Z"),
                                         backup("2026-03-15T00:00:00.000Z")};
  EXPECT_EQ(kept({.days = 30}, items), (Places{1, 2}));
  EXPECT_EQ(kept({.days = 31}, items), (Places{0, 1, 2}));
}

TEST(Retention, TheLastGoodOneStaysHoweverOld) {
  EXPECT_EQ(kept({.days = 1}, {backup("2020-01-01T00:00:00.000Z")}), Places{0});
  // The newest is not verified: the newest that is stays as well.
  const std::vector<RetentionItem> items{
      backup("2020-01-01T00:00:00.000Z", true), backup("2020-01-02T00:00:00.000Z", true),
      backup("2020-01-03T00:00:00.000Z"), backup("2020-01-04T00:00:00.000Z")};
  EXPECT_EQ(kept({.days = 1}, items), (Places{1, 3}));
}

// A clock was wrong once: what it made is no reason to remove what is real.
TEST(Retention, WhatIsInTheFutureNeitherCountsNorGoes) {
  const std::vector<RetentionItem> items{
      backup("2026-03-01T00:00:00.000Z"), backup("2026-03-02T00:00:00.000Z"),
      backup("2099-01-01T00:00:00.000Z"), backup("2099-01-02T00:00:00.000Z")};
  EXPECT_EQ(kept({.days = 0, .last = 1}, items), (Places{1, 2, 3}));
}

TEST(Retention, WhatIsNotCompleteNeitherCountsNorGoes) {
  const std::vector<RetentionItem> items{backup("2020-01-01T00:00:00.000Z"),
                                         backup("2021-01-01T00:00:00.000Z", false, false)};
  EXPECT_EQ(kept({.days = 1}, items), (Places{0, 1}));
  EXPECT_EQ(kept({.days = 0, .last = 1}, items), (Places{0, 1}));
}

TEST(Retention, LastCountsTheNewestAndTheNewestVerified) {
  const std::vector<RetentionItem> items{
      backup("2026-01-01T00:00:00.000Z", true), backup("2026-01-02T00:00:00.000Z", true),
      backup("2026-01-03T00:00:00.000Z", true), backup("2026-01-04T00:00:00.000Z"),
      backup("2026-01-05T00:00:00.000Z")};
  EXPECT_EQ(kept({.days = 0, .last = 2}, items), (Places{1, 2, 3, 4}));
}

TEST(Retention, OfAPeriodTheNewestVerifiedStays) {
  const std::vector<RetentionItem> items{
      backup("2026-01-31T01:00:00.000Z"),       backup("2026-02-01T01:00:00.000Z", true),
      backup("2026-02-01T02:00:00.000Z", true), backup("2026-02-01T03:00:00.000Z"),
      backup("2026-02-03T01:00:00.000Z"),       backup("2026-02-03T02:00:00.000Z")};
  // 5: the newest of all. Days without a backup do not count.
  EXPECT_EQ(kept({.days = 0, .daily = 2}, items), (Places{2, 5}));
  EXPECT_EQ(kept({.days = 0, .daily = 3}, items), (Places{0, 2, 5}));
  EXPECT_EQ(kept({.days = 0, .hourly = 3}, items), (Places{2, 3, 4, 5}));
  EXPECT_EQ(kept({.days = 0, .monthly = 2}, items), (Places{0, 2, 5}));
}

// ISO 8601: 2024-12-30 is in the first week of 2025, 2027-01-03 in the last of 2026.
TEST(Retention, WeeksAreThoseOfIso8601) {
  const std::vector<RetentionItem> items{
      backup("2024-12-29T23:59:00.000Z"), backup("2024-12-30T00:00:00.000Z"),
      backup("2025-01-05T23:59:00.000Z"), backup("2025-01-06T00:00:00.000Z")};
  EXPECT_EQ(kept({.days = 0, .weekly = 3}, items), (Places{0, 2, 3}));
  const auto verdicts = decide_retention({.days = 0, .weekly = 3}, items, kNow);
  EXPECT_EQ(verdicts[0].reasons, std::vector<std::string>{"weekly 2024-W52"});
  EXPECT_EQ(verdicts[2].reasons, std::vector<std::string>{"weekly 2025-W01"});
  EXPECT_EQ(verdicts[3].reasons, (std::vector<std::string>{"the newest complete backup", "weekly 2025-W02"}));
  const auto last_of_year =
      decide_retention({.days = 0, .weekly = 1}, std::vector{backup("2027-01-03T00:00:00.000Z")},
                       at("2030-01-01T00:00:00.000Z"));
  EXPECT_EQ(last_of_year[0].reasons.back(), "weekly 2026-W53");
}

TEST(Retention, DatabasesHaveTheirRulesForThemselves) {
  std::vector<RetentionItem> items{backup("2026-01-01T00:00:00.000Z"), backup("2026-01-02T00:00:00.000Z")};
  items[0].database = "other";
  EXPECT_EQ(kept({.days = 0, .last = 1}, items), (Places{0, 1}));
}

TEST(Retention, PoliciesThatAreRefused) {
  EXPECT_FALSE((RetentionPolicy{.days = 0}.check()));
  EXPECT_FALSE((RetentionPolicy{.days = -1}.check()));
  EXPECT_FALSE((RetentionPolicy{.days = 30, .last = -1}.check()));
  EXPECT_TRUE(RetentionPolicy{}.check());
  EXPECT_TRUE((RetentionPolicy{.days = 0, .yearly = 1}.check()));
}

// --- what holds of every history ---

struct History {
  std::vector<RetentionItem> items;
  RetentionPolicy policy;
};

History random_history(std::mt19937& random) {
  const auto below = [&random](int limit) {
    return static_cast<int>(random() % static_cast<unsigned>(limit));
  };
  History history;
  const int count = below(40);
  const int span_minutes = std::vector{60, 60 * 24 * 3, 60 * 24 * 60, 60 * 24 * 900}[random() % 4];
  std::set<std::pair<std::string, TimePoint>> seen;
  const int complete_of_ten = below(11);
  const int verified_of_ten = below(11);
  for (int place = 0; place < count; ++place) {
    RetentionItem item;
    item.database = std::string(1, static_cast<char>('a' + below(3)));
    item.started = kNow - minutes(below(span_minutes)) + (below(50) == 0 ? days(below(100)) : days(0));
    item.complete = below(10) < complete_of_ten;
    item.verified = item.complete && below(10) < verified_of_ten;
    if (seen.insert({item.database, item.started}).second) history.items.push_back(item);
  }
  for (int* number :
       {&history.policy.days, &history.policy.last, &history.policy.hourly, &history.policy.daily,
        &history.policy.weekly, &history.policy.monthly, &history.policy.yearly})
    *number = below(2) == 0 ? 0 : below(12);
  if (!history.policy.check()) history.policy.days = 1;
  return history;
}

using Key = std::pair<std::string, TimePoint>;
Key key_of(const RetentionItem& item) {
  return {item.database, item.started};
}

std::set<Key> kept_keys(const RetentionPolicy& policy, const std::vector<RetentionItem>& items) {
  std::set<Key> keys;
  const auto verdicts = decide_retention(policy, items, kNow);
  for (std::size_t place = 0; place < items.size(); ++place) {
    if (verdicts[place].keep) keys.insert(key_of(items[place]));
  }
  return keys;
}

// Written another way: for each item, whether a rule keeps it.
class Oracle {
 public:
  explicit Oracle(const History& history) : history_(history) {}

  bool keeps(const RetentionItem& item) const {
    const RetentionPolicy& policy = history_.policy;
    if (!item.complete || item.started > kNow) return true;
    if (policy.days > 0 && kNow - item.started <= days(policy.days)) return true;
    const auto newer = [&](bool verified_only) {
      return std::ranges::count_if(history_.items, [&](const RetentionItem& other) {
        return other.database == item.database && counts(other) && other.started > item.started &&
               (!verified_only || other.verified);
      });
    };
    if (newer(false) < std::max(policy.last, 1)) return true;
    if (item.verified && newer(true) < std::max(policy.last, 1)) return true;
    return keeps_period(item, policy.hourly, 13) || keeps_period(item, policy.daily, 10) ||
           keeps_period(item, policy.monthly, 7) || keeps_period(item, policy.yearly, 4) ||
           keeps_period(item, policy.weekly, 0);
  }

 private:
  static bool counts(const RetentionItem& item) {
    return item.complete && item.started <= kNow + std::chrono::hours(1);
  }
  // Weeks by number since a Monday, the others by the beginning of the text.
  static std::string period(const RetentionItem& item, std::size_t chars) {
    if (chars > 0) return time_text(item.started).substr(0, chars);
    const auto since = std::chrono::floor<days>(item.started - at("1969-12-29T00:00:00.000Z"));
    return std::to_string(1'000'000 + since.count() / 7);
  }
  bool keeps_period(const RetentionItem& item, int count, std::size_t chars) const {
    const std::string mine = period(item, chars);
    std::set<std::string> newer_periods;
    bool best = true;
    for (const RetentionItem& other : history_.items) {
      if (!counts(other) || other.database != item.database) continue;
      const std::string theirs = period(other, chars);
      if (theirs > mine) newer_periods.insert(theirs);
      if (theirs == mine && std::pair(other.verified, other.started) > std::pair(item.verified, item.started))
        best = false;
    }
    return best && newer_periods.size() < static_cast<std::size_t>(count);
  }

  const History& history_;
};

TEST(Retention, TenThousandHistories) {
  std::mt19937 random(20260115);
  std::size_t removed_of_all = 0;
  for (int round = 0; round < 10'000; ++round) {
    const History history = random_history(random);
    const auto verdicts = decide_retention(history.policy, history.items, kNow);
    ASSERT_EQ(verdicts.size(), history.items.size());
    const Oracle oracle(history);
    std::map<std::string, TimePoint> newest, newest_verified;
    for (const RetentionItem& item : history.items) {
      if (!item.complete || item.started > kNow + std::chrono::hours(1)) continue;
      for (auto* times : {&newest, &newest_verified}) {
        if (times == &newest_verified && !item.verified) continue;
        auto& time = times->try_emplace(item.database, item.started).first->second;
        time = std::max(time, item.started);
      }
    }
    for (std::size_t place = 0; place < history.items.size(); ++place) {
      const RetentionItem& item = history.items[place];
      const RetentionVerdict& verdict = verdicts[place];
      ASSERT_FALSE(verdict.reasons.empty()) << "always explained";
      ASSERT_EQ(verdict.keep, oracle.keeps(item)) << "round " << round << ", " << time_text(item.started);
      removed_of_all += verdict.keep ? 0 : 1;
      if (verdict.keep) continue;
      ASSERT_TRUE(item.complete);
      ASSERT_NE(item.started, newest.at(item.database));
      ASSERT_TRUE(!item.verified || item.started != newest_verified.at(item.database));
    }
    // The order does not matter.
    std::vector<RetentionItem> shuffled = history.items;
    std::ranges::shuffle(shuffled, random);
    const std::set<Key> keys = kept_keys(history.policy, history.items);
    ASSERT_EQ(kept_keys(history.policy, shuffled), keys);
    // Doing it again removes nothing more.
    std::vector<RetentionItem> rest;
    for (const RetentionItem& item : history.items) {
      if (keys.contains(key_of(item))) rest.push_back(item);
    }
    ASSERT_EQ(kept_keys(history.policy, rest), keys) << "round " << round;
    // A rule more, or a larger number, never removes more.
    RetentionPolicy larger = history.policy;
    int* const numbers[] = {&larger.days,   &larger.last,    &larger.hourly, &larger.daily,
                            &larger.weekly, &larger.monthly, &larger.yearly};
    *numbers[random() % std::size(numbers)] += 1;
    const std::set<Key> more = kept_keys(larger, history.items);
    ASSERT_TRUE(std::ranges::includes(more, keys)) << "round " << round;
  }
  EXPECT_GT(removed_of_all, 10'000u) << "the histories try nothing";
}

}  // namespace
}  // namespace pgark::storage
