// Roles, tablespaces and parameter privileges: what the whole cluster shares, restored with --globals.
//
// What exists already is brought into the state of the source instead of being created. Thread rule: the
// connection's executor.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <set>
#include <string>

#include "format/toc.hpp"
#include "protocol/connection.hpp"

namespace pgark::restore {

struct ClusterState {
  std::set<std::string> roles, tablespaces;
  std::string session_user;
};
boost::asio::awaitable<ClusterState> read_cluster(protocol::Connection& connection);

// The entry's first statement would create what is there already.
bool exists_in(const ClusterState& cluster, const format::TocEntry& entry);
// The entry changes the role that the restore is connected as: it could lock itself out, so this comes last.
bool is_about_session(const ClusterState& cluster, const format::TocEntry& entry);

}  // namespace pgark::restore
