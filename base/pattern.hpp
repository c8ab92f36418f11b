// Name patterns as psql and pg_dump understand them: `schema.name`, `*`, `?`, "quoted", and pieces of
// regular expressions. PostgreSQL documentation, psql, section "Patterns".
//
// A pattern is used in two ways. On a live server the regular expression is sent and the server matches
// (`NamePattern::Piece::regex`): everything psql accepts works. Without a server (an archive's table of
// contents) NameMatcher matches here, in linear memory and bounded time; it knows literals, `*`, `?` and
// character classes such as [a-z] or [^0-9], and refuses the rest of the regular expression language
// with an error instead of guessing. Pure values; safe from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

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
  // Errors: usage, for regular expression syntax other than * ? [...].
  static Result<PieceMatcher> compile(const PatternPiece& piece, std::string_view pattern_text);
  // Bytes that are not UTF-8 count as one character each.
  bool matches(std::string_view name) const;

 private:
  struct Range {
    char32_t first, last;
  };
  enum class Kind : unsigned char { literal, any, run, one_of };
  struct Token {
    Kind kind = Kind::literal;
    char32_t character = 0;
    bool negated = false;
    std::vector<Range> ranges;
    bool accepts(char32_t candidate) const;
  };
  static Result<Token> compile_class(const PatternPiece& piece, std::size_t& at, std::string_view text);
  std::vector<Token> tokens_;
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
