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

// All of them in one error of the target at `peer`, each with its remedy.
Error obstacles_error(const std::vector<Obstacle>& obstacles, std::string peer);

// What an archive names. What does not exist is none of this header's business.
struct NamesInUse {
  std::set<std::string> owners;  // that objects are given to
  std::set<std::string> tablespaces, extensions;
};

struct Preflight {
  std::vector<Obstacle> obstacles;
  // Of the owners, those that this role may not give objects to. An obstacle, unless options say what to do
  // then (owner_if_allowed).
  std::set<std::string> forbidden_owners;
};

boost::asio::awaitable<Preflight> find_obstacles(protocol::Connection& connection, const format::Toc& toc,
                                                 const Selection& selection, const RestoreOptions& options,
                                                 NamesInUse names);

}  // namespace pgark::restore
