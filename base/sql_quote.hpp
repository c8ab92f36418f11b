// Turns names and values into SQL text: identifiers, literals, dollar quotes (SCHEMA_COVERAGE A7), and names
// that are safe to show to people. Text that the server has already quoted (pg_get_*, format_type, reg*) must
// not pass through here again.
//
// Literals assume standard_conforming_strings = on, which every pgark session pins, unless the function says
// otherwise. Thread rule: pure functions, but for the scope QuoteAllIdentifiers. Source: PostgreSQL
// documentation, "Lexical Structure".
#pragma once

#include <string>
#include <string_view>

namespace pgark {

// True when the name needs no quotes in any major: [a-z_][a-z0-9_]* and not a keyword.
bool is_plain_identifier(std::string_view name);

// While one lives and is on, quote_identifier quotes every name on this thread, as quote_all_identifiers
// makes the server do. REQUIRES: scopes nest; not across a co_await.
class QuoteAllIdentifiers {
 public:
  explicit QuoteAllIdentifiers(bool on);
  ~QuoteAllIdentifiers();
  QuoteAllIdentifiers(const QuoteAllIdentifiers&) = delete;
  QuoteAllIdentifiers& operator=(const QuoteAllIdentifiers&) = delete;

 private:
  bool before_;
};

// `name`, in double quotes when it needs them.
std::string quote_identifier(std::string_view name);

// "schema.name", each part quoted as needed; only the name when the schema is empty.
std::string quote_qualified(std::string_view schema, std::string_view name);

// 'text' with quotes doubled; backslashes stand for themselves.
std::string quote_literal(std::string_view text);

// Reads the same whatever standard_conforming_strings is: E'...' with a leading space when the text holds a
// backslash, otherwise as quote_literal.
std::string quote_literal_any_mode(std::string_view text);

// $tag$text$tag$ with the shortest tag of the series $$, $_$, $_X$, $_XX$, ... that cannot end early.
std::string quote_dollar(std::string_view text);

// For messages, listings and comments: every control character becomes a space, so that a hostile name cannot
// start a line of its own.
std::string one_line(std::string_view text);

// True when `text` is whole characters of a server encoding (PostgreSQL's name of it: "UTF8", "EUC_JP", ...).
// Single-byte encodings and SQL_ASCII accept every byte; a zero byte is never valid.
bool is_valid_text(std::string_view text, std::string_view encoding);

}  // namespace pgark
