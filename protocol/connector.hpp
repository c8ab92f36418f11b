// Finds a server: the host list in order, every address of a name, encrypted or not, until one
// accepts and is of the wanted kind.
//
// What sends the connector on, as PostgreSQL's own client does:
//   next address   the address cannot be reached, times out, does not speak the protocol or fails at TLS
//   next host      it is starting up or shutting down (57P03), or not of the kind target_session_attrs wants
//   the end        anything else the server says, above all a refused authentication: the same credentials
//                  are not carried from host to host
// Encryption: `prefer` falls back to clear when the server has no TLS, the handshake fails, or pg_hba.conf
// refuses the encrypted session (28000); never after a wrong password. `allow` begins in clear and tries TLS
// when the server refuses. Unix sockets are never encrypted.
// Source: PostgreSQL documentation, "Database Connection Control Functions", sections Specifying
// Multiple Hosts and SSL Mode Descriptions.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "protocol/startup.hpp"

namespace pgark::protocol {

struct Connected {
  std::unique_ptr<Session> session;
  std::shared_ptr<const TlsContext> tls;  // null in clear
  params::HostAddress host;
  SocketAddress address;
};

// Throws Exception when no server can be used; its text names each one tried with its cause.
asio::awaitable<Connected> find_server(asio::any_io_executor executor, const params::ConnectParams& params,
                                       NoticeHandler on_notice);

}  // namespace pgark::protocol
