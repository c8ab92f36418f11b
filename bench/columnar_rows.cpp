#include "bench/columnar_rows.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <chrono>
#include <iterator>
#include <random>
#include <string_view>
#include <vector>

namespace pgark::bench {
namespace {

using Random = std::mt19937_64;

// A row in both forms at once.
class RowWriter {
 public:
  RowWriter(RowSet& set, std::uint16_t fields) : set_(set), out_(set.binary), fields_(fields) {}

  void row() {
    if (set_.rows != 0) set_.text += '\n';
    out_.u16_be(fields_);
    ++set_.rows;
    first_ = true;
  }
  void end() { set_.text += '\n'; }

  void int4(std::int64_t value) {
    text(fmt::format("{}", value));
    out_.u32_be(4);
    out_.u32_be(static_cast<std::uint32_t>(value));
  }
  void int8(std::int64_t value) {
    text(fmt::format("{}", value));
    out_.u32_be(8);
    out_.u64_be(static_cast<std::uint64_t>(value));
  }
  // A number with two decimals.
  void numeric(std::int64_t hundredths) {
    text(fmt::format("{}.{:02}", hundredths / 100, hundredths % 100));
    std::array<std::uint16_t, 4> digits{};
    std::size_t count = 0;
    int weight = -2;
    // Digits to the base 10000, the last one behind the decimal point.
    for (std::int64_t rest = hundredths * 100; rest != 0; rest /= 10000, ++weight) {
      digits[count++] = static_cast<std::uint16_t>(rest % 10000);
    }
    std::size_t zeros = 0;
    while (zeros < count && digits[zeros] == 0) ++zeros;
    out_.u32_be(static_cast<std::uint32_t>(8 + 2 * (count - zeros)));
    out_.u16_be(static_cast<std::uint16_t>(count - zeros));
    out_.i16_be(static_cast<std::int16_t>(count == 0 ? 0 : weight));
    out_.u16_be(0);
    out_.u16_be(2);
    for (std::size_t i = count; i > zeros; --i) out_.u16_be(digits[i - 1]);
  }
  void characters(std::string_view value, std::string_view prefix = {}) {
    text(value);
    out_.u32_be(static_cast<std::uint32_t>(prefix.size() + value.size()));
    out_.text(prefix);
    out_.text(value);
  }
  void jsonb(std::string_view value) { characters(value, "\x01"); }
  void date(std::int32_t day) {  // since 2000-01-01
    const std::chrono::year_month_day date(std::chrono::sys_days(std::chrono::days(10957 + day)));
    text(fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day())));
    out_.u32_be(4);
    out_.u32_be(static_cast<std::uint32_t>(day));
  }
  void timestamptz(std::int64_t microseconds) {  // since 2000-01-01
    constexpr std::int64_t kDay = 86'400'000'000;
    const std::chrono::year_month_day date(
        std::chrono::sys_days(std::chrono::days(10957 + microseconds / kDay)));
    const std::int64_t time = microseconds % kDay;
    std::string written = fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                      time / 3'600'000'000, time / 60'000'000 % 60, time / 1'000'000 % 60);
    if (const std::int64_t rest = time % 1'000'000; rest != 0) {
      written += fmt::format(".{:06}", rest);
      written.erase(written.find_last_not_of('0') + 1);
    }
    text(written + "+00");
    out_.u32_be(8);
    out_.u64_be(static_cast<std::uint64_t>(microseconds));
  }
  void float8(double value) {
    text(fmt::format("{}", value));
    out_.u32_be(8);
    out_.u64_be(std::bit_cast<std::uint64_t>(value));
  }
  void float4(float value) {
    text(fmt::format("{}", value));
    out_.u32_be(4);
    out_.u32_be(std::bit_cast<std::uint32_t>(value));
  }
  void uuid(std::uint64_t high, std::uint64_t low) {
    high = (high & ~std::uint64_t{0xF000}) | 0x4000;
    low = (low >> 2) | std::uint64_t{1} << 63;
    text(fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xFFFF, high & 0xFFFF,
                     low >> 48, low & 0xFFFF'FFFF'FFFF));
    out_.u32_be(16);
    out_.u64_be(high);
    out_.u64_be(low);
  }
  void bytea(std::string_view value) {
    std::string hex = "\\\\x";
    for (const char byte : value)
      fmt::format_to(std::back_inserter(hex), "{:02x}", static_cast<unsigned char>(byte));
    text(hex);
    out_.u32_be(static_cast<std::uint32_t>(value.size()));
    out_.text(value);
  }

 private:
  void text(std::string_view value) {
    if (!first_) set_.text += '\t';
    first_ = false;
    set_.text += value;
  }

  RowSet& set_;
  ByteWriter out_;
  std::uint16_t fields_;
  bool first_ = true;
};

std::int64_t between(Random& random, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(high - low + 1));
}

template <std::size_t N>
std::string_view one_of(Random& random, const std::array<std::string_view, N>& choices) {
  return choices[random() % N];
}

constexpr std::array<std::string_view, 48> kWords{
    "furiously",  "carefully", "quickly",      "slyly",     "blithely",  "final",    "regular",
    "special",    "express",   "ironic",       "pending",   "bold",      "even",     "unusual",
    "silent",     "idle",      "deposits",     "packages",  "requests",  "accounts", "theodolites",
    "pinto",      "beans",     "instructions", "foxes",     "platelets", "ideas",    "dependencies",
    "asymptotes", "courts",    "dolphins",     "warhorses", "sleep",     "haggle",   "nag",
    "wake",       "cajole",    "use",          "detect",    "integrate", "among",    "across",
    "above",      "along",     "the",          "after",     "about",     "according"};

// Words up to `length` characters, the last one cut off.
std::string words(Random& random, std::size_t length) {
  std::string text;
  while (text.size() < length) {
    if (!text.empty()) text += ' ';
    text += one_of(random, kWords);
  }
  text.resize(length);
  if (text.back() == ' ') text.back() = '.';
  return text;
}

}  // namespace

RowSet lineitem_rows(std::size_t bytes) {
  static constexpr std::array<std::string_view, 4> kInstructions{
      "DELIVER IN PERSON        ", "COLLECT COD              ", "NONE                     ",
      "TAKE BACK RETURN         "};
  static constexpr std::array<std::string_view, 7> kModes{
      "REG AIR   ", "AIR       ", "RAIL      ", "SHIP      ", "TRUCK     ", "MAIL      ", "FOB       "};
  static constexpr std::array<std::string_view, 3> kFlags{"A", "N", "R"};
  RowSet set{"lineitem", {}, {}, 0};
  Random random(1);
  std::vector<std::string> comments(2'000);
  for (std::string& comment : comments) comment = fmt::format("note {:016x}{:016x}", random(), random());
  RowWriter row(set, 16);
  std::int64_t order = 3'000'000;
  while (set.binary.size() < bytes) {
    order += order % 32 == 7 ? 25 : 1;  // keys of eight in thirty-two orders are used
    const std::int64_t lines = between(random, 1, 7);
    for (std::int64_t line = 1; line <= lines; ++line) {
      const std::int64_t quantity = between(random, 1, 50);
      const std::int64_t part = between(random, 1, 200'000);
      row.row();
      row.int8(order);
      row.int4(part);
      row.int4((part + between(random, 0, 3) * 2'501) % 10'000 + 1);
      row.int4(line);
      row.numeric(quantity * 100);
      row.numeric(between(random, 90'000, 10'495'000));
      row.numeric(between(random, 0, 10));
      row.numeric(between(random, 0, 8));
      row.characters(one_of(random, kFlags));
      row.characters(random() % 2 != 0 ? "O" : "F");
      for (int date = 0; date < 3; ++date) row.date(static_cast<std::int32_t>(between(random, -2'922, -397)));
      row.characters(one_of(random, kInstructions));
      row.characters(one_of(random, kModes));
      row.characters(comments[random() % comments.size()]);
    }
  }
  row.end();
  return set;
}

RowSet events_rows(std::size_t bytes) {
  static constexpr std::array<std::string_view, 6> kActions{"view",     "click", "search",
                                                            "purchase", "login", "logout"};
  RowSet set{"events", {}, {}, 0};
  Random random(2);
  RowWriter row(set, 5);
  std::int64_t id = 1'500'000;
  std::int64_t time = 788'918'400'000'000;  // 2025
  while (set.binary.size() < bytes) {
    time += 1'000'000;
    row.row();
    row.int8(++id);
    row.timestamptz(time);
    row.uuid(random(), random());
    row.jsonb(
        fmt::format(R"({{"page": "/catalog/item", "user": {}, "action": "{}", "referrer": "campaign"}})",
                    between(random, 1, 5'000), one_of(random, kActions)));
    row.characters(fmt::format("event number {} of a day", id % 100));
  }
  row.end();
  return set;
}

RowSet metrics_rows(std::size_t bytes) {
  RowSet set{"metrics", {}, {}, 0};
  Random random(3);
  std::uniform_real_distribution<double> unit(0, 1);
  std::normal_distribution<double> normal(20, 5);
  RowWriter row(set, 6);
  std::int64_t number = 2'000'000;
  while (set.binary.size() < bytes) {
    ++number;
    row.row();
    row.int4(number % 500);
    row.timestamptz(757'382'400'000'000 + number / 500 * 10'000'000);
    row.float8(unit(random) * 100);
    row.float8(normal(random));
    row.float8(static_cast<double>(between(random, 0, 9'999)) / 100);
    row.float4(static_cast<float>(unit(random)));
  }
  row.end();
  return set;
}

RowSet docs_rows(std::size_t bytes) {
  RowSet set{"docs", {}, {}, 0};
  Random random(4);
  RowWriter row(set, 3);
  std::int64_t id = 70'000;
  while (set.binary.size() < bytes) {
    row.row();
    row.int8(++id);
    row.characters(words(random, static_cast<std::size_t>(between(random, 500, 2'500))));
    std::string noise(static_cast<std::size_t>(between(random, 100, 1'500)), '\0');
    for (char& byte : noise) byte = static_cast<char>(random());
    row.bytea(noise);
  }
  row.end();
  return set;
}

}  // namespace pgark::bench
