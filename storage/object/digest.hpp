// Digests as object stores want them, by OpenSSL. Pure; they throw std::bad_alloc when OpenSSL has no memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace pgark::storage::object {

std::string hex(std::string_view bytes);
std::string base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);  // nothing when it is none

std::string random_word();  // 32 digits, hexadecimal

std::string sha256(ByteSpan data);  // 32 raw bytes
std::string sha256_hex(std::string_view data);
std::string md5(ByteSpan data);  // 16 raw bytes: a check on the way, no secret hangs on it
std::string hmac_sha256(std::string_view key, std::string_view data);

}  // namespace pgark::storage::object
