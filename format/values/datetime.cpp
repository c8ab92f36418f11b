// DateStyle ISO; time zone UTC.
#include <limits>

#include "format/values/clock_text.hpp"
#include "format/values/value_type.hpp"

namespace pgark::values {
namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;
// Days are counted from 2000-01-01. The first one is 4714-11-24 BC, the last one of a date 5874897-12-31.
constexpr std::int64_t kFirstDay = -2451545, kLastDate = 2145031948;
// Of 4714-11-24 00:00 BC, and of 294277-01-01 00:00, which is none any more.
constexpr std::int64_t kTimestampMinUs = -211'813'488'000'000'000,
                       kTimestampEndUs = 9'223'371'331'200'000'000;
constexpr std::int32_t kZoneEndSeconds = 16 * 3600;
constexpr std::size_t kCharsMax = 64;

struct Day {
  std::int64_t year = 0;  // 0 is 1 BC
  unsigned month = 0, day = 0;
};

// Of the proleptic Gregorian calendar. Years begin in March, so that the leap day is the last one; 400 of
// them have always the same number of days.
Day day_of(std::int64_t days_since_2000) {
  constexpr std::int64_t kFrom0000March = 730'425, kDaysOf400 = 146'097;
  const std::int64_t days = days_since_2000 + kFrom0000March;
  const std::int64_t era = (days >= 0 ? days : days - (kDaysOf400 - 1)) / kDaysOf400;
  const auto of_era = static_cast<unsigned>(days - era * kDaysOf400);
  const unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned march_month = (5 * of_year + 2) / 153;
  Day result;
  result.day = of_year - (153 * march_month + 2) / 5 + 1;
  result.month = march_month < 10 ? march_month + 3 : march_month - 9;
  result.year = year_of_era + era * 400 + (result.month <= 2 ? 1 : 0);
  return result;
}

// "YYYY-MM-DD"; BC is put_era()'s.
char* put_day(char* at, const Day& day) {
  const std::int64_t year = day.year > 0 ? day.year : 1 - day.year;
  for (std::int64_t tens = 1000; year < tens && tens > 1; tens /= 10) *at++ = '0';
  at = put_integer(at, year);
  *at++ = '-';
  at = put_two_digits(at, day.month);
  *at++ = '-';
  return put_two_digits(at, day.day);
}

char* put_era(char* at, const Day& day) {
  return day.year > 0 ? at : put_text(at, " BC");
}

template <class Integer>
bool put_infinity(Integer value, TextOut& out) {
  if (value == std::numeric_limits<Integer>::max()) {
    out.put("infinity");
    return true;
  }
  if (value == std::numeric_limits<Integer>::min()) {
    out.put("-infinity");
    return true;
  }
  return false;
}

bool is_time(std::int64_t us) {
  return us >= 0 && us <= kDayUs;  // 24:00:00 is one
}

// `seconds` west of Greenwich: "+05:30".
char* put_zone(char* at, std::int32_t seconds) {
  *at++ = seconds <= 0 ? '+' : '-';
  const int distance = seconds < 0 ? -seconds : seconds;
  at = put_two_digits(at, distance / 3600);
  const int minute = distance / 60 % 60, second = distance % 60;
  if (minute == 0 && second == 0) return at;
  *at++ = ':';
  at = put_two_digits(at, minute);
  if (second == 0) return at;
  *at++ = ':';
  return put_two_digits(at, second);
}

Fault put_timestamp(ByteSpan value, TextOut& out, std::string_view zone) {
  if (value.size() != 8) return kWrongLength;
  const auto us = static_cast<std::int64_t>(detail::load<std::uint64_t, std::endian::big>(value.data()));
  if (put_infinity(us, out)) return nullptr;
  if (us < kTimestampMinUs || us >= kTimestampEndUs) return kOutOfRange;
  std::int64_t days = us / kDayUs, of_day = us % kDayUs;
  if (of_day < 0) {
    of_day += kDayUs;
    --days;
  }
  const Day day = day_of(days);
  char* at = put_day(out.room(kCharsMax), day);
  *at++ = ' ';
  at = put_text(put_clock(at, of_day), zone);
  out.advance_to(put_era(at, day));
  return nullptr;
}

}  // namespace

Fault write_date(const ValueType&, ByteSpan value, TextOut& out) {
  if (value.size() != 4) return kWrongLength;
  const auto days = static_cast<std::int32_t>(detail::load<std::uint32_t, std::endian::big>(value.data()));
  if (put_infinity(days, out)) return nullptr;
  if (days < kFirstDay || days > kLastDate) return kOutOfRange;
  const Day day = day_of(days);
  out.advance_to(put_era(put_day(out.room(kCharsMax), day), day));
  return nullptr;
}

Fault write_time(const ValueType&, ByteSpan value, TextOut& out) {
  if (value.size() != 8) return kWrongLength;
  const auto us = static_cast<std::int64_t>(detail::load<std::uint64_t, std::endian::big>(value.data()));
  if (!is_time(us)) return kOutOfRange;
  out.advance_to(put_clock(out.room(kCharsMax), us));
  return nullptr;
}

// i64 microseconds, i32 seconds west of Greenwich.
Fault write_timetz(const ValueType&, ByteSpan value, TextOut& out) {
  if (value.size() != 12) return kWrongLength;
  ByteReader reader(value);
  const auto us = static_cast<std::int64_t>(reader.u64_be());
  const std::int32_t zone = reader.i32_be();
  if (!is_time(us) || zone <= -kZoneEndSeconds || zone >= kZoneEndSeconds) return kOutOfRange;
  out.advance_to(put_zone(put_clock(out.room(kCharsMax), us), zone));
  return nullptr;
}

Fault write_timestamp(const ValueType&, ByteSpan value, TextOut& out) {
  return put_timestamp(value, out, "");
}
Fault write_timestamptz(const ValueType&, ByteSpan value, TextOut& out) {
  return put_timestamp(value, out, "+00");
}

}  // namespace pgark::values
