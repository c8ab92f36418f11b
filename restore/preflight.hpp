// What stands in the way of a restore although the target has everything that the archive names: it takes no
// writes, has no connections left, or the role may not do what is to be done. Looked at before anything is
// changed.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <set>
#include <string>
#include <vector>

#include "format/toc.hpp"
#include "protocol/connection.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

struct Obstacle {
  std::string text;    // what is wrong
  std::string remedy;  // what to do
  // False: servers of some providers let it through, so it is only told.
  bool certain = true;
};

// `owners` and `extensions`: names that the archive gives objects to, and that it creates. Roles that do not
// exist are none of its business.
boost::asio::awaitable<std::vector<Obstacle>> find_obstacles(
    protocol::Connection& connection, const format::Toc& toc, const Selection& selection,
    const RestoreOptions& options, std::set<std::string> owners, std::set<std::string> extensions);

}  // namespace pgark::restore
