#include "restore/replace/exclusion.hpp"

#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "base/sql_quote.hpp"
#include "format/checksum.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using protocol::Connection;

namespace {

using Clock = std::chrono::steady_clock;

// A server process whose client was killed needs a moment to see that.
constexpr auto kDyingFor = std::chrono::seconds(1);
constexpr auto kBetweenLooks = std::chrono::milliseconds(50);

asio::awaitable<bool> try_claim(Connection& connection, std::int64_t key) {
  const wire::ResultSet got =
      co_await connection.query(fmt::format("SELECT pg_catalog.pg_try_advisory_lock({})", key));
  co_return got.boolean(0, 0);
}

// Process, role, name, address and time; all but the first only for those who may know.
asio::awaitable<std::optional<wire::ResultSet>> holder_of(Connection& connection, std::int64_t key) {
  std::string sql = fmt::format(
      "SELECT l.pid, a.usename, a.application_name, coalesce(pg_catalog.host(a.client_addr), 'local'),"
      " pg_catalog.to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS OF') FROM pg_catalog.pg_locks l LEFT JOIN"
      " pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted AND"
      " l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname ="
      " pg_catalog.current_database()) AND l.objsubid = 1 AND"
      " ((l.classid::bigint << 32) | l.objid::bigint) = {}",
      key);
  wire::ResultSet found = co_await connection.query(std::move(sql));
  if (found.empty()) co_return std::nullopt;
  co_return found;
}

Error at_work(const std::optional<wire::ResultSet>& holder, const std::string& database,
              const Connection& connection) {
  Error error;
  error.code = ErrorCode::target_not_empty;
  error.object = connection.peer();
  error.message =
      "another restore is replacing what database " + one_line(quote_identifier(database)) + " holds";
  error.hint = "nothing has been changed; wait for its end";
  if (!holder) return error;
  const auto text = [&holder](std::size_t column) {
    return one_line(std::string(holder->get(0, column).value_or("")));
  };
  const std::string pid = text(0);
  error.message += ": ";
  if (holder->get(0, 1) && holder->get(0, 4)) {
    error.message += fmt::format("{} of role {} ({}), since {}, ", text(2), text(1), text(3), text(4));
  }
  error.message += "server process " + pid;
  error.hint += "; if its client is gone for certain: SELECT pg_terminate_backend(" + pid + ")";
  return error;
}

}  // namespace

std::int64_t replacing_elsewhere(std::string_view database) {
  const std::string text = "pgark replaces " + std::string(database);
  return static_cast<std::int64_t>(format::checksum64(as_bytes(text)));
}

asio::awaitable<void> claim_replacing(Connection& connection, std::int64_t key, std::string database,
                                      std::string doing) {
  co_await connection.execute("SET application_name = " + quote_literal(doing));
  const Clock::time_point patience = Clock::now() + kDyingFor;
  asio::steady_timer pause(connection.executor());
  while (true) {
    const bool claimed = co_await try_claim(connection, key);
    if (claimed) co_return;
    const std::optional<wire::ResultSet> holder = co_await holder_of(connection, key);
    if (Clock::now() > patience) throw Exception(at_work(holder, database, connection));
    pause.expires_after(kBetweenLooks);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

}  // namespace pgark::restore
