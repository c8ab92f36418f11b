// Fills a Catalog from a live server: a fixed number of statements whatever the number of objects, sent
// in a few pipelined round trips.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <vector>

#include "dumper/catalog/model.hpp"
#include "dumper/options.hpp"
#include "protocol/connection.hpp"

namespace pgark::dumper {

struct TableToLock {
  Oid oid = 0;
  std::string name_sql;  // qualified and quoted by the server
};

// Called once, between the query over pg_class and the first call of a function that reads the server's
// caches (pg_get_*): it takes the ACCESS SHARE locks. Runs on the same connection. `selected`: schemas,
// relations and sequences, with what is wanted of each; valid until the call has ended.
using LockTables =
    std::function<boost::asio::awaitable<void>(const Catalog& selected, std::vector<TableToLock> tables)>;

// Set by the first statement of read_catalog: brings a transaction back in which a later one failed, and
// gives the locks back that were taken since.
inline constexpr const char* kRollbackReading = "ROLLBACK TO SAVEPOINT pgark_reading";

struct ReadingSessions {
  protocol::Connection& leader;
  protocol::Connection* helper =
      nullptr;  // inside a transaction of the same snapshot, without locks; may be null
};

// REQUIRES: the leader is inside the dump's snapshot transaction, with the session settings of A1; its
// version is one that session.hpp accepts.
// Components of every object are decided by options.selection. Throws Exception: usage for a pattern that
// matches nothing, snapshot for an object that vanished while its definition was read, server otherwise.
boost::asio::awaitable<Catalog> read_catalog(ReadingSessions sessions, const DumpOptions& options,
                                             LockTables lock_tables);

}  // namespace pgark::dumper
