// The locks that keep tables as the catalog says while they are dumped (SCHEMA_COVERAGE A2.3 to A2.5).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "dumper/catalog/reader.hpp"
#include "protocol/connection.hpp"

namespace pgark::dumper {

inline constexpr std::size_t kLockStatementBytesMax = std::size_t{100} << 10;

// LOCK TABLE statements of at most kLockStatementBytesMax each (one table at least), covering all tables
// once.
std::vector<std::string> lock_statements(const std::vector<TableToLock>& tables);

// Whether `count` tables can be locked at once: true when the server's lock table has room for them and
// `budget` allows it (0: no budget). False when only the budget is in the way or, with a budget, the room is.
// Throws ErrorCode::snapshot, saying which setting needs which value, when there is no room and no budget.
boost::asio::awaitable<bool> may_lock_all(protocol::Connection& leader, std::int64_t count,
                                          std::int64_t budget);

// The leader's locks: waits for ACCESS SHARE on every table, then makes sure that each name still means the
// table which the snapshot knows, with the same storage. Throws ErrorCode::snapshot, naming the table, when
// one was dropped, renamed, truncated or rewritten in the moment between the snapshot and its lock, or when
// one lock took longer than `wait_timeout` (a value of lock_timeout; empty: waits for ever).
boost::asio::awaitable<void> lock_tables(protocol::Connection& leader, std::vector<TableToLock> tables,
                                         std::string wait_timeout);

// Of the second half of lock_tables for tables that are locked one by one. Throws as lock_tables does.
boost::asio::awaitable<void> check_unchanged(protocol::Connection& connection,
                                             std::vector<TableToLock> tables);

// Without a lock of the leader's: waits for ACCESS SHARE, and checks as lock_tables does.
boost::asio::awaitable<void> lock_table(protocol::Connection& worker, TableToLock table);

// A worker's lock, which the leader holds already. It must not queue behind somebody who waits for the
// leader: that deadlock would be invisible to the server. The statement fails when it is not to be had at
// once; not_lockable() then says so.
std::string lock_at_once_sql(const std::string& qualified_sql);
Error not_lockable(const Error& refusal, const std::string& qualified_sql);

}  // namespace pgark::dumper
