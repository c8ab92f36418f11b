// SCRAM-SHA-256 and SCRAM-SHA-256-PLUS, client side. RFC 5802, RFC 7677, RFC 5929 section 4.
//
//   client-first   gs2-header n=,r=<client nonce>
//   server-first   r=<client nonce + server nonce>,s=<salt>,i=<iterations>
//   client-final   c=<base64 of gs2-header and binding data>,r=<nonce>,p=<proof>
//   server-final   v=<server signature>   or e=<error>
//
// The user name is empty: PostgreSQL takes it from the start-up packet. The server is believed only after
// its signature was verified. It chooses how much work the client does, so its iteration count is capped.
// Not thread safe. Secrets are wiped on destruction.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace pgark::wire {

inline constexpr std::string_view kScramSha256 = "SCRAM-SHA-256";
inline constexpr std::string_view kScramSha256Plus = "SCRAM-SHA-256-PLUS";

// Which binding the gs2 header announces.
enum class ScramBinding : std::uint8_t {
  none,         // 'n': the client cannot or will not bind
  not_offered,  // 'y': the client could, the server did not offer -PLUS (detects a downgrade)
  end_point,    // 'p=tls-server-end-point': -PLUS
};

struct ScramOptions {
  std::string password;
  ScramBinding binding = ScramBinding::none;
  std::vector<std::byte> end_point;  // with ScramBinding::end_point
  std::string user;                  // empty for PostgreSQL
  std::string client_nonce;          // printable ASCII without comma; empty = random, tests give their own
};

class ScramClient {
 public:
  // RFC 7677 section 4 asks for at least 4096; smaller counts are accepted because PostgreSQL 16 and later
  // let the administrator choose (scram_iterations), but zero is not.
  static constexpr std::uint32_t kIterationsMin = 1;
  static constexpr std::uint32_t kIterationsMax = 1'000'000;
  static constexpr std::size_t kSaltBytesMax = 1024;
  static constexpr std::size_t kNonceBytesMax = 1024;

  explicit ScramClient(ScramOptions options);
  ~ScramClient();
  ScramClient(ScramClient&&) noexcept;
  ScramClient& operator=(ScramClient&&) noexcept;

  // Call in this order, each once. Errors are ErrorCode::auth (wrong signature, refused) or
  // ErrorCode::protocol (malformed, out of limits).
  Result<std::string> client_first();
  Result<std::string> client_final(std::string_view server_first);
  Result<void> verify(std::string_view server_final);

  bool is_verified() const { return state_ == State::verified; }

 private:
  enum class State : std::uint8_t { initial, first_sent, final_sent, verified, failed };

  std::string gs2_header() const;
  void wipe();

  State state_ = State::initial;
  ScramOptions options_;  // the password in its normal form
  std::string client_first_bare_;
  std::array<std::byte, 32> server_signature_{};
};

}  // namespace pgark::wire
