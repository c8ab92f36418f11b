// A database that a restore has made beside the one in use says so when it is whole: all of it restored, and
// proved. Nothing is written before, so that a restore that is killed, wherever it was, leaves one behind
// that says nothing.
//
// The mark stands in front of the comment of the database, which is the server's: no event trigger of the
// archive sees it, it is read from outside, and it goes in the transaction that changes the names. It holds
// the number and the time of that one database, so that a backup with such a comment makes no other whole.
//
// Thread rule: that of the connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "protocol/connection.hpp"

namespace pgark::restore {

// `stamp`: of the database's name (aside_names.hpp). The connection is in another database or in this one.
boost::asio::awaitable<bool> has_whole_mark(protocol::Connection& connection, std::string database,
                                            std::string stamp);
// The connection is in the database, and has client_encoding SQL_ASCII afterwards. Nothing is done where
// there is no mark to drop.
boost::asio::awaitable<void> set_whole_mark(protocol::Connection& connection, std::string stamp);
boost::asio::awaitable<void> drop_whole_mark(protocol::Connection& connection, std::string stamp);
// The connection is in another database: what takes it away once the database is called `name_then`. Empty:
// there is none, or the comment has more than ASCII and so can be written in its own database only.
boost::asio::awaitable<std::string> drop_whole_mark_sql(protocol::Connection& connection,
                                                        std::string database, std::string stamp,
                                                        std::string name_then);

}  // namespace pgark::restore
