// IntervalStyle postgres. PostgreSQL documentation, "Interval Output"; datetime.c.
#include <limits>

#include "format/values/clock_text.hpp"
#include "format/values/value_type.hpp"

namespace pgark::values {
namespace {

template <class Integer>
constexpr Integer kMax = std::numeric_limits<Integer>::max();
template <class Integer>
constexpr Integer kMin = std::numeric_limits<Integer>::min();

// "1 year -2 mons +3 days": what follows a negative part shows a plus.
class Parts {
 public:
  explicit Parts(char* at) : at_(at) {}
  void add(std::int32_t count, std::string_view unit) {
    if (count == 0) return;
    if (!empty_) *at_++ = ' ';
    if (after_negative_ && count > 0) *at_++ = '+';
    at_ = put_integer(at_, count);
    *at_++ = ' ';
    at_ = put_text(at_, unit);
    if (count != 1) *at_++ = 's';
    after_negative_ = count < 0;
    empty_ = false;
  }
  void add_time(std::int64_t us) {
    if (us == 0 && !empty_) return;
    if (!empty_) *at_++ = ' ';
    if (us < 0) {
      *at_++ = '-';
    } else if (after_negative_) {
      *at_++ = '+';
    }
    at_ = put_clock(at_, us < 0 ? 0 - static_cast<std::uint64_t>(us) : static_cast<std::uint64_t>(us));
  }
  char* end() const { return at_; }

 private:
  char* at_;
  bool empty_ = true;
  bool after_negative_ = false;
};

}  // namespace

// i64 microseconds, i32 days, i32 months. Since 17 all three at an end of their range are infinity; earlier
// servers count with them.
Fault write_interval(const ValueType& type, ByteSpan value, TextOut& out) {
  if (value.size() != 16) return kWrongLength;
  ByteReader reader(value);
  const auto us = static_cast<std::int64_t>(reader.u64_be());
  const std::int32_t days = reader.i32_be(), months = reader.i32_be();
  if (type.server_version_num >= 170000) {
    const bool is_max =
        us == kMax<std::int64_t> && days == kMax<std::int32_t> && months == kMax<std::int32_t>;
    const bool is_min =
        us == kMin<std::int64_t> && days == kMin<std::int32_t> && months == kMin<std::int32_t>;
    if (is_max || is_min) {
      out.put(is_max ? "infinity" : "-infinity");
      return nullptr;
    }
  }
  Parts parts(out.room(4 * kClockCharsMax));
  parts.add(months / 12, "year");
  parts.add(months % 12, "mon");
  parts.add(days, "day");
  parts.add_time(us);
  out.advance_to(parts.end());
  return nullptr;
}

}  // namespace pgark::values
