// The steps around a restore that replaces what a database in use holds. Each opens the connections it needs
// and closes them. `target` leads to the database in use and names it; `role`: SET ROLE, may be empty.
//
// Thread rule: from any executor; each step makes a strand of its own.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/events.hpp"
#include "format/toc.hpp"
#include "protocol/params/connect_params.hpp"
#include "restore/options.hpp"
#include "restore/replace/live_database.hpp"
#include "restore/replace/swap.hpp"

namespace pgark::restore {

struct ReplaceTools {
  boost::asio::any_io_executor executor;
  EventSink& events;
  params::ConnectParams target;
  std::string role;
};

// Runs it on a connection into the database, which is closed afterwards. Throws connect when it is not there.
boost::asio::awaitable<void> run_in_target(
    ReplaceTools tools, std::function<boost::asio::awaitable<void>(protocol::Connection&)> step);
// The role may; also when the database cannot be asked, so that the way of databases says why.
boost::asio::awaitable<bool> may_make_databases(ReplaceTools tools);

// Throws connect when the database is not there.
boost::asio::awaitable<LiveDatabase> look_at_target(ReplaceTools tools);

// Throws mismatch, naming everything that would keep another database from taking this one's place.
boost::asio::awaitable<void> check_swap(ReplaceTools tools);
// The restored database is known to be whole from now on: all of it has been restored and proved.
boost::asio::awaitable<void> mark_whole(ReplaceTools tools, SwapNames names);
// See swap_databases().
boost::asio::awaitable<double> take_place(ReplaceTools tools, SwapNames names);
boost::asio::awaitable<std::vector<AsideDatabase>> list_aside(ReplaceTools tools);
// Drops a database that stands aside, if it is there.
boost::asio::awaitable<void> discard_aside(ReplaceTools tools, std::string name);

// See empty_database().
boost::asio::awaitable<void> empty_target(ReplaceTools tools, std::set<std::string> kept_extensions,
                                          bool rehearse = false);
// Throws mismatch for everything that would keep all of an archive from being restored into the target,
// before anything is dropped for it.
boost::asio::awaitable<void> check_restorable(ReplaceTools tools, const format::Toc& toc,
                                              RestoreOptions options);

}  // namespace pgark::restore
