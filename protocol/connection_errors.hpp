// The errors of connecting and of losing a connection: what happened, and what to do about it.
// Pure functions.
#pragma once

#include <boost/system/error_code.hpp>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "protocol/params/connect_params.hpp"
#include "protocol/transport.hpp"

namespace pgark::protocol {

// "db1:5432", or "db1:5432 (10.0.0.7:5432)" when a name was looked up.
std::string describe_target(const params::HostAddress& host, const SocketAddress& address);

// The socket could not be connected.
Error dial_error(const boost::system::error_code& error, const SocketAddress& address);

Error connect_timeout_error(int timeout_s);

// Completes an error of the start-up phase: its code is connect, auth, usage or protocol afterwards.
Error startup_error(Error error);

// Completes an error of an established connection. A server that shuts down, crashes or ends the session has
// ended the connection, whatever the statement was: connection_lost.
Error session_error(Error error, std::string_view peer);

}  // namespace pgark::protocol
