// One restore at a time replaces what a database holds: whoever does so keeps a session-level advisory lock,
// in the database itself and, because a swap ends all sessions there, in the one from which databases are
// renamed. The server takes both away when the client is gone, however it ended.
//
// Source: PostgreSQL documentation, "Advisory Locks". Thread rule: that of the connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/connection.hpp"

namespace pgark::restore {

// Of the lock in the database whose content is replaced.
inline constexpr std::int64_t kReplacing = 482804457069;  // two beside: Journal
// Of the lock in another database, which stands for `database`. Pure.
std::int64_t replacing_elsewhere(std::string_view database);

// Takes the lock and keeps it as long as the connection lives. `database`: for messages; `doing`: shown to
// others ("pgark rollback"). Throws target_not_empty, naming who has it, when that does not end within a
// second, in which a client that was killed is gone.
boost::asio::awaitable<void> claim_replacing(protocol::Connection& connection, std::int64_t key,
                                             std::string database, std::string doing);

}  // namespace pgark::restore
