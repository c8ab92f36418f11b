#include "values/random_values.hpp"

#include <bit>
#include <cmath>
#include <functional>
#include <random>
#include <utility>

#include "base/bytes.hpp"

namespace pgark::test {
namespace {

constexpr int kRows = 20'000;

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::uint64_t bits() { return random_(); }
  std::uint64_t below(std::uint64_t end) { return random_() % end; }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return static_cast<std::int64_t>(
        static_cast<std::uint64_t>(low) +
        below(static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low)));
  }

  // Decimals of few digits, integers, powers of two, the neighbours of all these, and any bits.
  double number() {
    switch (below(6)) {
      case 0: return std::bit_cast<double>(bits());
      case 1: return near(std::ldexp(1.0, static_cast<int>(between(-1074, 1024))));
      case 2:
        return near(static_cast<double>(below(100'000)) *
                    std::pow(10.0, static_cast<double>(between(-320, 304))));
      case 3: return near(static_cast<double>(bits() >> below(64)));
      case 4:
        return static_cast<double>(between(-1'000'000'000, 1'000'000'000)) /
               std::pow(10.0, static_cast<double>(below(12)));
      default: return beside_half(53, below(80));
    }
  }
  float small_number() {
    switch (below(4)) {
      case 0: return std::bit_cast<float>(static_cast<std::uint32_t>(bits()));
      case 1:
        return static_cast<float>(between(-1'000'000, 1'000'000)) /
               std::pow(10.0F, static_cast<float>(below(8)));
      case 2:
        return std::nextafter(std::ldexp(1.0F, static_cast<int>(between(-149, 128))),
                              static_cast<float>(between(-1, 2)));
      default: return static_cast<float>(beside_half(24, below(60)));
    }
  }

 private:
  double near(double value) {
    switch (below(3)) {
      case 0: return std::nextafter(value, 0);
      case 1: return std::nextafter(value, INFINITY);
      default: return value;
    }
  }

  // A number with a neighbour half-way to which lies a decimal with few digits: digits * 5^k is odd and has
  // one bit more than a mantissa.
  double beside_half(int mantissa_bits, std::uint64_t exponent) {
    std::uint64_t power = 1;
    for (std::uint64_t k = 1 + below(22); k > 0 && power < (std::uint64_t{1} << mantissa_bits) / 5; --k)
      power *= 5;
    const std::uint64_t low = (std::uint64_t{1} << mantissa_bits) / power;
    const std::uint64_t half = ((low + below(low + 1)) | 1) * power;
    const std::uint64_t mantissa = (half + (below(2) == 0 ? 1 : 0)) / 2;
    return std::ldexp(static_cast<double>(mantissa), static_cast<int>(exponent));
  }

  std::mt19937_64 random_;
};

using Fill = std::function<void(Generator&, ByteWriter&)>;

RandomTable make(const std::string& name, const std::string& type, Generator& random, const Fill& fill) {
  RandomTable table{"r_" + name, type, {}};
  ByteWriter writer(table.rows);
  for (int row = 0; row < kRows; ++row) {
    writer.u16_be(1);
    const std::size_t length_at = writer.size();
    writer.u32_be(0);
    fill(random, writer);
    writer.patch_u32_be(length_at, static_cast<std::uint32_t>(writer.size() - length_at - 4));
  }
  return table;
}

void put_double(double value, ByteWriter& out) {
  out.u64_be(std::bit_cast<std::uint64_t>(value));
}
void put_signed(std::int64_t value, ByteWriter& out) {
  out.u64_be(static_cast<std::uint64_t>(value));
}
// Such as an interval: mostly small, of either sign, often zero.
std::int64_t spread(Generator& random, std::int64_t limit) {
  const std::int64_t any = random.between(-limit, limit);
  return any >> random.below(64);
}

void put_numeric(Generator& random, ByteWriter& out) {
  const std::uint64_t groups = random.below(9);
  out.u16_be(static_cast<std::uint16_t>(groups));
  out.i16_be(static_cast<std::int16_t>(random.between(-8, 9)));
  out.u16_be(random.below(2) == 0 ? 0 : 0x4000);
  out.u16_be(static_cast<std::uint16_t>(random.below(40)));
  for (std::uint64_t i = 0; i < groups; ++i) {
    const std::uint64_t kind = random.below(8);
    out.u16_be(static_cast<std::uint16_t>(kind == 0 ? 0 : kind == 1 ? 9999 : random.below(10'000)));
  }
}

void put_inet(Generator& random, ByteWriter& out) {
  const bool is_v4 = random.below(4) == 0;
  out.u8(is_v4 ? 2 : 3);
  out.u8(static_cast<std::uint8_t>(random.below(is_v4 ? 33 : 129)));
  out.u8(0);
  out.u8(is_v4 ? 4 : 16);
  for (int word = 0; word < (is_v4 ? 2 : 8); ++word) {
    const std::uint64_t kind = random.below(5);
    out.u16_be(static_cast<std::uint16_t>(kind < 3 ? 0 : kind == 3 ? random.bits() : random.below(20)));
  }
}

void put_bytes(Generator& random, ByteWriter& out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out.u8(static_cast<std::uint8_t>(random.bits()));
}

}  // namespace

std::vector<RandomTable> random_tables(int server_version_num, std::uint64_t seed) {
  constexpr std::int64_t kDayUs = 86'400'000'000;
  // Before 15 the hours of an interval had to fit 32 bits.
  const std::int64_t interval_us_max =
      server_version_num >= 150000 ? INT64_MAX : std::int64_t{INT32_MAX} * 3'600'000'000;
  Generator random(seed);
  std::vector<RandomTable> tables;
  const auto add = [&](const char* name, const char* type, const Fill& fill) {
    tables.push_back(make(name, type, random, fill));
  };
  add("float8", "float8", [](Generator& from, ByteWriter& out) { put_double(from.number(), out); });
  add("float4", "float4", [](Generator& from, ByteWriter& out) {
    out.u32_be(std::bit_cast<std::uint32_t>(from.small_number()));
  });
  add("point", "point", [](Generator& from, ByteWriter& out) {
    put_double(from.number(), out);
    put_double(from.number(), out);
  });
  add("numeric", "numeric", put_numeric);
  add("int8", "int8", [](Generator& from, ByteWriter& out) { out.u64_be(from.bits() >> from.below(64)); });
  add("xid8", "xid8", [](Generator& from, ByteWriter& out) { out.u64_be(from.bits() >> from.below(64)); });
  add("pg_lsn", "pg_lsn",
      [](Generator& from, ByteWriter& out) { out.u64_be(from.bits() >> from.below(64)); });
  add("tid", "tid", [](Generator& from, ByteWriter& out) { put_bytes(from, out, 6); });
  add("uuid", "uuid", [](Generator& from, ByteWriter& out) { put_bytes(from, out, 16); });
  add("macaddr", "macaddr", [](Generator& from, ByteWriter& out) { put_bytes(from, out, 6); });
  add("macaddr8", "macaddr8", [](Generator& from, ByteWriter& out) { put_bytes(from, out, 8); });
  add("bytea", "bytea", [](Generator& from, ByteWriter& out) { put_bytes(from, out, from.below(40)); });
  add("inet", "inet", put_inet);
  add("date", "date", [](Generator& from, ByteWriter& out) {
    out.i32_be(static_cast<std::int32_t>(from.below(2) == 0 ? from.between(-2451545, 2145031949)
                                                            : from.between(-800'000, 800'000)));
  });
  add("time", "time", [](Generator& from, ByteWriter& out) { put_signed(from.between(0, kDayUs + 1), out); });
  add("timetz", "timetz", [](Generator& from, ByteWriter& out) {
    put_signed(from.between(0, kDayUs + 1), out);
    out.i32_be(static_cast<std::int32_t>(from.between(-57'599, 57'600)));
  });
  for (const char* const type : {"timestamp", "timestamptz"}) {
    add(type, type, [](Generator& from, ByteWriter& out) {
      put_signed(from.below(2) == 0 ? from.between(-211'813'488'000'000'000, 9'223'371'331'200'000'000)
                                    : from.between(-70'000'000'000'000'000, 10'000'000'000'000'000),
                 out);
    });
  }
  add("interval", "interval", [=](Generator& from, ByteWriter& out) {
    put_signed(spread(from, interval_us_max), out);
    out.i32_be(static_cast<std::int32_t>(spread(from, INT32_MAX)));
    out.i32_be(static_cast<std::int32_t>(spread(from, INT32_MAX)));
  });
  return tables;
}

}  // namespace pgark::test
