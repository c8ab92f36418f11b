#include "storage/object/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <new>
#include <random>

namespace pgark::storage::object {
namespace {

std::string digest(const EVP_MD* kind, ByteSpan data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned bytes = 0;
  if (EVP_Digest(data.data(), data.size(), out.data(), &bytes, kind, nullptr) != 1) throw std::bad_alloc();
  return {reinterpret_cast<const char*>(out.data()), bytes};
}

}  // namespace

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char character : bytes) {
    const auto c = static_cast<unsigned char>(character);
    text += kDigits[c >> 4];
    text += kDigits[c & 15];
  }
  return text;
}

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a zero
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes(text.size() / 4 * 3 + 1, '\0');
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

std::string random_word() {
  std::random_device device;
  std::string bytes;
  for (int i = 0; i < 4; ++i) {
    const unsigned word = device();
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  return hex(bytes);
}

std::string sha256(ByteSpan data) {
  return digest(EVP_sha256(), data);
}

std::string sha256_hex(std::string_view data) {
  return hex(sha256(as_bytes(data)));
}

std::string md5(ByteSpan data) {
  return digest(EVP_md5(), data);
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned bytes = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(data.data()), data.size(), out.data(), &bytes) == nullptr)
    throw std::bad_alloc();
  return {reinterpret_cast<const char*>(out.data()), bytes};
}

}  // namespace pgark::storage::object
