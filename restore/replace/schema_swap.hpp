// Schemas change names in one transaction: what was restored beside those in use takes their place. For a
// role that may not make databases (swap.hpp is the way for one that may).
//
// Names are looked up anew by every statement, so that nobody is sent away: whoever is in a transaction that
// has written to one of the tables is waited for, and whoever comes meanwhile waits a moment.
//
// Source: PostgreSQL documentation, ALTER SCHEMA. Thread rule: that of the connection, which is in the
// database and in no transaction.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/connection.hpp"
#include "restore/preflight.hpp"
#include "restore/replace/aside_names.hpp"
#include "restore/replace/schema_plan.hpp"

namespace pgark::restore {

// Of the database as it is.
struct LiveSchemas {
  std::vector<std::string> names;  // that would be set aside: all of users' but those kept and those aside
  KeptInDatabase kept;
};
boost::asio::awaitable<LiveSchemas> look_at_schemas(protocol::Connection& connection);

// What would keep these schemas from being set aside, each by its name: schemas that the role does not own,
// objects of users beside an extension, publications, subscriptions and everything else that belongs to no
// schema, or to one that stays, and refers to what is in these. `makes`: new ones are to be made as well.
boost::asio::awaitable<std::vector<Obstacle>> schema_obstacles(protocol::Connection& connection,
                                                               const LiveSchemas& live, bool makes);

// In one transaction the schemas in use get `outgoing` behind their names, and those that end with `incoming`
// lose it, as do the search paths of functions. Returns for how many seconds writers waited. Throws what the
// server refused; nothing has changed then.
boost::asio::awaitable<double> exchange_schemas(protocol::Connection& connection, std::string incoming,
                                                std::string outgoing);
// Texts that name one of the schemas by the name that it will not keep. Empty: none does.
boost::asio::awaitable<std::vector<Obstacle>> text_leftovers(protocol::Connection& connection,
                                                             std::string incoming);

// Stands beside schemas that are being restored, with their suffix, until they are proved.
inline constexpr std::string_view kUnfinishedSchema = "pgark_unfinished";

// Schemas that were set aside at the same time.
struct AsideSchemas {
  Aside role = Aside::old;
  // May take the place: kUnfinishedSchema, which is made before and dropped after, is not among the names.
  bool whole = true;
  std::string stamp;
  std::vector<std::string> names;  // as they are called now
  std::uint64_t bytes = 0;
};
// Newest first.
boost::asio::awaitable<std::vector<AsideSchemas>> find_aside_schemas(protocol::Connection& connection);
// "_pgark_old_20260115T143000Z"
std::string aside_suffix(Aside role, const std::string& stamp);
// Drops them with all that is in them, in one transaction. Throws mismatch, naming it, when something else
// depends on that.
boost::asio::awaitable<void> drop_schemas(protocol::Connection& connection, std::vector<std::string> names);

}  // namespace pgark::restore
