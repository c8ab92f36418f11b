// Answers to Authentication requests; all have the type 'p'.
//
//   PasswordMessage      | password, or md5 digest, zero-terminated |
//   SASLInitialResponse  | mechanism, zero-terminated | length i32 | data |
//   SASLResponse         | data |
#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace pgark::wire {

void append_password_message(std::string_view password, std::vector<std::byte>& out);
void append_sasl_initial_response(std::string_view mechanism, std::string_view data,
                                  std::vector<std::byte>& out);
void append_sasl_response(std::string_view data, std::vector<std::byte>& out);

}  // namespace pgark::wire
