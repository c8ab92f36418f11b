#include "cli/same_database.hpp"

#include <memory>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "protocol/connection.hpp"
#include "restore/session.hpp"
#include "restore/target.hpp"

namespace pgark::cli {

namespace asio = boost::asio;
using protocol::Connection;

namespace {

struct Place {
  std::string cluster, database;
  bool operator==(const Place&) const = default;
};

// The system identifier, which a standby has from its primary: what is written there comes back. When it may
// not be seen, the moment at which the server was started, to the microsecond.
asio::awaitable<std::string> cluster_of(Connection& connection) {
  try {
    const wire::ResultSet found =
        co_await connection.query("SELECT system_identifier FROM pg_catalog.pg_control_system()");
    co_return std::string(found.text(0, 0));
  } catch (const Exception& exception) {
    if (exception.error().code != ErrorCode::server) throw;
  }
  const wire::ResultSet found = co_await connection.query(
      "SELECT 'started ' || pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time())");
  co_return std::string(found.text(0, 0));
}

asio::awaitable<Place> place_of(Connection& connection) {
  Place place;
  const wire::ResultSet found = co_await connection.query("SELECT pg_catalog.current_database()");
  place.database = found.text(0, 0);
  place.cluster = co_await cluster_of(connection);
  co_return place;
}

asio::awaitable<std::unique_ptr<Connection>> open(asio::any_io_executor executor,
                                                  params::ConnectParams params, EventSink& events) {
  restore::SessionChoice session;
  co_return co_await restore::open_session(std::move(executor), std::move(params), std::move(session),
                                           events);
}

}  // namespace

asio::awaitable<void> refuse_same_database(asio::any_io_executor executor, params::ConnectParams source,
                                           params::ConnectParams target, bool creates, EventSink& events) {
  std::unique_ptr<Connection> connection = co_await open(executor, std::move(source), events);
  const Place from = co_await place_of(*connection);
  co_await connection->close();
  if (creates) {
    restore::SessionChoice session;
    std::string database = from.database;
    connection = co_await restore::open_maintenance(executor, std::move(target), std::move(database),
                                                    std::move(session), events);
  } else {
    connection = co_await open(executor, std::move(target), events);
  }
  Place to = co_await place_of(*connection);
  if (creates) to.database = from.database;
  std::string peer = connection->peer();
  co_await connection->close();
  if (from != to) co_return;
  Error error;
  error.code = ErrorCode::usage;
  error.message = creates ? "--create would make the database anew that is to be copied, in its own server"
                          : "--from and --to lead to the same database";
  error.object = from.database + " at " + peer;
  error.hint = creates ? "make a database of another name yourself (createdb), and name it with --to"
                       : "name another database with --to";
  throw Exception(std::move(error));
}

}  // namespace pgark::cli
