#include "restore/two_phase.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace pgark::restore {

using format::EntryId;
using format::Toc;
using format::TocEntry;

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t';
}

// Reads the statement from left to right; every step says whether it found what it looked for.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  // Words in upper case, whatever stands between them.
  bool keywords(std::string_view words) {
    std::size_t at = skip_space(at_);
    while (!words.empty()) {
      const std::string_view word = words.substr(0, words.find(' '));
      if (!text_.substr(at).starts_with(word)) return false;
      at += word.size();
      if (at < text_.size() && !is_space(text_[at]) && text_[at] != '(' && text_[at] != ';') return false;
      words.remove_prefix(std::min(word.size() + 1, words.size()));
      if (!words.empty()) at = skip_space(at);
    }
    at_ = at;
    return true;
  }
  // A name of one or more parts, as it stands there; empty: none.
  std::string_view name() {
    const std::size_t begin = skip_space(at_);
    std::size_t at = begin;
    while (at < text_.size() && !is_space(text_[at]) && text_[at] != '(') {
      at = text_[at] == '"' ? behind_quotes(at) : at + 1;
    }
    at_ = at;
    return text_.substr(begin, at - begin);
  }
  // What stands between parentheses, with them; empty: no such thing.
  std::string_view parentheses() {
    const std::size_t begin = skip_space(at_);
    if (begin >= text_.size() || text_[begin] != '(') return {};
    std::size_t depth = 0, at = begin;
    while (at < text_.size()) {
      const char c = text_[at];
      if (c == '"' || c == '\'') {
        at = behind_quotes(at);
        continue;
      }
      ++at;
      if (c == '(') ++depth;
      if (c == ')' && --depth == 0) break;
    }
    if (depth != 0) return {};
    at_ = at;
    return text_.substr(begin, at - begin);
  }
  std::string_view rest() const { return text_.substr(std::min(skip_space(at_), text_.size())); }

 private:
  std::size_t skip_space(std::size_t at) const {
    while (at < text_.size() && is_space(text_[at])) ++at;
    return at;
  }
  std::size_t behind_quotes(std::size_t at) const {
    const std::size_t end = text_.find(text_[at], at + 1);
    return end == std::string_view::npos ? text_.size() : end + 1;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) {
    if (part.empty()) continue;
    if (!text.empty()) text += ' ';
    text += part;
  }
  return text;
}

// What may follow a key's columns, in the order in which the server writes it.
bool is_timing(std::string_view rest) {
  constexpr std::string_view kTimings[] = {"", "DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"};
  return std::ranges::find(kTimings, rest) != std::end(kTimings);
}

std::optional<TwoPhases> of_key(std::string_view table, std::string_view name, Words words) {
  const bool primary = words.keywords("PRIMARY KEY");
  if (!primary && !words.keywords("UNIQUE")) return std::nullopt;
  const bool nulls_equal = words.keywords("NULLS NOT DISTINCT");
  const std::string_view columns = words.parentheses();
  std::string_view included, options;
  if (words.keywords("INCLUDE")) included = words.parentheses();
  if (words.keywords("WITH")) options = words.parentheses();
  if (columns.empty() || columns.find("WITHOUT OVERLAPS") != std::string_view::npos ||
      !is_timing(words.rest()))
    return std::nullopt;
  TwoPhases phases;
  phases.first_is_long = true;
  phases.first = joined({"CREATE UNIQUE INDEX", name, "ON ONLY", table, "USING btree", columns,
                         included.empty() ? "" : "INCLUDE", included, nulls_equal ? "NULLS NOT DISTINCT" : "",
                         options.empty() ? "" : "WITH", options});
  phases.second = joined({"ALTER TABLE ONLY", table, "ADD CONSTRAINT", name,
                          primary ? "PRIMARY KEY" : "UNIQUE", "USING INDEX", name, words.rest()});
  return phases;
}

std::optional<TwoPhases> of_foreign_key(std::string_view table, std::string_view name, const std::string& sql,
                                        Words words) {
  if (!words.keywords("FOREIGN KEY")) return std::nullopt;
  // Said already, or an attribute that does not go with it.
  for (const char* word : {"NOT VALID", "NOT ENFORCED", "PERIOD"}) {
    if (words.rest().find(word) != std::string_view::npos) return std::nullopt;
  }
  return TwoPhases{sql + " NOT VALID", joined({"ALTER TABLE ONLY", table, "VALIDATE CONSTRAINT", name}),
                   false};
}

// A partition that is attached, or is not, makes no difference: its own constraints are like any table's.
bool is_partitioned(const TocEntry& table) {
  return std::ranges::any_of(table.create, [](const format::SqlStatement& statement) {
    return statement.sql.find("PARTITION BY") != std::string::npos;
  });
}

bool concerns_plain_tables(const Toc& toc, const TocEntry& entry) {
  std::vector<EntryId> tables = entry.dependencies;
  tables.insert(tables.end(), entry.locks.begin(), entry.locks.end());
  bool found = false;
  for (const EntryId id : tables) {
    const TocEntry& table = *toc.find(id);
    if (table.kind == "FOREIGN TABLE") return false;
    if (table.kind != "TABLE") continue;
    if (is_partitioned(table)) return false;
    found = true;
  }
  return found;
}

}  // namespace

std::optional<TwoPhases> two_phases(const Toc& toc, const TocEntry& entry) {
  const bool foreign = entry.kind == "FK CONSTRAINT";
  if ((!foreign && entry.kind != "CONSTRAINT") || entry.create.size() != 1 || !entry.owner_object.empty())
    return std::nullopt;
  const format::SqlStatement& statement = entry.create.front();
  if (statement.min_target != 0 || statement.max_target != 0 || !entry.access_method.empty())
    return std::nullopt;
  if (!concerns_plain_tables(toc, entry)) return std::nullopt;
  Words words(statement.sql);
  if (!words.keywords("ALTER TABLE ONLY")) return std::nullopt;
  const std::string_view table = words.name();
  if (!words.keywords("ADD CONSTRAINT")) return std::nullopt;
  const std::string_view name = words.name();
  if (table.empty() || name.empty()) return std::nullopt;
  return foreign ? of_foreign_key(table, name, statement.sql, words) : of_key(table, name, words);
}

}  // namespace pgark::restore
