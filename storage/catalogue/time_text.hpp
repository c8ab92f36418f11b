// Points in time as text, in UTC and to the millisecond. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pgark::storage {

using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

TimePoint time_now();

// A backup that is further in the future than clocks differ was made while a clock was wrong.
inline constexpr std::chrono::hours kClocksDiffer{1};
inline bool is_in_future(TimePoint time, TimePoint now) {
  return time > now + kClocksDiffer;
}

// RFC 3339: "2026-01-15T14:30:00.000Z". Years 0 to 9999.
std::string time_text(TimePoint time);
// What time_text() writes, and the same without the fraction; anything else is none.
std::optional<TimePoint> parse_time(std::string_view text);

// As it stands in names of files: "2026-01-15T14-30-00-000Z".
std::string time_in_name(TimePoint time);
std::optional<TimePoint> parse_time_in_name(std::string_view text);

}  // namespace pgark::storage
