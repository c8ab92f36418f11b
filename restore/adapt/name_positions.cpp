#include "restore/adapt/name_positions.hpp"

#include <algorithm>
#include <array>

#include "format/entry_kind.hpp"
#include "restore/adapt/query_places.hpp"

namespace pgark::restore {

using format::is_one_of;

namespace {

// Their SQL holds queries, with aliases.
constexpr std::array<std::string_view, 4> kQueryKinds{"VIEW", "MATERIALIZED VIEW", "RULE", "POLICY"};
// Their body may be SQL.
constexpr std::array<std::string_view, 2> kRoutineKinds{"FUNCTION", "PROCEDURE"};
// Behind these no column of an expression stands.
constexpr std::array<std::string_view, 16> kBeforeObjects{
    "VIEW", "TO",     "ON",   "TABLE",   "ONLY",    "INTO",  "UPDATE",      "REFERENCES",
    "JOIN", "EXISTS", "RULE", "COLLATE", "RETURNS", "SETOF", "TABLESAMPLE", "FUNCTION"};
// Rows that a statement knows by themselves.
constexpr std::array<std::string_view, 3> kBuiltInAliases{"old", "new", "excluded"};

class Finder {
 public:
  Finder(std::span<const SqlToken> tokens, std::string_view kind, const std::set<std::string>& schemas)
      : tokens_(tokens), kind_(kind), schemas_(schemas), query_(query_begin()) {}

  NamePositions run() {
    QueryPlaces places(tokens_.subspan(query_));
    for (std::size_t at = 0; at < tokens_.size(); ++at) {
      const bool in_query = at >= query_ && kind_ != "TRIGGER";
      const auto place = in_query ? places.step(at - query_) : QueryPlaces::Place::other;
      if (!begins_name(at)) continue;
      const bool relation = place != QueryPlaces::Place::other;
      if (is_schema(at, relation)) {
        found_.schemas.push_back({at, relation, place == QueryPlaces::Place::inserts});
      } else {
        found_.aliases.push_back(at);
      }
    }
    return std::move(found_);
  }

 private:
  bool is_mark(std::size_t at, char mark) const { return at < tokens_.size() && tokens_[at].is_mark(mark); }

  std::size_t query_begin() const {
    if (is_one_of(kind_, kQueryKinds) || kind_ == "TRIGGER") return 0;
    if (!is_one_of(kind_, kRoutineKinds)) return tokens_.size();
    for (std::size_t at = 0; at + 1 < tokens_.size(); ++at) {
      const bool block = tokens_[at].is_word("BEGIN") && tokens_[at + 1].is_word("ATOMIC");
      const bool expression = is_keyword(tokens_[at]) && tokens_[at].is_word("RETURN");
      if (block || expression) return at;
    }
    return tokens_.size();
  }

  // schema.name, schema.operator
  bool begins_name(std::size_t at) const {
    const SqlToken& token = tokens_[at];
    if (!token.is_name() || is_keyword(token) || !schemas_.contains(token.name)) return false;
    if (at > 0 && is_mark(at - 1, '.')) return false;
    if (!is_mark(at + 1, '.') || at + 2 >= tokens_.size()) return false;
    return tokens_[at + 2].is_name() || tokens_[at + 2].kind == SqlTokenKind::operation;
  }

  bool is_operator(std::size_t at) const {
    return at >= 1 && (tokens_[at - 1].is_word("OPERATOR") ||
                       (at >= 2 && is_mark(at - 1, '(') && tokens_[at - 2].is_word("OPERATOR")));
  }

  // Whether the name stands in the query part as something else than a schema.
  bool may_be_alias(const std::string& name) const {
    if (std::ranges::find(kBuiltInAliases, name) != kBuiltInAliases.end()) return true;
    for (std::size_t at = 0; at < tokens_.size(); ++at) {
      if (!tokens_[at].is_name() || is_keyword(tokens_[at]) || tokens_[at].name != name) continue;
      if (!is_mark(at + 1, '.') || (at > 0 && is_mark(at - 1, '.'))) return true;
    }
    return false;
  }

  bool is_schema(std::size_t at, bool relation) const {
    const bool star = tokens_[at + 2].text == "*";
    // A row, whole: f(t.*).
    if (star) return is_operator(at) || kind_.starts_with("OPERATOR");
    if (at < query_ || relation) return true;
    // The column of a view's rule that is set by its parts: SET a.x = ...
    const bool sets_parts = kind_ == "RULE" || is_one_of(kind_, kRoutineKinds);
    if (!sets_parts && !may_be_alias(tokens_[at].name)) return true;
    if (tokens_[at + 2].kind == SqlTokenKind::operation || is_mark(at + 3, '(') || is_mark(at + 3, '.'))
      return true;
    if (is_operator(at) || at == 0) return true;
    const SqlToken& previous = tokens_[at - 1];
    if (previous.kind == SqlTokenKind::cast) return true;
    if (kind_ == "TRIGGER" && previous.is_word("FROM")) return true;
    if (is_keyword(previous))
      return std::ranges::any_of(kBeforeObjects, [&](auto word) { return previous.is_word(word); });
    return previous.is_name();  // name type, in a list of columns
  }

  std::span<const SqlToken> tokens_;
  std::string_view kind_;
  const std::set<std::string>& schemas_;
  std::size_t query_;
  NamePositions found_;
};

}  // namespace

bool is_keyword(const SqlToken& token) {
  return token.kind == SqlTokenKind::word && token.text.front() >= 'A' && token.text.front() <= 'Z' &&
         std::ranges::none_of(token.text, [](char c) { return c >= 'a' && c <= 'z'; });
}

NamePositions find_schema_names(std::span<const SqlToken> tokens, std::string_view kind,
                                const std::set<std::string>& schemas) {
  return Finder(tokens, kind, schemas).run();
}

}  // namespace pgark::restore
