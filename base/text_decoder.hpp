// Turns text of a server encoding into UTF-8, so that names of an archive can be compared with what was
// typed. Uses the C library's iconv. PostgreSQL documentation, "Supported Character Sets". Not thread safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace pgark {

class TextDecoder {
 public:
  // nullptr when there is nothing to turn: UTF8, and SQL_ASCII, whose bytes have no meaning. Errors: usage,
  // for an encoding that the C library does not have.
  static Result<std::shared_ptr<const TextDecoder>> open(std::string_view server_encoding);
  explicit TextDecoder(void* handle) : handle_(handle) {}
  TextDecoder(const TextDecoder&) = delete;
  TextDecoder& operator=(const TextDecoder&) = delete;
  ~TextDecoder();

  // As it came when it is not text of the encoding.
  std::string to_utf8(std::string_view text) const;

 private:
  void* handle_;  // iconv_t
};

}  // namespace pgark
