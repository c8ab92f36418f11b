#include "protocol/wire/message/authentication.hpp"

#include <algorithm>

#include "protocol/wire/message/decode.hpp"

namespace pgark::wire {
namespace {

// Zero-terminated names, ended by an empty one. No server offers more than a handful.
constexpr std::size_t kMechanismsMax = 32;

void read_mechanisms(ByteReader& reader, std::vector<std::string_view>& mechanisms) {
  for (;;) {
    const std::string_view name = reader.cstring();
    if (!reader.ok() || name.empty()) return;
    if (mechanisms.size() == kMechanismsMax) {
      reader.set_failed();
      return;
    }
    mechanisms.push_back(name);
  }
}

}  // namespace

Result<Authentication> decode_authentication(ByteSpan payload) {
  ByteReader reader(payload);
  Authentication result;
  result.kind = static_cast<AuthenticationKind>(reader.u32_be());
  switch (result.kind) {
    case AuthenticationKind::md5_password: {
      const ByteSpan salt = reader.bytes(result.salt.size());
      std::copy(salt.begin(), salt.end(), result.salt.begin());
      break;
    }
    case AuthenticationKind::sasl: read_mechanisms(reader, result.mechanisms); break;
    case AuthenticationKind::ok:
    case AuthenticationKind::cleartext_password: break;
    default:
      // The other kinds, known or not, are refused by name; their data are not looked at.
      result.data = as_text(reader.rest());
  }
  if (!reader.done()) return malformed("Authentication");
  return result;
}

std::string_view authentication_name(AuthenticationKind kind) {
  switch (kind) {
    case AuthenticationKind::ok: return "none";
    case AuthenticationKind::kerberos_v5: return "Kerberos V5";
    case AuthenticationKind::cleartext_password: return "cleartext password";
    case AuthenticationKind::crypt_password: return "crypt";
    case AuthenticationKind::md5_password: return "md5";
    case AuthenticationKind::scm_credential: return "SCM credentials";
    case AuthenticationKind::gss:
    case AuthenticationKind::gss_continue: return "GSSAPI";
    case AuthenticationKind::sspi: return "SSPI";
    case AuthenticationKind::sasl:
    case AuthenticationKind::sasl_continue:
    case AuthenticationKind::sasl_final: return "SASL";
  }
  return "unknown";
}

}  // namespace pgark::wire
