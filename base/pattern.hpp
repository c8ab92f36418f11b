// Name patterns as psql and pg_dump understand them: `schema.name`, `*`, `?`, "quoted", and pieces of
// regular expressions. PostgreSQL documentation, psql, section "Patterns".
//
// A pattern is used in two ways. On a live server the regular expression is sent and the server matches
// (PatternPiece::regex). Without a server (an archive's table of contents) NameMatcher matches here, with
// RE2: the same language but for back references, collating elements and the rarer escapes, which are
// refused. No expression makes it slow. Pure values; safe from any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace re2 {
class RE2;
}

namespace pgark {

// One character of a pattern, after case folding: the folded bytes of one UTF-8 sequence (or one byte
// that is not UTF-8), and whether it stood in double quotes, where nothing is special.
struct PatternUnit {
  std::string bytes;
  bool quoted = false;
  bool operator==(const PatternUnit&) const = default;
};

struct PatternPiece {
  std::vector<PatternUnit> units;

  // An anchored POSIX regular expression for the server's `~` operator.
  std::string regex() const;
  // The text taken literally, as a database name is (folded, quotes removed).
  std::string literal() const;
};

struct NamePattern {
  std::string text;                      // as given, for messages
  std::optional<PatternPiece> database;  // must name the current database, literally
  std::optional<PatternPiece> schema;
  PatternPiece name;
};

// At most three dotted parts for tables (database.schema.name), two for schemas
// (database.schema; the schema is then in `name`). Errors: usage, naming the pattern.
Result<NamePattern> parse_table_pattern(std::string_view text);
Result<NamePattern> parse_schema_pattern(std::string_view text);

// Matches one piece without a server.
class PieceMatcher {
 public:
  // Errors: usage, for what is no regular expression, and for the parts of the language named above.
  static Result<PieceMatcher> compile(const PatternPiece& piece, std::string_view pattern_text);
  // In a name that is not UTF-8 each byte counts as a character.
  bool matches(std::string_view name) const;

 private:
  std::shared_ptr<const re2::RE2> characters_, bytes_;  // the same, for names of UTF-8 and others
};

// Matches (schema, name) without a server. A pattern without a schema part matches in every schema (a live
// server would ask which table the search_path shows; an archive has no search_path).
class NameMatcher {
 public:
  static Result<NameMatcher> compile(const NamePattern& pattern);
  // True when the database part, if there is one, is `database`.
  bool matches_database(std::string_view database) const;
  bool matches(std::string_view schema, std::string_view name) const;

 private:
  std::optional<std::string> database_;
  std::optional<PieceMatcher> schema_;
  PieceMatcher name_;
};

}  // namespace pgark
