// COPY BINARY rows for tests of the columnar encoding.
#pragma once

#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "format/columnar/columnar.hpp"

namespace pgark::test {

using Field = std::optional<std::string>;
using Row = std::vector<Field>;

inline ByteBuffer binary_rows(const std::vector<Row>& rows) {
  ByteBuffer bytes;
  ByteWriter out(bytes);
  for (const Row& row : rows) {
    out.u16_be(static_cast<std::uint16_t>(row.size()));
    for (const Field& field : row) {
      out.i32_be(field ? static_cast<std::int32_t>(field->size()) : -1);
      if (field) out.text(*field);
    }
  }
  return bytes;
}

inline ByteBuffer one_column(const std::vector<Field>& fields) {
  std::vector<Row> rows;
  for (const Field& field : fields) rows.push_back({field});
  return binary_rows(rows);
}

// The lowest `width` bytes of a number, big-endian.
inline std::string integer(std::uint64_t value, int width) {
  std::string bytes;
  for (int i = width - 1; i >= 0; --i) bytes += i < 8 ? static_cast<char>(value >> (8 * i)) : '\0';
  return bytes;
}

// numeric as the server sends it, from its digits to the base 10000.
inline std::string numeric(const std::vector<unsigned>& digits, int weight, bool negative,
                           std::uint64_t scale) {
  std::string bytes = integer(digits.size(), 2) + integer(static_cast<std::uint64_t>(weight), 2) +
                      integer(negative ? 0x4000 : 0, 2) + integer(scale, 2);
  for (const unsigned digit : digits) bytes += integer(digit, 2);
  return bytes;
}

// Words of a vocabulary of `vocabulary`, some of them longer than a word that has a number, some with odd
// ends, and now and then a word or a text that is like no other.
inline std::string sentence(std::mt19937_64& random, std::uint64_t vocabulary) {
  std::string text;
  if (random() % 20 == 0) return text;
  const std::uint64_t words = random() % 50 == 0 ? 150 : random() % 9;
  for (std::uint64_t i = 0; i <= words; ++i) {
    const std::uint64_t number = random() % vocabulary;
    text += "w" + std::to_string(number * number * 7919);
    if (number % 40 == 3) text += std::string(number % 7, '-') + "very_long" + std::string(17, 'x');
    if (random() % 40 == 0) text += std::to_string(random());
    text += i == words ? "" : number % 5 == 0 ? ", " : number % 5 == 1 ? std::string(1, '\0') : " ";
  }
  return text;
}

// One column of `rows` fields of one of many kinds; equal generators give equal columns.
inline std::vector<Field> random_column(std::mt19937_64& random, std::size_t rows) {
  const auto below = [&random](std::uint64_t limit) { return random() % limit; };
  const std::uint64_t kind = below(14);
  const int width = std::vector<int>{1, 2, 3, 4, 5, 6, 8, 8, 4, 12, 16, 24, 32, 33, 64}[below(15)];
  const std::uint64_t nulls_of_8 = below(3) == 0 ? below(9) : 0;
  const std::uint64_t distinct = std::vector<std::uint64_t>{1, 2, 3, 4, 5, 16, 17, 256, 257, 1000}[below(10)];
  const std::uint64_t seed = random();
  std::uint64_t counter = random();
  const std::uint64_t step = std::vector<std::uint64_t>{3, 100, 1000, 1'000'000}[seed % 4];
  std::vector<Field> column;
  const auto text = [](std::uint64_t number, std::size_t length) {
    std::mt19937_64 letters(number);
    std::string word(length, '\0');
    for (char& letter : word) letter = static_cast<char>(letters());
    return word;
  };
  for (std::size_t row = 0; row < rows; ++row) {
    std::string value;
    switch (kind) {
      case 0: value = text(random(), static_cast<std::size_t>(width)); break;
      case 1: value = integer(counter += below(3), width > 8 ? 8 : width); break;
      case 2: value = integer(counter += distinct, width > 8 ? 8 : width); break;
      case 3: value = integer(seed + below(distinct), width); break;
      case 4: value = text(seed + below(distinct), static_cast<std::size_t>(width)); break;
      case 5: value = text(seed + below(distinct), (seed + row % distinct) % 40); break;
      case 6: value = text(random(), below(70)); break;
      case 7: value = text(random(), below(16) == 0 ? below(1000) : below(4)); break;
      case 8: value = text(random(), below(500) == 0 ? 300'000 : below(20)); break;
      case 9: {
        const auto number = static_cast<unsigned>(below(9998) + 1);
        const int weight = static_cast<int>(below(2));
        value = numeric({number, (number * 77) % 99 * 100 + 100}, weight, below(5) == 0,
                        4 + (seed % 2) * below(3));
        if (below(6) == 0) value = numeric({}, 0, false, 2);
        break;
      }
      case 10: break;
      case 11: value = sentence(random, 10 + distinct); break;
      case 12:
        value = integer(seed % 5000 + (counter += below(distinct) * step), width > 8 ? 8 : width);
        break;
      default: value = std::string(1, static_cast<char>(seed + below(distinct))); break;
    }
    if (kind == 10 || below(8) < nulls_of_8) {
      column.emplace_back(kind == 10 && seed % 2 == 0 ? Field("") : std::nullopt);
    } else {
      column.emplace_back(std::move(value));
    }
  }
  return column;
}

inline ByteBuffer random_table(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const std::size_t rows =
      std::vector<std::size_t>{1, 2, 3, 7, 8, 9, 63, 64, 65, 200, 1000, 3000}[random() % 12];
  const std::size_t columns = random() % 8;
  std::vector<Row> table(rows);
  for (std::size_t i = 0; i < columns; ++i) {
    std::vector<Field> column = random_column(random, rows);
    for (std::size_t row = 0; row < rows; ++row) table[row].push_back(std::move(column[row]));
  }
  return binary_rows(table);
}

// Adds the digests of the rows one by one.
inline format::RowTotals totals_of(const std::vector<Row>& rows) {
  format::RowTotals totals;
  for (const Row& row : rows) {
    totals.digest += format::row_digest(binary_rows({row}));
    ++totals.rows;
  }
  return totals;
}

}  // namespace pgark::test
