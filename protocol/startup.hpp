// One attempt to open a session: one address, one way of encryption, one time limit.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>

#include "protocol/connection.hpp"
#include "protocol/session.hpp"
#include "protocol/tls.hpp"
#include "protocol/wire/startup_machine.hpp"

namespace pgark::protocol {

// Reads the certificate files at the first use only: they must not matter to a connection in clear.
class TlsContextSource {
 public:
  explicit TlsContextSource(params::SslParams ssl) : ssl_(std::move(ssl)) {}
  Result<std::shared_ptr<const TlsContext>> get();

 private:
  const params::SslParams ssl_;
  std::shared_ptr<const TlsContext> context_;
};

// What to open. The references outlive the attempt.
struct Destination {
  const params::ConnectParams& params;
  const params::HostAddress& host;
  const SocketAddress& address;
};

struct Attempt {
  enum class Stage : std::uint8_t { dial, tls, startup, ready };

  std::unique_ptr<Session> session;       // when the session is ready
  std::shared_ptr<const TlsContext> tls;  // of a session under TLS
  std::optional<Error> error;             // otherwise
  Stage stage = Stage::dial;              // reached
  bool timed_out = false;
};

// Dials, negotiates TLS, authenticates; connect_timeout bounds it all. Throws only when cancelled.
asio::awaitable<Attempt> open_session(asio::any_io_executor executor, const Destination& destination,
                                      wire::TlsPolicy policy, TlsContextSource& tls, NoticeHandler on_notice);

}  // namespace pgark::protocol
