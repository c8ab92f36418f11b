#include "restore/replace/replace.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <utility>

#include "base/async/run_on.hpp"
#include "restore/replace/empty_database.hpp"
#include "restore/replace/whole_mark.hpp"
#include "restore/requirements.hpp"
#include "restore/target.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using protocol::Connection;

namespace {

constexpr int kCancelTimeoutMs = 3000;

using Step = std::function<asio::awaitable<void>(Connection&)>;

SessionChoice session_of(const ReplaceTools& tools) {
  SessionChoice session;
  session.encoding = "UTF8";
  session.role = tools.role;
  return session;
}

asio::awaitable<std::unique_ptr<Connection>> open_outside(asio::any_io_executor strand,
                                                          const ReplaceTools& tools) {
  std::unique_ptr<Connection> connection = co_await open_maintenance(
      std::move(strand), tools.target, tools.target.database, session_of(tools), tools.events);
  co_return connection;
}

asio::awaitable<void> run_inside(asio::any_io_executor strand, const ReplaceTools& tools, const Step& step) {
  const auto connection = co_await open_session(strand, tools.target, session_of(tools), tools.events);
  std::exception_ptr failure;
  try {
    co_await step(*connection);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    // A statement that still runs would hold its locks, or take effect, when nobody is there any more.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const protocol::CancelHandle handle = connection->cancel_handle();
    if (connection->status() != protocol::Status::idle) co_await handle.cancel(kCancelTimeoutMs);
    std::rethrow_exception(failure);
  }
  co_await connection->close();
}

asio::awaitable<void> run_outside(asio::any_io_executor strand, const ReplaceTools& tools, const Step& step) {
  const auto connection = co_await open_outside(strand, tools);
  co_await step(*connection);
  co_await connection->close();
}

enum class Where : std::uint8_t { inside, outside };

asio::awaitable<void> run(Where where, const ReplaceTools& tools, const Step& step) {
  const asio::any_io_executor strand = asio::make_strand(tools.executor);
  asio::awaitable<void> running =
      where == Where::inside ? run_inside(strand, tools, step) : run_outside(strand, tools, step);
  co_await async::run_on(strand, std::move(running));
}

// To the database from which the names are changed.
asio::awaitable<params::ConnectParams> maintenance_params(const ReplaceTools& tools) {
  params::ConnectParams params = tools.target;
  const Step name = [&params](Connection& connection) -> asio::awaitable<void> {
    const wire::ResultSet row = co_await connection.query("SELECT pg_catalog.current_database()");
    params.database = row.text(0, 0);
  };
  co_await run(Where::outside, tools, name);
  co_return params;
}

}  // namespace

asio::awaitable<void> run_in_target(ReplaceTools tools,
                                    std::function<asio::awaitable<void>(Connection&)> step) {
  co_await run(Where::inside, tools, step);
}

asio::awaitable<bool> may_make_databases(ReplaceTools tools) {
  bool may = true;
  const Step ask = [&may](Connection& connection) -> asio::awaitable<void> {
    const wire::ResultSet role = co_await connection.query(
        "SELECT rolsuper OR rolcreatedb FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER");
    may = role.empty() || role.boolean(0, 0);
  };
  try {
    co_await run(Where::inside, tools, ask);
  } catch (const Exception&) {
    co_return true;
  }
  co_return may;
}

asio::awaitable<LiveDatabase> look_at_target(ReplaceTools tools) {
  LiveDatabase live;
  const Step look = [&live](Connection& connection) -> asio::awaitable<void> {
    live = co_await look_at_live(connection);
  };
  co_await run(Where::inside, tools, look);
  co_return live;
}

asio::awaitable<void> check_swap(ReplaceTools tools) {
  const Step check = [&tools](Connection& connection) -> asio::awaitable<void> {
    const std::vector<Obstacle> obstacles = co_await swap_obstacles(connection, tools.target.database);
    if (!obstacles.empty()) throw Exception(obstacles_error(obstacles, connection.peer()));
    co_await warn_of_slots(connection, tools.target.database, tools.events);
  };
  co_await run(Where::outside, tools, check);
}

asio::awaitable<void> mark_whole(ReplaceTools tools, SwapNames names) {
  const std::string stamp = parse_aside_name(names.fresh, names.live).value().stamp;
  tools.target.database = names.fresh;
  const Step mark = [&stamp](Connection& connection) -> asio::awaitable<void> {
    co_await set_whole_mark(connection, stamp);
  };
  co_await run(Where::inside, tools, mark);
}

asio::awaitable<double> take_place(ReplaceTools tools, SwapNames names) {
  params::ConnectParams maintenance = co_await maintenance_params(tools);
  const asio::any_io_executor strand = asio::make_strand(tools.executor);
  asio::awaitable<double> swapping =
      swap_databases(strand, std::move(maintenance), session_of(tools), std::move(names), tools.events);
  const double seconds = co_await async::run_on(strand, std::move(swapping));
  co_return seconds;
}

asio::awaitable<std::vector<AsideDatabase>> list_aside(ReplaceTools tools) {
  std::vector<AsideDatabase> found;
  const Step list = [&found, &tools](Connection& connection) -> asio::awaitable<void> {
    found = co_await find_aside(connection, tools.target.database);
  };
  co_await run(Where::outside, tools, list);
  co_return found;
}

asio::awaitable<void> discard_aside(ReplaceTools tools, std::string name) {
  const Step drop = [&name](Connection& connection) -> asio::awaitable<void> {
    co_await drop_database_named(connection, name);
  };
  co_await run(Where::outside, tools, drop);
}

asio::awaitable<void> empty_target(ReplaceTools tools, std::set<std::string> kept_extensions, bool rehearse) {
  const Step empty = [&kept_extensions, rehearse](Connection& connection) -> asio::awaitable<void> {
    co_await empty_database(connection, kept_extensions, rehearse);
  };
  co_await run(Where::inside, tools, empty);
}

asio::awaitable<void> check_restorable(ReplaceTools tools, const format::Toc& toc, RestoreOptions options) {
  const Selection selection = value_or_throw(Selection::make(toc, options));
  const Step check = [&](Connection& connection) -> asio::awaitable<void> {
    co_await check_requirements(connection, toc, selection, options, tools.events);
  };
  co_await run(Where::inside, tools, check);
}

}  // namespace pgark::restore
