// What a CancelRequest needs to reach the server again, the way the connection reached it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "protocol/connection.hpp"
#include "protocol/tls.hpp"
#include "protocol/transport.hpp"

namespace pgark::protocol {

struct CancelHandle::Target {
  SocketAddress address;
  SocketOptions socket;
  std::shared_ptr<const TlsContext> tls;  // null: the connection was in clear
  bool direct_tls = false;
  std::string host;  // name to check the certificate against
  std::uint32_t backend_pid = 0;
  std::vector<std::byte> key;
};

}  // namespace pgark::protocol
