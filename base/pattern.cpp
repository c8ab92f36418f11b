#include "base/pattern.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/sql_quote.hpp"
#include "base/utf8.hpp"

namespace pgark {
namespace {

std::string folded(std::string_view sequence) {
  std::string result(sequence);
  // ASCII only: the server folds identifiers of multibyte encodings the same way.
  if (result.size() == 1 && result[0] >= 'A' && result[0] <= 'Z')
    result[0] = static_cast<char>(result[0] + ('a' - 'A'));
  return result;
}

bool is(const PatternUnit& unit, char special) {
  return !unit.quoted && unit.bytes.size() == 1 && unit.bytes[0] == special;
}

Result<std::vector<PatternPiece>> split(std::string_view text, std::size_t parts_max) {
  std::vector<PatternPiece> pieces(1);
  bool quoted = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    const std::string_view sequence = text.substr(at, length);
    at += length;
    if (sequence == "\"") {
      if (quoted && at < text.size() && text[at] == '"') {
        pieces.back().units.push_back({"\"", true});
        ++at;
      } else {
        quoted = !quoted;
      }
    } else if (quoted) {
      pieces.back().units.push_back({std::string(sequence), true});
    } else if (sequence == ".") {
      pieces.emplace_back();
    } else {
      pieces.back().units.push_back({folded(sequence), false});
    }
  }
  const std::string shown(text);
  if (quoted) return fail(ErrorCode::usage, "unterminated double quote in pattern", shown);
  if (pieces.size() > parts_max) {
    return fail(ErrorCode::usage, "improper qualified name (too many dotted names)", shown,
                "put a name that contains dots in double quotes");
  }
  return pieces;
}

}  // namespace

std::string PatternPiece::regex() const {
  std::string result = "^(";
  for (std::size_t i = 0; i < units.size(); ++i) {
    const PatternUnit& unit = units[i];
    const char first = unit.bytes.size() == 1 ? unit.bytes[0] : '\0';
    const bool special =
        first != '\0' && std::string_view("|*+?()[]{}.^$\\").find(first) != std::string_view::npos;
    if (is(unit, '*')) {
      result += ".*";
    } else if (is(unit, '?')) {
      result += '.';
    } else if (is(unit, '[') && i + 1 < units.size() && is(units[i + 1], ']')) {
      // psql's special case, so that int4[] can be asked for: an empty class is not valid anyway.
      result += "\\[\\]";
      ++i;
    } else {
      // A dollar sign is always a character of the name: anchoring is done by us.
      if ((special && unit.quoted) || first == '$') result += '\\';
      result += unit.bytes;
    }
  }
  return result + ")$";
}

std::string PatternPiece::literal() const {
  std::string result;
  for (const PatternUnit& unit : units) result += unit.bytes;
  return result;
}

Result<NamePattern> parse_table_pattern(std::string_view text) {
  Result<std::vector<PatternPiece>> pieces = split(text, 3);
  if (!pieces) return tl::unexpected(std::move(pieces).error());
  NamePattern pattern;
  pattern.text = text;
  pattern.name = std::move(pieces->back());
  if (pieces->size() >= 2) pattern.schema = std::move((*pieces)[pieces->size() - 2]);
  if (pieces->size() == 3) pattern.database = std::move(pieces->front());
  return pattern;
}

Result<NamePattern> parse_schema_pattern(std::string_view text) {
  Result<std::vector<PatternPiece>> pieces = split(text, 2);
  if (!pieces) return tl::unexpected(std::move(pieces).error());
  NamePattern pattern;
  pattern.text = text;
  pattern.name = std::move(pieces->back());
  if (pieces->size() == 2) pattern.database = std::move(pieces->front());
  return pattern;
}

namespace {

constexpr const char* kQuoteHint = "put characters that are part of a name in double quotes inside it";

// Named classes of the server that count letters beyond ASCII, and what RE2 calls those. The others are the
// same in both.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kLetterClasses{{
    {"[:alpha:]", "\\pL"},
    {"[:alnum:]", "\\pL\\pN"},
    {"[:lower:]", "\\p{Ll}"},
    {"[:upper:]", "\\p{Lu}"},
}};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_ascii_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The server's expression in the syntax of RE2. What the two languages do not share is refused.
class Translator {
 public:
  Translator(std::string_view regex, std::string_view shown) : rest_(regex), shown_(shown) {}

  Result<std::string> translate() {
    while (!rest_.empty()) {
      if (rest_.front() == '\\') {
        if (!escape()) return refuse("this escape is not supported in a name pattern");
      } else if (in_class_ && (rest_.starts_with("[=") || rest_.starts_with("[."))) {
        return refuse("collating elements are not supported");
      } else if (!in_class_ && !is_valid_quantifier()) {
        return refuse("the pattern is no valid regular expression: invalid repetition");
      } else if (!in_class_ || !letter_class()) {
        character();
      }
    }
    return std::move(out_);
  }

 private:
  tl::unexpected<Error> refuse(std::string message) const {
    return fail(ErrorCode::usage, std::move(message), std::string(shown_), kQuoteHint);
  }
  void take(std::size_t count) {
    out_ += rest_.substr(0, count);
    rest_.remove_prefix(count);
  }

  // \d, \s, \w, and punctuation, which stands for itself.
  bool escape() {
    const char c = rest_.size() > 1 ? rest_[1] : '\\';
    if (c == 'w') {
      out_ += in_class_ ? "\\pL\\pN_" : "[\\pL\\pN_]";
      rest_.remove_prefix(2);
      return true;
    }
    if (is_ascii_alphanumeric(c) && c != 'd' && c != 's') return false;
    take(std::min<std::size_t>(rest_.size(), 2));
    return true;
  }

  // Two things that RE2 takes and the server does not: more repetitions than its DUPMAX, and those of an
  // anchor.
  bool is_valid_quantifier() const {
    constexpr int kRepeatMax = 255;
    if (rest_.starts_with("^+") || (rest_.starts_with("^{") && rest_.size() > 2 && is_digit(rest_[2])))
      return false;
    if (rest_.front() != '{') return true;
    for (std::size_t at = 1; at < rest_.size() && (is_digit(rest_[at]) || rest_[at] == ',');) {
      int count = 0;
      for (; at < rest_.size() && is_digit(rest_[at]); ++at)
        count = std::min(count * 10 + (rest_[at] - '0'), kRepeatMax + 1);
      if (count > kRepeatMax) return false;
      if (at < rest_.size() && rest_[at] == ',') ++at;
    }
    return true;
  }

  bool letter_class() {
    for (const auto& [name, ours] : kLetterClasses) {
      if (!rest_.starts_with(name)) continue;
      out_ += ours;
      rest_.remove_prefix(name.size());
      return true;
    }
    if (!rest_.starts_with("[:")) return false;
    take(std::min(rest_.find(":]"), rest_.size() - 2) + 2);
    return true;
  }

  void character() {
    if (!in_class_ && rest_.front() == '[') {
      in_class_ = true;
      // A bracket that comes first is a character of the class.
      take(rest_.starts_with("[^]") ? 3 : rest_.starts_with("[]") || rest_.starts_with("[^") ? 2 : 1);
      return;
    }
    if (in_class_ && rest_.front() == ']') in_class_ = false;
    take(1);
  }

  std::string_view rest_;
  const std::string_view shown_;
  std::string out_;
  bool in_class_ = false;
};

std::shared_ptr<const re2::RE2> library_regex(const std::string& text, re2::RE2::Options::Encoding encoding) {
  re2::RE2::Options options;
  options.set_encoding(encoding);
  options.set_dot_nl(true);
  options.set_log_errors(false);
  return std::make_shared<const re2::RE2>(text, options);
}

}  // namespace

Result<PieceMatcher> PieceMatcher::compile(const PatternPiece& piece, std::string_view pattern_text) {
  constexpr std::string_view kBegin = "^(", kEnd = ")$";
  const std::string anchored = piece.regex();
  // Without the parentheses around it, or one of those could close one of the pattern's.
  const std::string_view inner =
      std::string_view(anchored).substr(kBegin.size(), anchored.size() - kBegin.size() - kEnd.size());
  auto text = Translator(inner, pattern_text).translate();
  if (!text) return tl::unexpected<Error>(text.error());
  PieceMatcher matcher;
  matcher.characters_ = library_regex(*text, re2::RE2::Options::EncodingUTF8);
  matcher.bytes_ = library_regex(*text, re2::RE2::Options::EncodingLatin1);
  // A pattern that is not UTF-8 can only be one of bytes.
  const auto& checked = is_valid_text(pattern_text, "UTF8") ? matcher.characters_ : matcher.bytes_;
  if (checked->ok()) return matcher;
  return fail(ErrorCode::usage, "the pattern is no valid regular expression: " + checked->error(),
              std::string(pattern_text), kQuoteHint);
}

bool PieceMatcher::matches(std::string_view name) const {
  const bool as_characters = characters_->ok() && is_valid_text(name, "UTF8");
  return re2::RE2::FullMatch(name, as_characters ? *characters_ : *bytes_);
}

Result<NameMatcher> NameMatcher::compile(const NamePattern& pattern) {
  NameMatcher matcher;
  if (pattern.database) matcher.database_ = pattern.database->literal();
  if (pattern.schema) {
    Result<PieceMatcher> schema = PieceMatcher::compile(*pattern.schema, pattern.text);
    if (!schema) return tl::unexpected(std::move(schema).error());
    matcher.schema_ = std::move(schema).value();
  }
  Result<PieceMatcher> name = PieceMatcher::compile(pattern.name, pattern.text);
  if (!name) return tl::unexpected(std::move(name).error());
  matcher.name_ = std::move(name).value();
  return matcher;
}

bool NameMatcher::matches_database(std::string_view database) const {
  return !database_ || *database_ == database;
}

bool NameMatcher::matches(std::string_view schema, std::string_view name) const {
  return (!schema_ || schema_->matches(schema)) && name_.matches(name);
}

}  // namespace pgark
