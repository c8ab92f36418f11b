#include "protocol/wire/md5_password.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <optional>

namespace pgark::wire {
namespace {

std::optional<std::string> md5_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr) != 1 || size != 16) {
    return std::nullopt;
  }
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

}  // namespace

Result<std::string> md5_password(std::string_view user, std::string_view password, ByteSpan salt) {
  std::string secret(password);
  secret += user;
  const auto inner = md5_hex(secret);
  OPENSSL_cleanse(secret.data(), secret.size());
  const auto outer = inner ? md5_hex(*inner + std::string(as_text(salt))) : std::nullopt;
  if (!outer) {
    return fail(ErrorCode::auth, "the server asks for md5 authentication, which OpenSSL does not offer here",
                {}, "let the server store the password as scram-sha-256");
  }
  return "md5" + *outer;
}

}  // namespace pgark::wire
