// The second look at the catalogs that catalog/state.hpp describes: by a session of its own, which sees what
// is committed now, when everything has been read.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "dumper/data/copy_tables.hpp"
#include "protocol/connection.hpp"
#include "protocol/params/connect_params.hpp"

namespace pgark::dumper {

// Objects that are not any more what the leader's snapshot says, at most kChangedNamesMax of them, and then
// how many more. Empty when nothing that matters has changed. REQUIRES: the leader's transaction is in order.
boost::asio::awaitable<std::vector<std::string>> find_changes(protocol::Connection& leader,
                                                              params::ConnectParams source,
                                                              protocol::NoticeHandler on_notice,
                                                              RunningConnections& running);

inline constexpr std::size_t kChangedNamesMax = 5;

}  // namespace pgark::dumper
