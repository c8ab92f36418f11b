#include "restore/adapt/query_places.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "restore/adapt/name_positions.hpp"

namespace pgark::restore {

namespace {

// What ends the tables of a query.
constexpr std::array<std::string_view, 15> kClauses{"WHERE", "GROUP",     "ORDER",  "HAVING",    "WINDOW",
                                                    "UNION", "INTERSECT", "EXCEPT", "LIMIT",     "OFFSET",
                                                    "FETCH", "FOR",       "SET",    "RETURNING", "VALUES"};
// They may stand between FROM and the table.
constexpr std::array<std::string_view, 5> kBeforeTables{"ONLY", "LATERAL", "ROWS", "TABLE", "FROM"};

bool is_any(const SqlToken& token, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return token.is_word(word); });
}

}  // namespace

void QueryPlaces::open(std::size_t at) {
  Level inner;
  Level& outer = levels_.back();
  // A joined table in parentheses, or a subquery: the next word tells.
  if (outer.expects) {
    outer.expects = false;
    const bool called = at > 0 && tokens_[at - 1].is_name() && !is_keyword(tokens_[at - 1]);
    inner.tables = inner.expects = !called;
  }
  levels_.push_back(inner);
}

void QueryPlaces::word(std::size_t at) {
  const SqlToken& token = tokens_[at];
  Level& level = levels_.back();
  const auto previous = [&](std::string_view word) { return at > 0 && tokens_[at - 1].is_word(word); };
  if (token.is_word("SELECT") || token.is_word("WITH")) {
    const bool ordinality = at + 1 < tokens_.size() && tokens_[at + 1].is_word("ORDINALITY");
    if (!ordinality)
      level = {.query = true, .tables = false, .expects = false, .deletes = false, .inserts = false};
  } else if (token.is_word("DELETE") || token.is_word("MERGE")) {
    level.query = level.deletes = true;
  } else if (token.is_word("INTO")) {
    level.query = level.expects = level.inserts = true;
  } else if (token.is_word("UPDATE")) {
    // Not those of FOR UPDATE, ON UPDATE TO and ON CONFLICT DO UPDATE SET.
    const bool sets = at + 1 < tokens_.size() && tokens_[at + 1].is_word("SET");
    if (!sets && !previous("FOR") && !previous("ON")) level.query = level.expects = true;
  } else if (token.is_word("JOIN")) {
    level.tables = level.expects = true;
  } else if (token.is_word("FROM")) {
    // Not that of IS DISTINCT FROM, EXTRACT(x FROM y) and their like.
    if (level.query && !previous("DISTINCT")) level.tables = level.expects = true;
  } else if (token.is_word("USING")) {
    const bool operation = at + 1 < tokens_.size() && tokens_[at + 1].is_word("OPERATOR");
    level.expects = level.deletes && !next_is(at, '(') && !operation;
    level.tables = level.tables || level.expects;
  } else if (is_any(token, kClauses)) {
    level.tables = level.expects = false;
  } else if (!is_any(token, kBeforeTables)) {
    level.expects = false;
  }
}

QueryPlaces::Place QueryPlaces::step(std::size_t at) {
  const SqlToken& token = tokens_[at];
  if (token.is_mark('(')) {
    open(at);
  } else if (token.is_mark(')')) {
    if (levels_.size() > 1) levels_.pop_back();
  } else if (token.is_mark(';')) {
    levels_.assign(1, Level{});
  } else if (token.is_mark(',')) {
    if (levels_.back().tables) levels_.back().expects = true;
  } else if (is_keyword(token)) {
    word(at);
  } else {
    Level& level = levels_.back();
    const bool expected = level.expects, inserts = level.inserts;
    level.expects = level.inserts = false;
    if (expected && token.is_name()) return inserts ? Place::inserts : Place::takes_rows;
  }
  return Place::other;
}

}  // namespace pgark::restore
