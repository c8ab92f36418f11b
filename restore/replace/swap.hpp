// Two databases change names in one transaction: what was restored beside the one in use takes its place.
//
// PostgreSQL renames a database in which nobody is. The first rename locks it, which keeps newcomers waiting
// at the door, while a second connection ends the sessions inside; when the transaction ends the newcomers
// are told that the database is gone and find the other one under its name when they try again. Whatever
// happens to us, the server has either done both renames or none.
//
// Source: PostgreSQL documentation, ALTER DATABASE. Thread rule: the executor given.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/events.hpp"
#include "protocol/connection.hpp"
#include "protocol/params/connect_params.hpp"
#include "restore/preflight.hpp"
#include "restore/replace/aside_names.hpp"
#include "restore/session.hpp"

namespace pgark::restore {

struct SwapNames {
  std::string live;   // in use
  std::string fresh;  // gets the name `live`
  std::string aside;  // what was in use gets this name
};

// What would keep the databases from changing names, all of it. Of a database that is not there: that.
// `connection`: to another database of the server.
boost::asio::awaitable<std::vector<Obstacle>> swap_obstacles(protocol::Connection& connection,
                                                             std::string live);
// What does not move with the name: logical replication slots.
boost::asio::awaitable<void> warn_of_slots(protocol::Connection& connection, std::string live,
                                           EventSink& events);

// Ends all sessions in both databases and swaps their names; the mark of a whole one goes. Returns for how
// many seconds nobody could connect. Throws what the server refused; nothing has changed then. `maintenance`:
// leads to a third database.
boost::asio::awaitable<double> swap_databases(boost::asio::any_io_executor executor,
                                              params::ConnectParams maintenance, SessionChoice session,
                                              SwapNames names, EventSink& events);

struct AsideDatabase {
  std::string name;
  AsideName parsed;
  std::uint64_t bytes = 0;  // 0 also when this role may not know
  // May take the place: it was in use, or its restore and the proof of it are known to have ended well.
  bool whole = false;
};
// Those that stand beside `live`, newest first.
boost::asio::awaitable<std::vector<AsideDatabase>> find_aside(protocol::Connection& connection,
                                                              std::string live);
// Ends the sessions in it and drops it, if it is there.
boost::asio::awaitable<void> drop_database_named(protocol::Connection& connection, std::string name);

}  // namespace pgark::restore
