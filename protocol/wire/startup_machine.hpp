// Opens a session: TLS negotiation, start-up packet, authentication, parameters, ReadyForQuery.
//
//   [SSLRequest -> 'S' -> TLS | 'N']  StartupMessage -> Authentication* -> AuthenticationOk
//   -> {ParameterStatus, BackendKeyData, NoticeResponse}* -> ReadyForQuery
//
// Error codes: auth when the server refuses the credentials (SQLSTATE class 28) or our own policy
// refuses the server's method; connect for everything else the server says (no such database, too many
// connections, starting up, ...), with its message in Error::server; protocol for broken peers.
// All failures are Action::broken: a session that did not start is never usable.
// PostgreSQL documentation, "Message Flow", section "Start-up".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "protocol/wire/frame_reader.hpp"
#include "protocol/wire/machine.hpp"
#include "protocol/wire/scram.hpp"
#include "protocol/wire/session_state.hpp"

namespace pgark::wire {

// disabled: never ask (sslmode disable; the first attempt of allow). optional: go on in clear when the server
// says no (prefer). required: refuse then (require, verify-*; the second attempt of allow).
enum class TlsPolicy : std::uint8_t { disabled, optional, required };

// Same values in the same order as params::AuthMethod, so that AuthPolicy::allowed is passed on as it is.
enum class AuthMethod : std::uint8_t { none, password, md5, gss, sspi, scram_sha_256 };

enum class ChannelBindingPolicy : std::uint8_t { disable, prefer, require };

struct StartupOptions {
  std::string user;
  std::string password;  // empty = none known
  // Further fields of the start-up packet: database, application_name, client_encoding, options, replication.
  // Pairs with an empty value are left out.
  std::vector<std::pair<std::string, std::string>> parameters;

  TlsPolicy tls = TlsPolicy::disabled;
  bool direct_tls = false;  // sslnegotiation=direct: handshake at once. REQUIRES: tls == required

  std::uint32_t protocol_version = kProtocol30;  // requested; the server may answer with a lower minor

  std::uint32_t auth_methods = ~0u;  // require_auth: bit (1 << AuthMethod)
  ChannelBindingPolicy channel_binding = ChannelBindingPolicy::prefer;
  std::string scram_nonce;  // empty = random; tests give their own
};

class StartupMachine {
 public:
  StartupMachine(StartupOptions options, SessionState& session);
  ~StartupMachine();  // wipes the password
  StartupMachine(const StartupMachine&) = delete;
  StartupMachine& operator=(const StartupMachine&) = delete;

  // need_read, start_tls, done or broken.
  Action resume(FrameReader& in, std::vector<std::byte>& out);

  // The handshake of Action::start_tls succeeded. `end_point` is the tls-server-end-point channel
  // binding data (RFC 5929 section 4: hash of the server's certificate), empty when it cannot be computed.
  // From now on the reader must be fed decrypted bytes.
  void tls_started(std::vector<std::byte> end_point);

  Error on_eof() const;
  // The server asked for a password. For messages and for password prompts.
  bool password_requested() const { return password_requested_; }

 private:
  enum class State : std::uint8_t {
    initial,         // nothing sent
    ssl_answer,      // SSLRequest sent, one byte expected
    tls_handshake,   // waiting for tls_started()
    tls_ready,       // TLS is up, start-up packet not sent
    authentication,  // start-up packet sent, any method may be asked
    password_sent,   // cleartext or md5 answered: only Ok may follow
    sasl_first,      // client-first sent: AuthenticationSASLContinue expected
    sasl_final,      // client-final sent: AuthenticationSASLFinal expected
    sasl_verified,   // the server proved itself: only Ok may follow
    session,         // authenticated, until ReadyForQuery
    finished,
  };

  Action begin(std::vector<std::byte>& out);
  Action read_ssl_answer(FrameReader& in, std::vector<std::byte>& out);
  Action send_startup_packet(std::vector<std::byte>& out);
  Action read_messages(FrameReader& in, std::vector<std::byte>& out);
  Result<void> handle(const MessageView& message, std::vector<std::byte>& out);
  Result<void> handle_negotiate(const MessageView& message);
  Result<void> handle_session(const MessageView& message);
  Result<void> handle_authentication(const MessageView& message, std::vector<std::byte>& out);
  Result<void> accept_ok();
  Result<void> check_method(AuthMethod method) const;
  Result<void> need_password();
  Result<void> send_cleartext(std::vector<std::byte>& out);
  Result<void> send_md5(ByteSpan salt, std::vector<std::byte>& out);
  Result<ScramBinding> choose_binding(const std::vector<std::string_view>& mechanisms) const;
  Result<void> start_sasl(const std::vector<std::string_view>& mechanisms, std::vector<std::byte>& out);
  Result<void> continue_sasl(std::string_view server_first, std::vector<std::byte>& out);
  Error server_error(ServerMessage message) const;
  Action broken(Error error);

  StartupOptions options_;
  SessionState& session_;
  State state_ = State::initial;
  bool tls_active_ = false;
  bool password_requested_ = false;
  bool negotiated_ = false;
  std::vector<std::byte> end_point_;
  std::optional<ScramClient> scram_;
};

}  // namespace pgark::wire
