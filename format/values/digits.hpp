// Short runs of characters written through a pointer: the caller has made room. Each returns the new end.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/bytes.hpp"

namespace pgark::values {

// Of an integer of 64 bits, with its sign.
inline constexpr std::size_t kIntegerCharsMax = 20;

template <class Integer>
char* put_integer(char* at, Integer value) {
  return std::to_chars(at, at + kIntegerCharsMax, value).ptr;
}

// REQUIRES: value < 100.
template <class Integer>
char* put_two_digits(char* at, Integer value) {
  at[0] = static_cast<char>('0' + value / 10);
  at[1] = static_cast<char>('0' + value % 10);
  return at + 2;
}

inline char* put_text(char* at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

inline constexpr std::array<char, 512> kHexPairs = [] {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<char, 512> pairs{};
  for (std::size_t i = 0; i < 256; ++i) {
    pairs[2 * i] = kDigits[i / 16];
    pairs[2 * i + 1] = kDigits[i % 16];
  }
  return pairs;
}();

inline char* put_hex(char* at, ByteSpan bytes) {
  for (const std::byte byte : bytes) {
    std::memcpy(at, &kHexPairs[2 * static_cast<std::size_t>(byte)], 2);
    at += 2;
  }
  return at;
}

}  // namespace pgark::values
