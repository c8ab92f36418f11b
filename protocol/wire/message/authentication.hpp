// Authentication* (R): what the server wants, or AuthenticationOk.
//
//   | kind u32 | data: depends on the kind |
//
// PostgreSQL documentation, "Message Formats".
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace pgark::wire {

enum class AuthenticationKind : std::uint32_t {
  ok = 0,
  kerberos_v5 = 2,
  cleartext_password = 3,
  crypt_password = 4,  // before PostgreSQL 8.4
  md5_password = 5,
  scm_credential = 6,  // before PostgreSQL 9.1
  gss = 7,
  gss_continue = 8,
  sspi = 9,
  sasl = 10,
  sasl_continue = 11,
  sasl_final = 12,
};

struct Authentication {
  AuthenticationKind kind = AuthenticationKind::ok;  // may hold a number that no enumerator names
  std::array<std::byte, 4> salt{};                   // md5_password
  std::vector<std::string_view> mechanisms;          // sasl, in the server's order of preference
  std::string_view data;                             // sasl_continue, sasl_final, gss_continue
};

Result<Authentication> decode_authentication(ByteSpan payload);

// "Kerberos V5", "GSSAPI", ...; for messages.
std::string_view authentication_name(AuthenticationKind kind);

}  // namespace pgark::wire
