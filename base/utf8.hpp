// Characters of UTF-8 text that may be anything. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace pgark {

// Length of the UTF-8 sequence at the front of `text`; 1 when it is not valid UTF-8. REQUIRES: not empty.
inline std::size_t utf8_length(std::string_view text) {
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

// The character that `text`, one sequence as utf8_length() finds it, stands for. A stray byte gets a value
// outside Unicode, so that it never equals a real character.
inline char32_t utf8_character(std::string_view text) {
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

}  // namespace pgark
