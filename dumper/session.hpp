// What every connection of a dump has in common: pinned settings, and one snapshot (SCHEMA_COVERAGE A1, A2).
//
// The leader begins the transaction whose snapshot the whole dump sees, and exports it; every other
// connection imports it. The leader's transaction stays open until the last of them has finished reading. All
// coroutines run on the connection's executor and throw Exception.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "base/error.hpp"
#include "base/server_version.hpp"
#include "dumper/options.hpp"
#include "protocol/connection.hpp"

namespace pgark::dumper {

// Fails with ErrorCode::usage for a server older than kOldestMajor.
Result<> check_server_version(int server_version_num);

// One message of the simple protocol that pins every setting of A1. Without a transaction around it.
std::string session_settings_sql(int server_version_num, const SessionOptions& options = {});

// The statement that keeps the session from reading views and, when `foreign_tables`, foreign tables.
std::string restrict_relations_sql(bool foreign_tables);

// Checks the version and pins the settings. The options outlive the call.
boost::asio::awaitable<void> pin_session(protocol::Connection& connection, const SessionOptions& options);

struct Snapshot {
  std::string id;        // for import_snapshot; empty unless exported or given
  std::string lsn;       // write-ahead log position when it was taken (replay position on a standby)
  std::string encoding;  // of the session, by the server's own name for it
  int server_version_num = 0;
  bool in_recovery = false;  // the server is a standby
};

// Begins the leader's transaction: REPEATABLE READ, READ ONLY, or SERIALIZABLE, READ ONLY, DEFERRABLE; on a
// snapshot of its own, or the one that the options name. Throws ErrorCode::snapshot when that one is gone,
// usage when a standby is asked for a serializable one. The options outlive the call.
boost::asio::awaitable<Snapshot> begin_snapshot(protocol::Connection& leader, bool export_it,
                                                const SessionOptions& options);

// Begins a worker's transaction on the leader's snapshot. REQUIRES: pin_session, and no query since.
// Throws ErrorCode::snapshot when this connection reached another server or database, or the leader is gone.
boost::asio::awaitable<void> import_snapshot(protocol::Connection& worker, const Snapshot& snapshot);

// Adds the advice that belongs to a statement cancelled by a standby's replay (A2.6); other errors are
// unchanged.
Error explain_standby_conflict(Error error, bool in_recovery);

}  // namespace pgark::dumper
