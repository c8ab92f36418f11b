// Keyword/value connection strings:
//   pair  := keyword blanks '=' blanks value
//   value := "'" { any | "\" any } "'"  |  { not blank | "\" any }
#include "protocol/params/connection_string.hpp"
#include "protocol/params/keywords.hpp"

namespace pgark::params {
namespace {

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  std::size_t position() const { return at_; }

  void skip_blanks() {
    while (!at_end() && is_blank(text_[at_])) ++at_;
  }

  std::string_view keyword() {
    const std::size_t begin = at_;
    while (!at_end() && text_[at_] != '=' && !is_blank(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  bool skip_equals() {
    skip_blanks();
    if (at_end() || text_[at_] != '=') return false;
    ++at_;
    skip_blanks();
    return true;
  }

  // nullopt: the closing quote is missing.
  std::optional<std::string> value() {
    const bool quoted = !at_end() && text_[at_] == '\'';
    if (quoted) ++at_;
    std::string value;
    for (; !at_end(); ++at_) {
      char c = text_[at_];
      if (quoted ? c == '\'' : is_blank(c)) break;
      if (c == '\\') {
        if (++at_ == text_.size()) break;  // a backslash at the very end stands for nothing
        c = text_[at_];
      }
      value += c;
    }
    if (!quoted) return value;
    if (at_end()) return std::nullopt;
    ++at_;
    return value;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

tl::unexpected<Error> syntax_error(std::string message, std::size_t position) {
  Error error;
  error.code = ErrorCode::usage;
  error.message = std::move(message);
  error.object = "connection string";
  error.hint = "a value that holds spaces, quotes or backslashes is written as 'it\\'s'";
  error.offset = position;
  return tl::unexpected(std::move(error));
}

}  // namespace

Result<Assignments> parse_keyword_value(std::string_view text) {
  Assignments result;
  bool secret_seen = false;  // after one, a stray word may be the rest of a password that lacked its quotes
  Scanner scanner(text);
  for (scanner.skip_blanks(); !scanner.at_end(); scanner.skip_blanks()) {
    const std::size_t begin = scanner.position();
    const std::string_view keyword = scanner.keyword();
    if (!scanner.skip_equals()) {
      return syntax_error(secret_seen ? "missing \"=\"" : "missing \"=\" after " + quote_keyword(keyword),
                          begin);
    }
    const auto known = check_keyword(keyword, secret_seen);
    if (!known) return syntax_error(known.error().message, begin);
    auto value = scanner.value();
    if (!value) {
      return syntax_error("the quote of the value of " + quote_keyword(keyword) + " is not closed", begin);
    }
    secret_seen = secret_seen || (*known)->secret;
    result.emplace_back((*known)->name, std::move(*value));
  }
  return result;
}

}  // namespace pgark::params
