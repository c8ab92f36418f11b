#include "base/sql_quote.hpp"

#include <algorithm>

#include "base/sql_keywords.hpp"

namespace pgark {
namespace {

thread_local bool quote_all = false;

bool is_lower_or_underscore(char c) {
  return (c >= 'a' && c <= 'z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string enclose(std::string_view text, char quote) {
  std::string out;
  out.reserve(text.size() + 2);
  out.push_back(quote);
  for (const char c : text) {
    if (c == quote) out.push_back(quote);
    out.push_back(c);
  }
  out.push_back(quote);
  return out;
}

unsigned byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

bool continues(std::string_view text, std::size_t at, std::size_t count, unsigned low, unsigned high) {
  if (at + count > text.size()) return false;
  for (std::size_t i = at; i < at + count; ++i) {
    if (byte_at(text, i) < low || byte_at(text, i) > high) return false;
  }
  return true;
}

// Length of the valid UTF-8 character at `at` (RFC 3629: no surrogates, no overlong forms), or 0.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const unsigned lead = byte_at(text, at);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (!continues(text, at + 1, length - 1, 0x80, 0xbf)) return 0;
  const unsigned second = byte_at(text, at + 1);
  if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return 0;
  if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return 0;
  return length;
}

// The EUC family: SS2 (0x8e) and SS3 (0x8f) introduce longer characters, other high bytes come in pairs.
std::size_t euc_length(std::string_view text, std::size_t at, std::string_view encoding) {
  const unsigned lead = byte_at(text, at);
  if (lead < 0x80) return 1;
  std::size_t length = 2;
  if (lead == 0x8e && encoding == "EUC_TW") length = 4;
  if (lead == 0x8f && (encoding == "EUC_JP" || encoding == "EUC_JIS_2004")) length = 3;
  return continues(text, at + 1, length - 1, 0xa1, 0xfe) ? length : 0;
}

std::size_t mule_length(std::string_view text, std::size_t at) {
  const unsigned lead = byte_at(text, at);
  if (lead < 0x80) return 1;
  std::size_t length = 2;
  if (lead >= 0x90 && lead <= 0x99) length = 3;
  if (lead == 0x9a || lead == 0x9b) length = 3;
  if (lead == 0x9c || lead == 0x9d) length = 4;
  return continues(text, at + 1, length - 1, 0x80, 0xff) ? length : 0;
}

}  // namespace

bool is_plain_identifier(std::string_view name) {
  if (name.empty() || !is_lower_or_underscore(name.front())) return false;
  const bool plain =
      std::all_of(name.begin(), name.end(), [](char c) { return is_lower_or_underscore(c) || is_digit(c); });
  return plain && !is_sql_keyword(name);
}

QuoteAllIdentifiers::QuoteAllIdentifiers(bool on) : before_(quote_all) {
  quote_all = quote_all || on;
}

QuoteAllIdentifiers::~QuoteAllIdentifiers() {
  quote_all = before_;
}

std::string quote_identifier(std::string_view name) {
  return !quote_all && is_plain_identifier(name) ? std::string(name) : enclose(name, '"');
}

std::string quote_qualified(std::string_view schema, std::string_view name) {
  if (schema.empty()) return quote_identifier(name);
  return quote_identifier(schema) + "." + quote_identifier(name);
}

std::string quote_literal(std::string_view text) {
  return enclose(text, '\'');
}

std::string quote_literal_any_mode(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) return quote_literal(text);
  std::string doubled;
  doubled.reserve(text.size() + 8);
  for (const char c : text) {
    if (c == '\\') doubled.push_back('\\');
    doubled.push_back(c);
  }
  return " E" + enclose(doubled, '\'');
}

std::string quote_dollar(std::string_view text) {
  // The opening half alone must not occur: a body that ends in it would close with the first "$" of the end.
  std::string half = "$";
  while (text.find(half) != std::string_view::npos) half += half.size() == 1 ? '_' : 'X';
  const std::string delimiter = half + "$";
  std::string out;
  out.reserve(text.size() + 2 * delimiter.size());
  return out.append(delimiter).append(text).append(delimiter);
}

std::string one_line(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return out;
}

bool is_valid_text(std::string_view text, std::string_view encoding) {
  if (text.find('\0') != std::string_view::npos) return false;
  const bool utf8 = encoding == "UTF8";
  const bool euc = encoding.starts_with("EUC_");
  const bool mule = encoding == "MULE_INTERNAL";
  if (!utf8 && !euc && !mule) return true;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8  ? utf8_length(text, i)
                               : euc ? euc_length(text, i, encoding)
                                     : mule_length(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

}  // namespace pgark
