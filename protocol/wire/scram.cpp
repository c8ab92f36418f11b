#include "protocol/wire/scram.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "protocol/wire/base64.hpp"
#include "protocol/wire/saslprep.hpp"

namespace pgark::wire {
namespace {

constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kNonceRandomBytes = 18;
using Digest = std::array<std::byte, kDigestBytes>;

unsigned char* uchars(std::byte* bytes) {
  return reinterpret_cast<unsigned char*>(bytes);
}
const unsigned char* uchars(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}

bool hmac(const Digest& key, ByteSpan text, Digest& out) {
  unsigned int size = 0;
  return HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), uchars(text.data()), text.size(),
              uchars(out.data()), &size) != nullptr;
}

bool sha256(const Digest& text, Digest& out) {
  return EVP_Digest(text.data(), text.size(), uchars(out.data()), nullptr, EVP_sha256(), nullptr) == 1;
}

// ClientProof and ServerSignature of RFC 5802 section 3.
struct Keys {
  Digest proof{};
  Digest server_signature{};
};

std::optional<Keys> derive(std::string_view password, ByteSpan salt, std::uint32_t iterations,
                           std::string_view auth_message) {
  Digest salted{}, client_key{}, stored_key{}, client_signature{}, server_key{};
  Keys keys;
  const bool ok = PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), uchars(salt.data()),
                                    static_cast<int>(salt.size()), static_cast<int>(iterations), EVP_sha256(),
                                    static_cast<int>(salted.size()), uchars(salted.data())) == 1 &&
                  hmac(salted, as_bytes("Client Key"), client_key) && sha256(client_key, stored_key) &&
                  hmac(stored_key, as_bytes(auth_message), client_signature) &&
                  hmac(salted, as_bytes("Server Key"), server_key) &&
                  hmac(server_key, as_bytes(auth_message), keys.server_signature);
  for (std::size_t i = 0; i < kDigestBytes; ++i) keys.proof[i] = client_key[i] ^ client_signature[i];
  for (Digest* secret : {&salted, &client_key, &server_key}) OPENSSL_cleanse(secret->data(), secret->size());
  if (!ok) return std::nullopt;
  return keys;
}

bool is_nonce(std::string_view text) {
  return !text.empty() && text.size() <= ScramClient::kNonceBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != ','; });
}

tl::unexpected<Error> malformed_scram(std::string_view what) {
  return fail(ErrorCode::protocol, fmt::format("malformed SCRAM message from the server: {}", what));
}

// Takes "<name>=<value>" and the comma after it off `text`.
std::optional<std::string_view> take_attribute(std::string_view& text, char name) {
  if (text.size() < 2 || text[0] != name || text[1] != '=') return std::nullopt;
  const std::size_t end = std::min(text.find(','), text.size());
  const std::string_view value = text.substr(2, end - 2);
  text.remove_prefix(std::min(end + 1, text.size()));
  return value;
}

struct ServerFirst {
  std::string_view nonce;
  std::vector<std::byte> salt;
  std::uint32_t iterations = 0;
};

// Optional extensions after the iteration count are ignored, as RFC 5802 section 5.1 asks; a mandatory
// one ("m=") in front is refused because it is not "r=".
Result<ServerFirst> parse_server_first(std::string_view text) {
  ServerFirst result;
  const auto nonce = take_attribute(text, 'r');
  if (!nonce || !is_nonce(*nonce)) return malformed_scram("nonce");
  result.nonce = *nonce;
  const auto salt_text = take_attribute(text, 's');
  auto salt = salt_text ? base64_decode(*salt_text) : std::nullopt;
  if (!salt || salt->empty() || salt->size() > ScramClient::kSaltBytesMax) return malformed_scram("salt");
  result.salt = *std::move(salt);
  const auto digits = take_attribute(text, 'i');
  if (!digits) return malformed_scram("iteration count");
  const auto [end, failure] =
      std::from_chars(digits->data(), digits->data() + digits->size(), result.iterations);
  if (failure == std::errc::invalid_argument || end != digits->data() + digits->size()) {
    return malformed_scram("iteration count");
  }
  if (failure != std::errc{} || result.iterations < ScramClient::kIterationsMin ||
      result.iterations > ScramClient::kIterationsMax) {
    return fail(ErrorCode::protocol,
                fmt::format("the server asks for a SCRAM iteration count outside {} to {}",
                            ScramClient::kIterationsMin, ScramClient::kIterationsMax),
                {}, "set the password again with a smaller scram_iterations");
  }
  return result;
}

// "saslname" of RFC 5802 section 7.
std::string escape_user(std::string_view user) {
  std::string result;
  for (const char c : user) {
    if (c == '=') {
      result += "=3D";
    } else if (c == ',') {
      result += "=2C";
    } else {
      result += c;
    }
  }
  return result;
}

// What the server calls its error, made safe to print.
std::string printable(std::string_view text) {
  std::string result(text.substr(0, 100));
  std::replace_if(
      result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return result;
}

}  // namespace

ScramClient::ScramClient(ScramOptions options) : options_(std::move(options)) {
  std::string prepared = saslprep(options_.password);
  OPENSSL_cleanse(options_.password.data(), options_.password.size());
  options_.password.swap(prepared);
}

ScramClient::~ScramClient() {
  wipe();
}

ScramClient::ScramClient(ScramClient&& other) noexcept {
  *this = std::move(other);
}

ScramClient& ScramClient::operator=(ScramClient&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  state_ = std::exchange(other.state_, State::failed);
  options_ = std::move(other.options_);
  client_first_bare_ = std::move(other.client_first_bare_);
  server_signature_ = other.server_signature_;
  other.wipe();  // a short password lies inside the moved-from string
  return *this;
}

void ScramClient::wipe() {
  OPENSSL_cleanse(options_.password.data(), options_.password.size());
  OPENSSL_cleanse(server_signature_.data(), server_signature_.size());
}

std::string ScramClient::gs2_header() const {
  switch (options_.binding) {
    case ScramBinding::none: return "n,,";
    case ScramBinding::not_offered: return "y,,";
    case ScramBinding::end_point: return "p=tls-server-end-point,,";
  }
  return "n,,";
}

Result<std::string> ScramClient::client_first() {
  if (std::exchange(state_, State::failed) != State::initial) {
    return fail(ErrorCode::internal, "SCRAM steps out of order");
  }
  if (options_.client_nonce.empty()) {
    std::array<std::byte, kNonceRandomBytes> random{};
    if (RAND_bytes(uchars(random.data()), static_cast<int>(random.size())) != 1) {
      return fail(ErrorCode::internal, "OpenSSL gives no random numbers");
    }
    options_.client_nonce = base64_encode(random);
  }
  client_first_bare_ = fmt::format("n={},r={}", escape_user(options_.user), options_.client_nonce);
  state_ = State::first_sent;
  return gs2_header() + client_first_bare_;
}

Result<std::string> ScramClient::client_final(std::string_view server_first) {
  if (std::exchange(state_, State::failed) != State::first_sent) {
    return fail(ErrorCode::internal, "SCRAM steps out of order");
  }
  const auto first = parse_server_first(server_first);
  if (!first) return tl::unexpected(first.error());
  // The server must add something of its own, else an old exchange could be replayed.
  if (!first->nonce.starts_with(options_.client_nonce) ||
      first->nonce.size() == options_.client_nonce.size()) {
    return fail(ErrorCode::auth, "the server's SCRAM nonce does not extend ours");
  }
  const std::string header = gs2_header();
  std::vector<std::byte> binding_input(as_bytes(header).begin(), as_bytes(header).end());
  if (options_.binding == ScramBinding::end_point) {
    binding_input.insert(binding_input.end(), options_.end_point.begin(), options_.end_point.end());
  }
  const std::string final_bare = fmt::format("c={},r={}", base64_encode(binding_input), first->nonce);
  const std::string auth_message = fmt::format("{},{},{}", client_first_bare_, server_first, final_bare);
  const auto keys = derive(options_.password, first->salt, first->iterations, auth_message);
  if (!keys) return fail(ErrorCode::internal, "OpenSSL cannot compute SCRAM-SHA-256");
  server_signature_ = keys->server_signature;
  state_ = State::final_sent;
  return fmt::format("{},p={}", final_bare, base64_encode(keys->proof));
}

Result<void> ScramClient::verify(std::string_view server_final) {
  if (std::exchange(state_, State::failed) != State::final_sent) {
    return fail(ErrorCode::internal, "SCRAM steps out of order");
  }
  if (const auto refusal = take_attribute(server_final, 'e')) {
    return fail(ErrorCode::auth, fmt::format("the server refused SCRAM: {}", printable(*refusal)));
  }
  const auto text = take_attribute(server_final, 'v');
  const auto signature = text ? base64_decode(*text) : std::nullopt;
  if (!signature) return malformed_scram("server signature");
  if (signature->size() != kDigestBytes ||
      CRYPTO_memcmp(signature->data(), server_signature_.data(), kDigestBytes) != 0) {
    return fail(ErrorCode::auth, "the server's SCRAM signature is wrong: it does not know the password", {},
                "somebody may be impersonating the server");
  }
  state_ = State::verified;
  return {};
}

}  // namespace pgark::wire
