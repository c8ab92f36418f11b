// Switches the statement timeout of a session off, which a database or role may have set as low as a
// millisecond: then no statement is sure to finish, this one included, so it is tried until it does.
// PostgreSQL documentation, "Statement Behavior". Thread rule: the connection's executor.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "protocol/connection.hpp"

namespace pgark::protocol {

// REQUIRES: no open transaction. Throws what another failure than the timeout throws, and the timeout's own
// error after kAttemptsMax attempts.
boost::asio::awaitable<void> lift_statement_timeout(Connection& connection);

}  // namespace pgark::protocol
