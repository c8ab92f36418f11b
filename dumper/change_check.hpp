// The second look at the catalogs that catalog/state.hpp describes: by a session of its own, which sees what
// is committed now, when everything has been read. Until then it shares the leader's snapshot and its work.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "protocol/connection.hpp"

namespace pgark::dumper {

inline constexpr std::size_t kChangedNamesMax = 5;

// Objects that are not any more what the leader's snapshot says, at most kChangedNamesMax of them, and then
// how many more. Empty when nothing that matters has changed. Ends the observer's transaction. REQUIRES: the
// leader's transaction is in order.
boost::asio::awaitable<std::vector<std::string>> find_changes(protocol::Connection& leader,
                                                              protocol::Connection& observer);

}  // namespace pgark::dumper
