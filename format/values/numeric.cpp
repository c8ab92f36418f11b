#include <algorithm>

#include "format/values/digits.hpp"
#include "format/values/value_type.hpp"

namespace pgark::values {
namespace {

constexpr std::uint16_t kPositive = 0x0000, kNegative = 0x4000, kNaN = 0xC000;
constexpr std::uint16_t kPlusInfinity = 0xD000, kMinusInfinity = 0xF000;  // since 14
constexpr unsigned kScaleMax = 0x3FFF;
constexpr unsigned kGroupDigits = 4;  // each u16 is a digit to base 10000

// Fault for a sign that is none; the text of what is not a number to count with; empty for the others.
Fault special_text(std::uint16_t sign, std::string_view& text) {
  switch (sign) {
    case kPositive:
    case kNegative: return nullptr;
    case kNaN: text = "NaN"; return nullptr;
    case kPlusInfinity: text = "Infinity"; return nullptr;
    case kMinusInfinity: text = "-Infinity"; return nullptr;
    default: return kMalformed;
  }
}

class Groups {
 public:
  explicit Groups(ByteSpan bytes) : bytes_(bytes), count_(static_cast<int>(bytes.size() / 2)) {}
  bool valid() const {
    for (int i = 0; i < count_; ++i) {
      if (at(i) > 9999) return false;
    }
    return true;
  }
  // Groups that are not there are zero.
  unsigned at(int index) const {
    if (index < 0 || index >= count_) return 0;
    return detail::load<std::uint16_t, std::endian::big>(bytes_.data() + 2 * static_cast<std::size_t>(index));
  }

 private:
  ByteSpan bytes_;
  int count_;
};

char* put_group(char* at, unsigned group) {
  return put_two_digits(put_two_digits(at, group / 100), group % 100);
}

}  // namespace

// +---------+------------+----------+-----------+------------------+
// | i16 n   | i16 weight | u16 sign | u16 scale | n groups, u16    |
// +---------+------------+----------+-----------+------------------+
// The first group counts 10000^weight; `scale` digits stand behind the point, more groups or not.
Fault write_numeric(const ValueType&, ByteSpan value, TextOut& out) {
  ByteReader reader(value);
  const std::size_t count = reader.u16_be();
  const int weight = reader.i16_be();
  const std::uint16_t sign = reader.u16_be();
  const unsigned scale = reader.u16_be();
  if (!reader.ok() || reader.remaining() != 2 * count) return kWrongLength;
  std::string_view special;
  if (const Fault fault = special_text(sign, special)) return fault;
  if (!special.empty()) {
    out.put(special);
    return nullptr;
  }
  const Groups groups(reader.rest());
  if (scale > kScaleMax || count > 0x7FFF || !groups.valid()) return kMalformed;

  const std::size_t whole_groups = static_cast<std::size_t>(std::max(weight, 0)) + 1;
  char* at = out.room(kGroupDigits * (whole_groups + 1) + scale + 2);
  if (sign == kNegative) *at++ = '-';
  // Without the zeros in front.
  at = put_integer(at, weight < 0 ? 0U : groups.at(0));
  for (int i = 1; i <= weight; ++i) at = put_group(at, groups.at(i));
  if (scale > 0) {
    *at++ = '.';
    char* const end = at + scale;
    for (int i = weight + 1; at < end; ++i) at = put_group(at, groups.at(i));
    at = end;
  }
  out.advance_to(at);
  return nullptr;
}

}  // namespace pgark::values
