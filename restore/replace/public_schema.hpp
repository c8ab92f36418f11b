// The schema `public` that is restored beside the one in use. Every database has one from the beginning, so
// that an archive says of it only what is different from what initdb gives: it is made here with that, before
// the archive's privileges and comment come.
//
// Thread rule: that of the connection, which is in no transaction.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "base/events.hpp"
#include "protocol/connection.hpp"

namespace pgark::restore {

// Owner of the schema since PostgreSQL 15, where an archive names no other.
inline constexpr const char* kPublicOwner = "pg_database_owner";

struct PublicSchema {
  std::string name;   // until it is called public
  std::string owner;  // where this role may give it to that one
  bool tells = true;  // that it may not
};
boost::asio::awaitable<void> make_public(protocol::Connection& connection, PublicSchema schema,
                                         EventSink& events);

}  // namespace pgark::restore
