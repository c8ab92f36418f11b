#include "storage/http/retry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace pgark::storage::http {
namespace {

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [at, failed] = std::from_chars(text.data(), end, number);
  if (text.empty() || failed != std::errc() || at != end) return std::nullopt;
  return number;
}

constexpr std::size_t kFixdateBytes = 29;
// What the system's clock can say in nanoseconds, and then some.
constexpr int kYearMin = 1900;
constexpr int kYearMax = 2200;

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

std::optional<unsigned> month_of(std::string_view name) {
  const auto found = std::ranges::find(kMonths, name);
  if (found == kMonths.end()) return std::nullopt;
  return static_cast<unsigned>(found - kMonths.begin()) + 1;
}

}  // namespace

bool is_transient(int status) {
  constexpr std::array kTransient = {408, 429, 500, 502, 503, 504};
  return std::ranges::find(kTransient, status) != kTransient.end();
}

bool is_transient(FailureKind kind) {
  return kind != FailureKind::tls && kind != FailureKind::too_large && kind != FailureKind::interrupted;
}

std::optional<Milliseconds> Backoff::next(std::optional<Milliseconds> retry_after) {
  if (attempts_ >= choice_.attempts_max) return std::nullopt;
  if (std::chrono::steady_clock::now() - begin_ >= choice_.whole_max) return std::nullopt;
  Milliseconds ceiling = choice_.first;
  for (int i = 1; i < attempts_ && ceiling < choice_.longest; ++i) ceiling *= 2;
  ceiling = std::min(ceiling, choice_.longest);
  ++attempts_;
  const auto wait = Milliseconds(static_cast<std::int64_t>(static_cast<double>(ceiling.count()) * random_()));
  if (!retry_after) return wait;
  return std::max(wait, std::clamp(*retry_after, Milliseconds(0), choice_.retry_after_max));
}

std::optional<Milliseconds> parse_retry_after(std::string_view value, WallTime now) {
  // More digits than any sensible wait has could overflow the milliseconds.
  constexpr std::size_t kDigitsMax = 9;
  if (value.size() <= kDigitsMax) {
    const auto seconds = number_of<std::uint32_t>(value);
    if (seconds) return std::chrono::seconds(*seconds);
  }
  const auto date = parse_http_date(value);
  if (!date) return std::nullopt;
  return std::max(Milliseconds(0), std::chrono::ceil<Milliseconds>(*date - now));
}

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<WallTime> parse_http_date(std::string_view text) {
  if (text.size() != kFixdateBytes || !text.ends_with(" GMT")) return std::nullopt;
  const auto day = number_of<unsigned>(text.substr(5, 2));
  const auto month = month_of(text.substr(8, 3));
  const auto year = number_of<int>(text.substr(12, 4));
  const auto hour = number_of<unsigned>(text.substr(17, 2));
  const auto minute = number_of<unsigned>(text.substr(20, 2));
  const auto second = number_of<unsigned>(text.substr(23, 2));
  if (!day || !month || !year || !hour || !minute || !second) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60 || text[19] != ':' || text[22] != ':') return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month),
                                         std::chrono::day(*day)};
  if (!date.ok() || *year < kYearMin || *year > kYearMax) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

std::string http_date(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(seconds - day);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace pgark::storage::http
