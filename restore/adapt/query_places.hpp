// Follows a query token by token and tells where a relation stands: behind FROM, JOIN, INTO, UPDATE and
// USING, and behind commas among them. See name_positions.hpp for the SQL it understands. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/sql_lexer.hpp"

namespace pgark::restore {

class QueryPlaces {
 public:
  // The tokens outlive it.
  explicit QueryPlaces(std::span<const SqlToken> tokens) : tokens_(tokens) {}

  enum class Place : unsigned char { other, takes_rows, inserts };
  // What the token at `at` is, if it begins a name. REQUIRES: called for each token in order.
  Place step(std::size_t at);

 private:
  struct Level {
    bool query = false;    // SELECT, DELETE, ... has been seen: FROM begins its tables
    bool tables = false;   // among the tables
    bool expects = false;  // a table comes next
    bool deletes = false, inserts = false;
  };

  void open(std::size_t at);
  void word(std::size_t at);
  bool next_is(std::size_t at, char mark) const {
    return at + 1 < tokens_.size() && tokens_[at + 1].is_mark(mark);
  }

  std::span<const SqlToken> tokens_;
  std::vector<Level> levels_{Level{}};
};

}  // namespace pgark::restore
