#include "storage/retention/retention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace pgark::storage {
namespace {

using std::chrono::days;

// What a backup's time belongs to: "2026-01-15", "2026-W03".
using PeriodName = std::string (*)(TimePoint);

std::chrono::year_month_day date_of(TimePoint time) {
  return {std::chrono::floor<days>(time)};
}

std::string day_name(TimePoint time) {
  return time_text(time).substr(0, std::string_view("2026-01-15").size());
}

std::string hour_name(TimePoint time) {
  return time_text(time).substr(0, std::string_view("2026-01-15T14").size());
}

std::string month_name(TimePoint time) {
  return time_text(time).substr(0, std::string_view("2026-01").size());
}

std::string year_name(TimePoint time) {
  return time_text(time).substr(0, std::string_view("2026").size());
}

// ISO 8601: a week belongs to the year that its Thursday is in.
std::string week_name(TimePoint time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::weekday weekday(day);
  const auto thursday = day + days(4) - days(weekday.iso_encoding());
  const auto year = date_of(thursday).year();
  const auto first = std::chrono::sys_days(year / std::chrono::January / 1);
  return fmt::format("{:04}-W{:02}", static_cast<int>(year), (thursday - first).count() / 7 + 1);
}

struct PeriodRule {
  int RetentionPolicy::*count;
  const char* text;
  PeriodName name;
};

constexpr std::array<PeriodRule, 5> kPeriodRules{{{&RetentionPolicy::hourly, "hourly", hour_name},
                                                  {&RetentionPolicy::daily, "daily", day_name},
                                                  {&RetentionPolicy::weekly, "weekly", week_name},
                                                  {&RetentionPolicy::monthly, "monthly", month_name},
                                                  {&RetentionPolicy::yearly, "yearly", year_name}}};

// The complete backups of one database, newest first.
class Decision {
 public:
  Decision(const RetentionPolicy& policy, std::span<const RetentionItem> items,
           std::vector<std::size_t> order, std::vector<RetentionVerdict>& verdicts)
      : policy_(policy), items_(items), order_(std::move(order)), verdicts_(verdicts) {
    std::ranges::stable_sort(order_, [this](std::size_t one, std::size_t other) {
      return items_[one].started > items_[other].started;
    });
  }

  void decide(TimePoint now) {
    keep_anyhow();
    keep_young(now);
    keep_last();
    for (const PeriodRule& rule : kPeriodRules) keep_periods(rule);
    for (const std::size_t at : order_) {
      RetentionVerdict& verdict = verdicts_[at];
      verdict.keep = !verdict.reasons.empty();
      if (!verdict.keep) verdict.reasons.push_back(old_text());
    }
  }

 private:
  void keep(std::size_t at, std::string reason) { verdicts_[at].reasons.push_back(std::move(reason)); }

  void keep_anyhow() {
    if (order_.empty()) return;
    keep(order_.front(), "the newest complete backup");
    const auto verified =
        std::ranges::find_if(order_, [this](std::size_t at) { return items_[at].verified; });
    if (verified != order_.end()) keep(*verified, "the newest verified backup");
  }

  void keep_young(TimePoint now) {
    for (const std::size_t at : order_) {
      if (items_[at].started > now) {
        keep(at, "its time is in the future");
      } else if (policy_.days > 0 && now - items_[at].started <= days(policy_.days)) {
        keep(at, fmt::format("not older than {} days", policy_.days));
      }
    }
  }

  void keep_last() {
    int any = 0;
    int verified = 0;
    for (const std::size_t at : order_) {
      if (any < policy_.last) keep(at, fmt::format("last {} of {}", any + 1, policy_.last));
      ++any;
      if (!items_[at].verified) continue;
      if (verified < policy_.last)
        keep(at, fmt::format("last {} of {} verified", verified + 1, policy_.last));
      ++verified;
    }
  }

  void keep_periods(const PeriodRule& rule) {
    const int count = policy_.*rule.count;
    int periods = 0;
    for (auto at = order_.begin(); at != order_.end() && periods < count; ++periods) {
      const std::string name = rule.name(items_[*at].started);
      const auto end = std::find_if(at, order_.end(),
                                    [&](std::size_t it) { return rule.name(items_[it].started) != name; });
      const auto verified = std::find_if(at, end, [this](std::size_t it) { return items_[it].verified; });
      keep(verified == end ? *at : *verified, fmt::format("{} {}", rule.text, name));
      at = end;
    }
  }

  std::string old_text() const {
    if (policy_.days == 0) return "no rule keeps it";
    return fmt::format("older than {} days, and no other rule keeps it", policy_.days);
  }

  const RetentionPolicy& policy_;
  const std::span<const RetentionItem> items_;
  std::vector<std::size_t> order_;
  std::vector<RetentionVerdict>& verdicts_;
};

}  // namespace

Result<> RetentionPolicy::check() const {
  const std::array<int, 7> numbers{days, last, hourly, daily, weekly, monthly, yearly};
  if (std::ranges::any_of(numbers, [](int number) { return number < 0; }))
    return fail(ErrorCode::usage, "a number of backups to keep is negative");
  if (std::ranges::all_of(numbers, [](int number) { return number == 0; })) {
    return fail(ErrorCode::usage, "no rule keeps any backup", {},
                "give RETENTION_DAYS or --keep-days more than 0, or one of --keep-last, --keep-hourly, "
                "--keep-daily, --keep-weekly, --keep-monthly, --keep-yearly");
  }
  return {};
}

std::vector<RetentionVerdict> decide_retention(const RetentionPolicy& policy,
                                               std::span<const RetentionItem> items, TimePoint now) {
  std::vector<RetentionVerdict> verdicts(items.size());
  std::map<std::string, std::vector<std::size_t>> databases;
  for (std::size_t at = 0; at < items.size(); ++at) {
    if (items[at].complete && is_in_future(items[at].started, now)) {
      verdicts[at].reasons.emplace_back("its time is in the future: kept, and no rule counts it");
    } else if (items[at].complete) {
      databases[items[at].database].push_back(at);
    } else {
      verdicts[at].reasons.emplace_back("not a sound, complete backup: left alone");
    }
  }
  for (auto& [database, order] : databases) Decision(policy, items, std::move(order), verdicts).decide(now);
  return verdicts;
}

}  // namespace pgark::storage
