// The settings of every restore connection: SCHEMA_COVERAGE A5, including those that pg_restore leaves to
// chance. Sent again after each connect, so that neither the database's nor the role's properties change
// what the archive means.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/events.hpp"
#include "protocol/connection.hpp"

namespace pgark::restore {

// The statements that prepare a session, on a server of any version. `archive_encoding` becomes
// client_encoding; empty: left as it is (connections that restore nothing).
std::vector<std::string> session_sql(const std::string& archive_encoding);
boost::asio::awaitable<void> prepare_session(protocol::Connection& connection, std::string archive_encoding);

// Connects and prepares. Notices of the server become messages of `events`, which outlives the connection.
boost::asio::awaitable<std::unique_ptr<protocol::Connection>> open_session(
    boost::asio::any_io_executor executor, params::ConnectParams params, std::string archive_encoding,
    EventSink& events);

}  // namespace pgark::restore
