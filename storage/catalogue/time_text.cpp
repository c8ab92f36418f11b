#include "storage/catalogue/time_text.hpp"

#include <fmt/format.h>

namespace pgark::storage {
namespace {

constexpr std::string_view kText = "dddd-dd-ddTdd:dd:dd.dddZ";
constexpr std::string_view kTextOfSeconds = "dddd-dd-ddTdd:dd:ddZ";
constexpr std::string_view kInName = "dddd-dd-ddTdd-dd-dd-dddZ";
constexpr std::size_t kFractionAt = 20;

struct Parts {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::milliseconds> time;
};

Parts parts_of(TimePoint time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return {std::chrono::year_month_day(day), std::chrono::hh_mm_ss<std::chrono::milliseconds>(time - day)};
}

std::string print(TimePoint time, char separator, char point) {
  const Parts parts = parts_of(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}{}{:02}{}{:02}{}{:03}Z", static_cast<int>(parts.date.year()),
                     static_cast<unsigned>(parts.date.month()), static_cast<unsigned>(parts.date.day()),
                     parts.time.hours().count(), separator, parts.time.minutes().count(), separator,
                     parts.time.seconds().count(), point, parts.time.subseconds().count());
}

// A "d" of the shape is a digit, anything else itself.
bool has_shape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool digit = text[at] >= '0' && text[at] <= '9';
    if (shape[at] == 'd' ? !digit : text[at] != shape[at]) return false;
  }
  return true;
}

int number(std::string_view digits) {
  int value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  return value;
}

// REQUIRES: the text has one of the shapes.
std::optional<TimePoint> read(std::string_view text) {
  const auto at = [text](std::size_t begin, std::size_t count) { return number(text.substr(begin, count)); };
  const std::chrono::year_month_day date{std::chrono::year(at(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(at(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(at(8, 2)))};
  const int hour = at(11, 2);
  const int minute = at(14, 2);
  const int second = at(17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const int fraction = text.size() == kTextOfSeconds.size() ? 0 : at(kFractionAt, 3);
  return TimePoint(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + std::chrono::milliseconds(fraction);
}

}  // namespace

TimePoint time_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string time_text(TimePoint time) {
  return print(time, ':', '.');
}

std::optional<TimePoint> parse_time(std::string_view text) {
  return has_shape(text, kText) || has_shape(text, kTextOfSeconds) ? read(text) : std::nullopt;
}

std::string time_in_name(TimePoint time) {
  return print(time, '-', '-');
}

std::optional<TimePoint> parse_time_in_name(std::string_view text) {
  return has_shape(text, kInName) ? read(text) : std::nullopt;
}

}  // namespace pgark::storage
