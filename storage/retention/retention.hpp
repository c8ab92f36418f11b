// Which backups are kept: a pure function of what is there, what was asked for and the time.
//
// For each database by itself. Only complete backups count that are not in the future (is_in_future()), and
// only they are ever removed: what failed, what is damaged or what is not known is kept and said. Each rule
// keeps what it names, and a backup is removed only when no rule keeps it. Days, weeks (ISO 8601, from
// Monday), months and years are those of UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "storage/catalogue/time_text.hpp"

namespace pgark::storage {

struct RetentionPolicy {
  int days = 30;  // younger ones are kept; 0: the rules below alone decide
  // The newest; and the newest that are verified.
  int last = 0;
  // One of each of the newest so many hours, days, ... that have a backup: the newest verified one, or when
  // none is verified the newest.
  int hourly = 0, daily = 0, weekly = 0, monthly = 0, yearly = 0;

  // Errors: usage, when it keeps nothing or a number is negative.
  Result<> check() const;
};

struct RetentionItem {
  std::string database;
  TimePoint started;
  bool complete = false;  // and no damage known
  bool verified = false;
};

struct RetentionVerdict {
  bool keep = true;
  std::vector<std::string> reasons;  // at least one: "younger than 30 days", "monthly 2026-01"
};

// One verdict for each item, in their order, which does not matter. The newest complete backup of a database
// and its newest verified one are always kept. REQUIRES: the policy's check().
std::vector<RetentionVerdict> decide_retention(const RetentionPolicy& policy,
                                               std::span<const RetentionItem> items, TimePoint now);

}  // namespace pgark::storage
