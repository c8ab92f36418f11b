// Takes everything out of a database that a user put there, so that a backup of all of it can be restored
// where it was. Only for a database of which such a backup exists and has been verified.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <set>
#include <string>

#include "protocol/connection.hpp"

namespace pgark::restore {

// Drops objects with all that depends on them, default privileges and large objects, and gives schema public
// its initial privileges, in one transaction: when something cannot be dropped, nothing is, and the error
// says so. Extensions stay when `kept_extensions` names them and they keep no rows for a dump. `rehearse`:
// all of it is taken back. Throws what the server refused, mismatch where a prepared transaction stands in
// the way, and target_not_empty where something would have been left.
boost::asio::awaitable<void> empty_database(protocol::Connection& connection,
                                            std::set<std::string> kept_extensions, bool rehearse = false);

}  // namespace pgark::restore
