// Looks at the target before anything in it is changed, and makes or empties it when asked to.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/events.hpp"
#include "format/toc.hpp"
#include "protocol/connection.hpp"
#include "restore/options.hpp"
#include "restore/selection.hpp"
#include "restore/session.hpp"

namespace pgark::restore {

// Throws target_not_empty, naming some of what is there. Objects of extensions and the schema public do not
// count; in a database that holds nothing else, nothing can be lost.
boost::asio::awaitable<void> check_empty(protocol::Connection& connection);

// The tables that rows are loaded into and that this restore does not create, as SQL names.
std::vector<std::string> tables_to_load(const format::Toc& toc, const Selection& selection);

// Before loading rows into tables that this restore does not create: throws mismatch, naming those that are
// not there.
boost::asio::awaitable<void> check_tables_exist(protocol::Connection& connection, const format::Toc& toc,
                                                const Selection& selection);

// As above: throws target_not_empty, naming those that hold rows. Loading them twice would double the rows.
boost::asio::awaitable<void> check_tables_are_empty(protocol::Connection& connection, const format::Toc& toc,
                                                    const Selection& selection);

// Warns when the server is older than the one that the archive was taken from.
void compare_versions(const protocol::Connection& connection, const format::Toc& toc, EventSink& events);
// One line when the archive holds optimizer statistics that the target is too old for.
void compare_statistics(const protocol::Connection& connection, const format::Toc& toc,
                        const Selection& selection, EventSink& events);

// One line when the target gives objects privileges that the archive does not know of.
boost::asio::awaitable<void> warn_of_default_privileges(protocol::Connection& connection, EventSink& events);

// A session in a database other than `database`, which is about to be made or dropped: the one named in
// `target`, unless it is the same, else postgres, else template1.
boost::asio::awaitable<std::unique_ptr<protocol::Connection>> open_maintenance(
    boost::asio::any_io_executor executor, params::ConnectParams target, std::string database,
    SessionChoice session, EventSink& events);

// --create: makes the archive's database from a maintenance database. With --clean an existing one is
// dropped first, without it it is an error.
struct CreatedDatabase {
  std::string name;
  std::optional<Error> side_error;  // made, but not given to its owner
};
boost::asio::awaitable<CreatedDatabase> create_database(boost::asio::any_io_executor executor,
                                                        params::ConnectParams target,
                                                        const format::TocEntry& entry,
                                                        const RestoreOptions& options, SessionChoice session,
                                                        EventSink& events);

// --clean: drops what is selected, last created first, all in one transaction: when something cannot be
// dropped, nothing is and the error says why. `in_transaction`: the caller's, which is only added to. Schemas
// and extensions that hold objects unknown to the archive are kept; their entries are returned.
boost::asio::awaitable<std::set<format::EntryId>> drop_selected(protocol::Connection& connection,
                                                                const format::Toc& toc,
                                                                const Selection& selection,
                                                                bool in_transaction, EventSink& events);

}  // namespace pgark::restore
