// The answer to AuthenticationMD5Password: "md5" md5hex(md5hex(password user) salt).
// PostgreSQL documentation, "Message Flow", section "Start-up".
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace pgark::wire {

// Fails when OpenSSL offers no MD5 (FIPS mode).
Result<std::string> md5_password(std::string_view user, std::string_view password, ByteSpan salt);

}  // namespace pgark::wire
