#include "protocol/wire/startup_machine.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <cassert>

#include "protocol/wire/message/backend_key_data.hpp"
#include "protocol/wire/message/encode.hpp"
#include "protocol/wire/message/negotiate_protocol_version.hpp"
#include "protocol/wire/message/ready_for_query.hpp"
#include "protocol/wire/message/server_message.hpp"
#include "protocol/wire/message/startup_message.hpp"
#include "protocol/wire/message/type.hpp"
#include "protocol/wire/reply.hpp"

namespace pgark::wire {
namespace {

constexpr std::string_view kIsItPostgres = "is there a PostgreSQL server at this address and port?";

Error make_error(ErrorCode code, std::string message, std::string_view hint = {}) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  error.hint = std::string(hint);
  return error;
}

Result<void> check_options(const StartupOptions& options) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : options.parameters) {
    if (auto ok = check_sendable(value, fmt::format("connection parameter \"{}\"", name)); !ok) return ok;
    bytes += name.size() + value.size() + 2;
  }
  if (auto ok = check_sendable(options.user, "user name"); !ok) return ok;
  if (auto ok = check_sendable(options.password, "password"); !ok) return ok;
  if (options.user.empty()) return fail(ErrorCode::usage, "no user name given");
  if (bytes + options.user.size() + 32 > kStartupMessageBytesMax) {
    return fail(ErrorCode::usage, "the connection parameters are too long for the server");
  }
  return {};
}

}  // namespace

StartupMachine::StartupMachine(StartupOptions options, SessionState& session)
    : options_(std::move(options)), session_(session) {
  assert(!options_.direct_tls || options_.tls == TlsPolicy::required);
}

StartupMachine::~StartupMachine() {
  OPENSSL_cleanse(options_.password.data(), options_.password.size());
}

Action StartupMachine::broken(Error error) {
  state_ = State::finished;
  return Action::broken(std::move(error));
}

Action StartupMachine::resume(FrameReader& in, std::vector<std::byte>& out) {
  switch (state_) {
    case State::initial: return begin(out);
    case State::ssl_answer: return read_ssl_answer(in, out);
    case State::tls_handshake: return Action::start_tls();
    case State::tls_ready: return send_startup_packet(out);
    default: return read_messages(in, out);
  }
}

Action StartupMachine::begin(std::vector<std::byte>& out) {
  if (auto ok = check_options(options_); !ok) return broken(std::move(ok).error());
  if (options_.direct_tls) {
    state_ = State::tls_handshake;
    return Action::start_tls();
  }
  if (options_.tls == TlsPolicy::disabled) return send_startup_packet(out);
  append_ssl_request(out);
  state_ = State::ssl_answer;
  return Action::need_read();
}

Action StartupMachine::read_ssl_answer(FrameReader& in, std::vector<std::byte>& out) {
  const auto answer = in.take_byte();
  if (!answer) return Action::need_read();
  const char byte = static_cast<char>(*answer);
  // What comes with the answer in clear was not sent by the server, which now waits for us, and would be
  // taken for decrypted bytes after the handshake (CVE-2021-23222).
  if ((byte == 'S' || byte == 'N') && in.buffered() != 0) {
    return broken(make_error(ErrorCode::protocol, "unencrypted bytes follow the answer to the TLS request",
                             "somebody may be tampering with the connection"));
  }
  if (byte == 'S') {
    state_ = State::tls_handshake;
    return Action::start_tls();
  }
  if (byte == 'N') {
    if (options_.tls == TlsPolicy::optional) return send_startup_packet(out);
    return broken(make_error(ErrorCode::connect, "the server does not support TLS, but it was required",
                             "enable ssl on the server or choose another sslmode"));
  }
  if (byte == 'E') {
    // Its text is not shown: nobody has vouched for it (CVE-2024-10977).
    return broken(make_error(ErrorCode::connect, "the server answered the TLS request with an error",
                             "the server's log says why"));
  }
  const auto number = static_cast<unsigned char>(byte);
  return broken(make_error(ErrorCode::protocol,
                           fmt::format("unexpected answer 0x{:02x} to the TLS request", number),
                           kIsItPostgres));
}

void StartupMachine::tls_started(std::vector<std::byte> end_point) {
  assert(state_ == State::tls_handshake);
  tls_active_ = true;
  end_point_ = std::move(end_point);
  state_ = State::tls_ready;
}

Action StartupMachine::send_startup_packet(std::vector<std::byte>& out) {
  std::vector<std::pair<std::string, std::string>> fields{{"user", options_.user}};
  fields.insert(fields.end(), options_.parameters.begin(), options_.parameters.end());
  append_startup_message(options_.protocol_version, fields, out);
  session_.protocol_version = options_.protocol_version;
  state_ = State::authentication;
  return Action::need_read();
}

Action StartupMachine::read_messages(FrameReader& in, std::vector<std::byte>& out) {
  while (state_ != State::finished) {
    const auto message = in.next();
    if (!message) return broken(message.error());
    if (!*message) return Action::need_read();
    const auto result = handle(**message, out);
    if (!result) return broken(result.error());
    if (state_ == State::session) in.set_trusted();
  }
  return Action::done();
}

Result<void> StartupMachine::handle(const MessageView& message, std::vector<std::byte>& out) {
  switch (static_cast<BackendType>(message.type)) {
    case BackendType::error_response: {
      auto decoded = decode_server_message(message.payload);
      if (!decoded) return tl::unexpected(decoded.error());
      return tl::unexpected(server_error(*std::move(decoded)));
    }
    case BackendType::negotiate_protocol_version: return handle_negotiate(message);
    case BackendType::authentication: return handle_authentication(message, out);
    default: return handle_session(message);
  }
}

Result<void> StartupMachine::handle_negotiate(const MessageView& message) {
  if (state_ != State::authentication || std::exchange(negotiated_, true)) {
    return unexpected_message(message.type, "starting the session");
  }
  const auto offer = decode_negotiate_protocol_version(message.payload);
  if (!offer) return tl::unexpected(offer.error());
  const std::uint32_t newest = offer->newest_version;
  const std::uint32_t version = newest >> 16 == 0 ? kProtocol30 | newest : newest;
  // Options are never asked for, and an offer of more than was asked for is no negotiation.
  if (version < kProtocol30 || version > options_.protocol_version || !offer->unknown_options.empty()) {
    return fail(ErrorCode::protocol, fmt::format("the server offers protocol {}.{}, which was not asked for",
                                                 version >> 16, version & 0xffff));
  }
  session_.protocol_version = version;
  return {};
}

Result<void> StartupMachine::handle_session(const MessageView& message) {
  const auto type = static_cast<BackendType>(message.type);
  // Before AuthenticationOk only notices make sense; the rest may come from anybody.
  if (state_ != State::session && type != BackendType::notice_response) {
    return unexpected_message(message.type, "authenticating");
  }
  if (type == BackendType::backend_key_data) {
    const auto key = decode_backend_key_data(message.payload);
    if (!key) return tl::unexpected(key.error());
    session_.backend_pid = key->process_id;
    session_.cancel_key.assign(key->secret_key.begin(), key->secret_key.end());
    return {};
  }
  if (type == BackendType::ready_for_query) {
    const auto status = decode_ready_for_query(message.payload);
    if (!status) return tl::unexpected(status.error());
    session_.transaction_status = *status;
    state_ = State::finished;
    return {};
  }
  const auto absorbed = absorb_asynchronous(message, session_);
  if (!absorbed) return tl::unexpected(absorbed.error());
  if (!*absorbed) return unexpected_message(message.type, "starting the session");
  return {};
}

Error StartupMachine::server_error(ServerMessage message) const {
  const bool is_auth = message.sqlstate.starts_with("28");
  Error error = make_error(is_auth ? ErrorCode::auth : ErrorCode::connect, message.message, message.hint);
  error.server = std::move(message);
  return error;
}

Error StartupMachine::on_eof() const {
  if (state_ == State::ssl_answer) {
    return make_error(ErrorCode::connect,
                      "the server closed the connection instead of answering the TLS request", kIsItPostgres);
  }
  return make_error(ErrorCode::connect, "the server closed the connection while the session was starting",
                    "the server's log says why");
}

}  // namespace pgark::wire
