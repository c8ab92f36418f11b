// The binary rows of the golden files. Frozen like them.
#pragma once

#include <string>
#include <vector>

#include "format/columnar_rows.hpp"

namespace pgark::test::golden {

// Every kind of column, from plain arithmetic.
inline ByteBuffer columnar_rows() {
  std::vector<Row> rows;
  std::uint64_t state = 1;
  const auto next = [&state] {
    return state = (state * 6364136223846793005 + 1442695040888963407), state >> 33;
  };
  for (unsigned i = 0; i < 1000; ++i) {
    std::string word;
    for (std::uint64_t left = next() % 20; left > 0; --left) word += static_cast<char>('a' + next() % 26);
    // One after the other: the order in which arguments are evaluated is not the same everywhere.
    Row row;
    const auto maybe = [&](const std::string& value) {
      row.push_back(next() % 4 == 0 ? std::nullopt : Field(value));
    };
    const auto number = [&](bool negative, std::uint64_t scale) {
      const auto whole = static_cast<unsigned>(next() % 999 + 1);
      const auto hundredths = static_cast<unsigned>(next() % 99 + 1);
      row.emplace_back(numeric({whole, hundredths * 100}, 0, negative, scale));
    };
    row.emplace_back(integer(7'000'000'000 + i * 3 + next() % 3, 8));  // differences
    row.emplace_back(integer(std::uint64_t{i} * i * 5, 8));            // differences of differences
    row.emplace_back(integer(next(), 4));                              // planes
    row.emplace_back(integer(next() % 3, 4));                          // dictionary, codes of two bits
    row.emplace_back(next() % 2 == 0 ? "t" : "f");                     // dictionary, codes of one bit
    row.emplace_back(std::to_string(next() % 100));                    // dictionary of strings
    row.emplace_back("constant");
    row.emplace_back(std::nullopt);
    row.emplace_back(word);  // plain
    maybe(word + "!");
    maybe(integer(next(), 2));
    maybe(integer(next() % 7, 2));
    number(i % 3 == 0, 2);              // decimals
    number(false, i % 5 == 0 ? 2 : 3);  // decimals of two scales
    std::string uuid;
    for (int word_of_four = 0; word_of_four < 4; ++word_of_four) uuid += integer(next(), 4);
    row.emplace_back(uuid);
    rows.push_back(row);
  }
  return binary_rows(rows);
}

// Texts of few words, with literals, nulls, empty and long ones.
inline ByteBuffer rows_of_words() {
  std::uint64_t state = 2;
  const auto next = [&state] {
    return state = (state * 6364136223846793005 + 1442695040888963407), state >> 33;
  };
  std::vector<Field> texts;
  for (unsigned i = 0; i < 2000; ++i) {
    std::string text;
    for (std::uint64_t left = next() % 9 + (i % 500 == 7 ? 100 : 0); left > 0; --left) {
      const std::uint64_t number = next() % 400;
      text += "word" + std::to_string(number * number) + (number % 3 == 0 ? "," : " ");
      if (next() % 50 == 0) text += "literal_" + std::string(20, 'x');
    }
    texts.push_back(i % 11 == 0 ? std::nullopt : Field(text));
  }
  return one_column(texts);
}

// Numbers that differ by multiples: of eight bytes, of eight in order, of four with nulls, decimals.
inline ByteBuffer rows_of_multiples() {
  std::uint64_t state = 3;
  const auto next = [&state] {
    return state = (state * 6364136223846793005 + 1442695040888963407), state >> 33;
  };
  std::vector<Row> rows;
  std::uint64_t ordered = 757'382'400'000'000;
  for (unsigned i = 0; i < 1000; ++i) {
    Row row;
    row.emplace_back(integer((next() - 1'000'000'000) * 1'000'000, 8));
    row.emplace_back(integer(ordered += next() % 200 * 1000, 8));
    row.push_back(next() % 4 == 0 ? std::nullopt : Field(integer(7 + next() % 1'000'000 * 100, 4)));
    std::vector<unsigned> digits{static_cast<unsigned>(next() % 9999 + 1)};
    if (i % 2 == 0) digits.push_back(static_cast<unsigned>(next() % 9999 + 1));
    row.emplace_back(numeric(digits, i % 2 == 0 ? 1 : 0, false, 2));
    rows.push_back(row);
  }
  return binary_rows(rows);
}

}  // namespace pgark::test::golden
