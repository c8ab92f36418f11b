// The settings of every restore connection: SCHEMA_COVERAGE A5, including those that pg_restore leaves to
// chance. Sent again after each connect, so that neither the database's nor the role's properties change
// what the archive means.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/events.hpp"
#include "format/toc.hpp"
#include "protocol/connection.hpp"
#include "restore/options.hpp"

namespace pgark::restore {

struct SessionChoice {
  std::string encoding;  // becomes client_encoding; empty: left as it is (connections that restore nothing)
  std::string role;      // SET ROLE; empty: as connected
  bool row_security = false;  // whether policies may hide rows, instead of failing
  // Commits do not wait for the disk: flush_commits() does, once, at the end.
  bool lazy_commits = false;
};
SessionChoice session_choice(const format::Toc& toc, const RestoreOptions& options);

// The statements that prepare a session, on a server of any version.
std::vector<std::string> session_sql(const SessionChoice& choice);
boost::asio::awaitable<void> prepare_session(protocol::Connection& connection, SessionChoice choice);

// Returns when everything that was committed in this server before is as durable as the database's own
// setting (synchronous_commit) makes a commit. REQUIRES: no transaction is open.
boost::asio::awaitable<void> flush_commits(protocol::Connection& connection);

// Connects and prepares. Notices of the server become messages of `events`, which outlives the connection.
boost::asio::awaitable<std::unique_ptr<protocol::Connection>> open_session(
    boost::asio::any_io_executor executor, params::ConnectParams params, SessionChoice choice,
    EventSink& events);

}  // namespace pgark::restore
