// Short forms for tests of printers: values as hexadecimal digits, results as text.
#pragma once

#include <string>
#include <string_view>

#include "format/values/value_printer.hpp"

namespace pgark::values {

inline constexpr int kVersion = 180004;

// "0001 ff" is three bytes; what is in single quotes stands for itself: "01 'text'".
inline ByteBuffer bytes_of(std::string_view digits) {
  ByteBuffer bytes;
  const auto nibble = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (digits[i] == ' ') continue;
    if (digits[i] == '\'') {
      for (++i; digits[i] != '\''; ++i) bytes.push_back(static_cast<std::byte>(digits[i]));
      continue;
    }
    bytes.push_back(static_cast<std::byte>(nibble(digits[i]) * 16 + nibble(digits[i + 1])));
    ++i;
  }
  return bytes;
}

// The text, or "error: " and what is wrong. Checks that errors leave the output as it was.
inline std::string text_of(const TypeDescriptor& type, std::string_view digits, int version = kVersion) {
  const auto printer = ValuePrinter::make(type, version);
  if (!printer) return "error: " + printer.error().message;
  ByteBuffer out(3, std::byte{'.'});
  const Result<> done = printer->append_text(bytes_of(digits), out);
  const std::string text(as_text(out));
  if (!text.starts_with("...")) return "error: the start of the output is gone";
  if (done) return text.substr(3);
  return text == "..." ? "error: " + done.error().message : "error: output is left: " + text;
}
inline std::string text_of(Oid builtin, std::string_view digits, int version = kVersion) {
  return text_of({{TypeKind::builtin, builtin}}, digits, version);
}

inline std::string copy_text_of(const TypeDescriptor& type, std::string_view digits) {
  ByteBuffer out;
  const Result<> done = ValuePrinter::make(type, kVersion).value().append_copy_text(bytes_of(digits), out);
  return done ? std::string(as_text(out)) : "error: " + done.error().message;
}
inline std::string copy_text_of(Oid builtin, std::string_view digits) {
  return copy_text_of({{TypeKind::builtin, builtin}}, digits);
}

}  // namespace pgark::values
