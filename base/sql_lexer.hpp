// Takes SQL text apart into tokens, as the server's own scanner does, so that names in it can be found and
// replaced without touching strings, bodies and comments. Understands what the server and pgark write;
// standard_conforming_strings is on (sql_quote.hpp). Any bytes are accepted: what is never closed reaches to
// the end of the text. Encodings: those of servers, whose multi-byte characters hold no ASCII.
//
// Thread rule: pure functions. Source: PostgreSQL documentation, "Lexical Structure".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgark {

enum class SqlTokenKind : std::uint8_t {
  word,      // an identifier or keyword without quotes
  quoted,    // "identifier"
  literal,   // '...', also with E, B, X, N or U& before it
  body,      // $tag$...$tag$
  number,    // and $1
  mark,      // one of , ; ( ) [ ] . :
  cast,      // ::
  operation  // =, <>, ||, ...
};

struct SqlToken {
  SqlTokenKind kind = SqlTokenKind::mark;
  std::size_t at = 0, size = 0;  // in bytes, with quotes
  std::string_view text;         // as it stands there; valid as long as the text that was taken apart
  std::string name;              // of word and quoted: what it means, ASCII letters of a word in lower case

  bool is_name() const { return kind == SqlTokenKind::word || kind == SqlTokenKind::quoted; }
  // `word` in capitals: true for the keyword in any case, never for a quoted identifier.
  bool is_word(std::string_view word) const;
  bool is_mark(char mark) const { return kind == SqlTokenKind::mark && text.front() == mark; }
};

// Blanks and comments are left out.
std::vector<SqlToken> lex_sql(std::string_view sql);

// What a literal or body means: 'it''s', $$it's$$. nullopt for forms with escapes other than a doubled
// backslash, bit strings and others whose value is not their text.
std::optional<std::string> literal_value(const SqlToken& token);

// Replaces parts of a text, which are given from its beginning to its end.
class SqlEdit {
 public:
  // `sql` outlives it.
  explicit SqlEdit(std::string_view sql) : sql_(sql) {}
  // REQUIRES: behind all tokens replaced so far.
  void replace(const SqlToken& token, std::string_view by);
  bool changed() const { return changed_; }
  std::string finish();

 private:
  std::string_view sql_;
  std::string done_;
  std::size_t at_ = 0;
  bool changed_ = false;
};

}  // namespace pgark
