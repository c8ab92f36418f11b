// What a restore needs of the target and does not bring along: roles, tablespaces, extensions and schemas.
// All that is missing is told at once, before anything is changed.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <set>
#include <string>

#include "base/events.hpp"
#include "format/toc.hpp"
#include "protocol/connection.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

struct Requirements {
  std::set<std::string> roles, tablespaces;
  std::set<std::string> owners;                   // of the roles: those that objects are given to
  std::map<std::string, std::string> extensions;  // name, the version that the source had
  std::set<std::string> schemas;                  // that the archive holds and the selection does not
};

// Pure. Without what the selected entries create themselves (--globals).
Requirements requirements_of(const format::Toc& toc, const Selection& selection,
                             const RestoreOptions& options);

// Throws mismatch, naming everything that the target lacks, everything else that is in the way
// (preflight.hpp) and what to do. Extensions that will get another version than the source had become
// messages. Returns, with options.owner_if_allowed, the owners that this role may not give objects to; the
// objects that stay with it become messages.
boost::asio::awaitable<std::set<std::string>> check_requirements(protocol::Connection& connection,
                                                                 const format::Toc& toc,
                                                                 const Selection& selection,
                                                                 const RestoreOptions& options,
                                                                 EventSink& events);

// Warns of collations whose version on the target is another one than in the source. Call when the archive's
// own collations have been created.
boost::asio::awaitable<void> compare_collations(protocol::Connection& connection, const format::Toc& toc,
                                                EventSink& events);

}  // namespace pgark::restore
