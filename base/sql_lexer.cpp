#include "base/sql_lexer.hpp"

#include <algorithm>
#include <utility>

namespace pgark {

namespace {

constexpr std::string_view kOperators = "+-*/<>=~!@#%^&|`?";

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool starts_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool goes_on(char c) {
  return starts_word(c) || is_digit(c) || c == '$';
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

class Lexer {
 public:
  explicit Lexer(std::string_view sql) : sql_(sql) {}

  std::vector<SqlToken> run() {
    for (skip_blanks(); at_ < sql_.size(); skip_blanks()) {
      const std::size_t from = at_;
      SqlToken token;
      token.kind = next(token.name);
      token.at = from;
      token.size = at_ - from;
      token.text = sql_.substr(from, token.size);
      tokens_.push_back(std::move(token));
    }
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0'; }

  void skip_blanks() {
    while (at_ < sql_.size()) {
      if (is_blank(peek())) {
        ++at_;
      } else if (peek() == '-' && peek(1) == '-') {
        at_ = std::min(sql_.find('\n', at_), sql_.size());
      } else if (peek() == '/' && peek(1) == '*') {
        skip_comment();
      } else {
        return;
      }
    }
  }

  // Comments nest.
  void skip_comment() {
    int depth = 0;
    do {
      if (peek() == '/' && peek(1) == '*') {
        ++depth;
        at_ += 2;
      } else if (peek() == '*' && peek(1) == '/') {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0 && at_ < sql_.size());
    at_ = std::min(at_, sql_.size());
  }

  SqlTokenKind next(std::string& name) {
    const char c = peek();
    if (c == '"') return quoted(name);
    if (c == '\'') return literal(false);
    const char second = peek(1);
    if ((c == 'e' || c == 'E') && second == '\'') return ++at_, literal(true);
    constexpr std::string_view kPrefixes = "bBxXnN";
    if (kPrefixes.find(c) != std::string_view::npos && second == '\'') return ++at_, literal(false);
    if ((c == 'u' || c == 'U') && second == '&' && (peek(2) == '\'' || peek(2) == '"')) {
      at_ += 2;
      return peek() == '"' ? quoted(name) : literal(false);
    }
    if (starts_word(c)) return word(name);
    if (is_digit(c) || (c == '.' && is_digit(second))) return number();
    if (c == '$') return dollar();
    if (c == ':' && second == ':') return at_ += 2, SqlTokenKind::cast;
    if (kOperators.find(c) != std::string_view::npos) return operation();
    ++at_;
    return SqlTokenKind::mark;
  }

  SqlTokenKind quoted(std::string& name) {
    for (++at_; at_ < sql_.size(); ++at_) {
      if (peek() == '"' && peek(1) != '"') {
        ++at_;
        break;
      }
      if (peek() == '"') ++at_;
      name += sql_[at_];
    }
    return SqlTokenKind::quoted;
  }

  SqlTokenKind literal(bool escapes) {
    for (++at_; at_ < sql_.size(); ++at_) {
      if (escapes && peek() == '\\') {
        ++at_;
      } else if (peek() == '\'') {
        if (peek(1) != '\'') break;
        ++at_;
      }
    }
    at_ = std::min(at_ + 1, sql_.size());
    return SqlTokenKind::literal;
  }

  SqlTokenKind word(std::string& name) {
    for (; at_ < sql_.size() && goes_on(peek()); ++at_) name += lower(peek());
    return SqlTokenKind::word;
  }

  SqlTokenKind number() {
    while (goes_on(peek()) || (peek() == '.' && is_digit(peek(1)))) ++at_;
    return SqlTokenKind::number;
  }

  // $1, $$...$$ or $tag$...$tag$.
  SqlTokenKind dollar() {
    std::size_t end = at_ + 1;
    if (is_digit(peek(1))) {
      ++at_;
      return number();
    }
    while (end < sql_.size() && sql_[end] != '$' && goes_on(sql_[end])) ++end;
    if (end >= sql_.size() || sql_[end] != '$') return ++at_, SqlTokenKind::mark;
    const std::string_view tag = sql_.substr(at_, end + 1 - at_);
    const std::size_t close = sql_.find(tag, end + 1);
    at_ = close == std::string_view::npos ? sql_.size() : close + tag.size();
    return SqlTokenKind::body;
  }

  SqlTokenKind operation() {
    while (at_ < sql_.size() && kOperators.find(peek()) != std::string_view::npos) {
      const bool comment = (peek() == '-' && peek(1) == '-') || (peek() == '/' && peek(1) == '*');
      if (comment) break;
      ++at_;
    }
    return SqlTokenKind::operation;
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  std::vector<SqlToken> tokens_;
};

}  // namespace

bool SqlToken::is_word(std::string_view word) const {
  return kind == SqlTokenKind::word && name.size() == word.size() &&
         std::equal(name.begin(), name.end(), word.begin(), [](char a, char b) { return a == lower(b); });
}

std::vector<SqlToken> lex_sql(std::string_view sql) {
  return Lexer(sql).run();
}

std::optional<std::string> literal_value(const SqlToken& token) {
  std::string_view text = token.text;
  if (token.kind == SqlTokenKind::body) {
    const std::size_t tag = text.find('$', 1) + 1;
    if (text.size() < 2 * tag || !text.ends_with(text.substr(0, tag))) return std::nullopt;
    return std::string(text.substr(tag, text.size() - 2 * tag));
  }
  const bool escapes = text.starts_with('E') || text.starts_with('e');
  if (escapes) text.remove_prefix(1);
  if (token.kind != SqlTokenKind::literal || text.size() < 2 || text.front() != '\'' || text.back() != '\'')
    return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool pair = text[i] == '\'' || (escapes && text[i] == '\\');
    if (pair && (i + 1 >= text.size() || text[i + 1] != text[i])) return std::nullopt;
    if (pair) ++i;
    value += text[i];
  }
  return value;
}

void SqlEdit::replace(const SqlToken& token, std::string_view by) {
  done_.append(sql_.substr(at_, token.at - at_)).append(by);
  at_ = token.at + token.size;
  changed_ = true;
}

std::string SqlEdit::finish() {
  done_.append(sql_.substr(at_));
  at_ = sql_.size();
  return std::move(done_);
}

}  // namespace pgark
