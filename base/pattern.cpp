#include "base/pattern.hpp"

#include <algorithm>
#include <utility>

namespace pgark {
namespace {

// Length of the UTF-8 sequence at the front of `text`; 1 when it is not valid UTF-8.
std::size_t sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  std::size_t length = 1;
  if (lead >= 0xf0 && lead < 0xf8)
    length = 4;
  else if (lead >= 0xe0 && lead < 0xf0)
    length = 3;
  else if (lead >= 0xc2 && lead < 0xe0)
    length = 2;
  if (length > text.size()) return 1;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0u) != 0x80u) return 1;
  }
  return length;
}

// The character at the front of `text`. A stray byte gets a value outside Unicode, so that it never
// equals a real character.
char32_t decode(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[i]));
  };
  switch (text.size()) {
    case 2: return (byte(0) & 0x1fu) << 6 | (byte(1) & 0x3fu);
    case 3: return (byte(0) & 0x0fu) << 12 | (byte(1) & 0x3fu) << 6 | (byte(2) & 0x3fu);
    case 4:
      return (byte(0) & 0x07u) << 18 | (byte(1) & 0x3fu) << 12 | (byte(2) & 0x3fu) << 6 | (byte(3) & 0x3fu);
    default: return byte(0) < 0x80 ? byte(0) : 0x110000 + byte(0);
  }
}

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
    const std::size_t length = sequence_length(text.substr(at));
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

bool PieceMatcher::Token::accepts(char32_t candidate) const {
  switch (kind) {
    case Kind::literal: return candidate == character;
    case Kind::any:
    case Kind::run: return true;
    case Kind::one_of: break;
  }
  const auto holds = [candidate](const Range& range) {
    return range.first <= candidate && candidate <= range.last;
  };
  return std::any_of(ranges.begin(), ranges.end(), holds) != negated;
}

// `at` is just behind '['; on return just behind ']'.
Result<PieceMatcher::Token> PieceMatcher::compile_class(const PatternPiece& piece, std::size_t& at,
                                                        std::string_view text) {
  const std::vector<PatternUnit>& units = piece.units;
  Token token;
  token.kind = Kind::one_of;
  if (at < units.size() && is(units[at], '^')) {
    token.negated = true;
    ++at;
  }
  const std::size_t first = at;
  while (at < units.size() && (at == first || !is(units[at], ']'))) {
    if (is(units[at], '[') && at + 1 < units.size() && (is(units[at + 1], ':') || is(units[at + 1], '='))) {
      return fail(ErrorCode::usage, "named character classes are not supported without a server",
                  std::string(text));
    }
    Range range{decode(units[at].bytes), decode(units[at].bytes)};
    ++at;
    if (at + 1 < units.size() && is(units[at], '-') && !is(units[at + 1], ']')) {
      range.last = decode(units[at + 1].bytes);
      at += 2;
    }
    if (range.last < range.first)
      return fail(ErrorCode::usage, "reversed character range in pattern", std::string(text));
    token.ranges.push_back(range);
  }
  if (at == units.size())
    return fail(ErrorCode::usage, "unterminated character class in pattern", std::string(text));
  ++at;
  return token;
}

Result<PieceMatcher> PieceMatcher::compile(const PatternPiece& piece, std::string_view pattern_text) {
  PieceMatcher matcher;
  const std::vector<PatternUnit>& units = piece.units;
  for (std::size_t at = 0; at < units.size();) {
    const PatternUnit& unit = units[at++];
    Token token;
    if (is(unit, '*')) {
      // Neighbouring runs are one run; it keeps matching linear for "****".
      if (!matcher.tokens_.empty() && matcher.tokens_.back().kind == Kind::run) continue;
      token.kind = Kind::run;
    } else if (is(unit, '?')) {
      token.kind = Kind::any;
    } else if (is(unit, '[') && at < units.size() && !is(units[at], ']')) {
      Result<Token> compiled = compile_class(piece, at, pattern_text);
      if (!compiled) return tl::unexpected(std::move(compiled).error());
      token = std::move(compiled).value();
    } else if (!unit.quoted && unit.bytes.size() == 1 &&
               std::string_view("|+(){}^\\").find(unit.bytes[0]) != std::string_view::npos) {
      return fail(ErrorCode::usage,
                  "regular expressions are not supported without a server: '" + unit.bytes + "'",
                  std::string(pattern_text), "put the character in double quotes if it is part of the name");
    } else {
      token.character = decode(unit.bytes);
    }
    matcher.tokens_.push_back(std::move(token));
  }
  return matcher;
}

bool PieceMatcher::matches(std::string_view name) const {
  // On a mismatch only the last run needs to take one more character: an earlier one could gain nothing.
  std::size_t token = 0, at = 0;
  std::size_t run_token = tokens_.size(), run_at = 0;
  while (at < name.size()) {
    const std::size_t length = sequence_length(name.substr(at));
    if (token < tokens_.size() && tokens_[token].kind == Kind::run) {
      run_token = token++;
      run_at = at;
    } else if (token < tokens_.size() && tokens_[token].accepts(decode(name.substr(at, length)))) {
      ++token;
      at += length;
    } else if (run_token < tokens_.size()) {
      run_at += sequence_length(name.substr(run_at));
      at = run_at;
      token = run_token + 1;
    } else {
      return false;
    }
  }
  while (token < tokens_.size() && tokens_[token].kind == Kind::run) ++token;
  return token == tokens_.size();
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
