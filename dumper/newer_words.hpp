// Names that later majors read as something else (SCHEMA_COVERAGE A1.16): a column system_user of a server
// of 15 is a function in 16, and the server does not quote it in what it writes of expressions.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "protocol/connection.hpp"

namespace pgark::dumper {

// One of the database's names that is a word of SQL in a later major and none here; nullopt: there is none.
// Aliases inside of views are not looked at. Asks nothing of a server of the newest major. Throws Exception.
boost::asio::awaitable<std::optional<std::string>> find_newer_word(protocol::Connection& connection);

}  // namespace pgark::dumper
