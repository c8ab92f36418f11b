// What a person should see before what a database holds is replaced.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>

#include "protocol/connection.hpp"

namespace pgark::restore {

struct LiveDatabase {
  std::string name;
  std::string where;  // host and port, or socket
  std::uint64_t bytes = 0;
  std::uint64_t objects = 0;  // of users; 0: there is nothing to lose
  std::uint64_t tables = 0;
  std::uint64_t sessions = 0;  // of others
};

// Of the database that the connection is in.
boost::asio::awaitable<LiveDatabase> look_at_live(protocol::Connection& connection);

}  // namespace pgark::restore
