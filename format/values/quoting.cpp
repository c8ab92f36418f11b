#include "format/values/quoting.hpp"

#include <array>
#include <cstdint>

namespace pgark::values {
namespace {

// The letter after the backslash; 0: the character stands for itself.
constexpr std::array<char, 256> kCopyEscapes = [] {
  std::array<char, 256> escapes{};
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  escapes['\v'] = 'v';
  escapes['\\'] = '\\';
  return escapes;
}();

char copy_escape(char c) {
  return kCopyEscapes[static_cast<unsigned char>(c)];
}

// Whether one of eight bytes may need an escape: is a backslash or less than 0x0E. A borrow can only give a
// false alarm.
bool may_need_escape(const char* eight) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
  std::uint64_t word = 0;
  std::memcpy(&word, eight, sizeof word);
  const std::uint64_t backslash = word ^ (kOnes * '\\');
  const std::uint64_t low = (word - kOnes * 0x0E) & ~word;
  const std::uint64_t zero = (backslash - kOnes) & ~backslash;
  return ((low | zero) & kHighs) != 0;
}

// Index of the first character that needs an escape; the size: none.
std::size_t plain_prefix(std::string_view text) {
  std::size_t at = 0;
  while (true) {
    while (text.size() - at >= 8 && !may_need_escape(text.data() + at)) at += 8;
    const std::size_t end = std::min(text.size(), at + 8);
    for (; at < end; ++at) {
      if (copy_escape(text[at]) != 0) return at;
    }
    if (at == text.size()) return at;
  }
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_quote_or_backslash(char c) {
  return c == '"' || c == '\\';
}

bool reads_null(std::string_view text) {
  if (text.size() != 4) return false;
  std::uint32_t letters = 0, null = 0;
  std::memcpy(&letters, text.data(), 4);
  std::memcpy(&null, "null", 4);
  return (letters | 0x20202020U) == null;
}

// Puts the text in quotes; `escape` in front of quotes and backslashes, 0: they are doubled.
void quote(TextOut& out, std::size_t from, char escape) {
  const std::size_t size = out.size() - from;
  std::size_t specials = 0;
  for (const char c : out.text_from(from)) specials += is_quote_or_backslash(c) ? 1 : 0;
  char* to = out.room(specials + 2) + specials + 2;
  out.advance_to(to);
  char* const begin = out.data() + from;
  *--to = '"';
  for (std::size_t i = size; i-- > 0;) {
    const char c = begin[i];
    *--to = c;
    if (is_quote_or_backslash(c)) *--to = escape != 0 ? escape : c;
  }
  *--to = '"';
}

}  // namespace

void put_copy_escaped(std::string_view text, TextOut& out) {
  while (true) {
    const std::size_t plain = plain_prefix(text);
    out.put(text.substr(0, plain));
    if (plain == text.size()) return;
    char* const at = out.room(2);
    at[0] = '\\';
    at[1] = copy_escape(text[plain]);
    out.advance_to(at + 2);
    text.remove_prefix(plain + 1);
  }
}

void escape_for_copy(TextOut& out, std::size_t from) {
  std::string_view text = out.text_from(from);
  const std::size_t plain = plain_prefix(text);
  if (plain == text.size()) return;
  from += plain;
  text.remove_prefix(plain);
  std::size_t specials = 0;
  for (const char c : text) specials += copy_escape(c) != 0 ? 1 : 0;
  const std::size_t size = text.size();
  char* to = out.room(specials) + specials;
  out.advance_to(to);
  char* const begin = out.data() + from;
  for (std::size_t i = size; i-- > 0;) {
    const char c = begin[i], escape = copy_escape(c);
    *--to = escape != 0 ? escape : c;
    if (escape != 0) *--to = '\\';
  }
}

void quote_array_item(TextOut& out, std::size_t from, char delimiter) {
  const std::string_view text = out.text_from(from);
  bool is_needed = text.empty() || reads_null(text);
  for (std::size_t i = 0; i < text.size() && !is_needed; ++i) {
    const char c = text[i];
    is_needed = is_quote_or_backslash(c) || c == '{' || c == '}' || c == delimiter || is_space(c);
  }
  if (is_needed) quote(out, from, '\\');
}

void quote_range_bound(TextOut& out, std::size_t from) {
  const std::string_view text = out.text_from(from);
  bool is_needed = text.empty();
  for (std::size_t i = 0; i < text.size() && !is_needed; ++i) {
    const char c = text[i];
    is_needed =
        is_quote_or_backslash(c) || c == '(' || c == ')' || c == '[' || c == ']' || c == ',' || is_space(c);
  }
  if (is_needed) quote(out, from, 0);
}

}  // namespace pgark::values
