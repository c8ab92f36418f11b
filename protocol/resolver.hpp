// From an entry of the host list to the socket addresses to dial, in order.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "base/error.hpp"
#include "protocol/params/connect_params.hpp"
#include "protocol/transport.hpp"

namespace pgark::protocol {

// Looks the name up in a thread of the system's resolver, which cannot be interrupted: neither a timeout nor
// cancellation shortens it. Address literals and Unix sockets need no look-up. Never empty on success.
boost::asio::awaitable<Result<std::vector<SocketAddress>>> resolve(const params::HostAddress& host);

}  // namespace pgark::protocol
