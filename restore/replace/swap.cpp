#include "restore/replace/swap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "base/async/task_group.hpp"
#include "base/sql_quote.hpp"
#include "base/sqlstate.hpp"
#include "restore/replace/whole_mark.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using protocol::Connection;

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kBetweenRounds = std::chrono::milliseconds(20);
constexpr int kAttempts = 3;
// Whoever holds the database's lock for longer keeps newcomers waiting behind us.
constexpr const char* kLockTimeoutSql = "SET lock_timeout = '1s'";
constexpr const char* kObjectInUse = "55006";

// Template; owner's member; may create databases or superuser; name of the role.
constexpr const char* kRightsSql =
    "SELECT d.datistemplate, r.rolsuper OR pg_catalog.pg_has_role(d.datdba, 'USAGE'), r.rolsuper OR"
    " r.rolcreatedb, r.rolname FROM pg_catalog.pg_database d, pg_catalog.pg_roles r"
    " WHERE d.datname = $1 AND r.rolname = CURRENT_USER";
constexpr const char* kPreparedSql =
    "SELECT pg_catalog.string_agg(pg_catalog.quote_literal(gid), ', ' ORDER BY gid) FROM"
    " pg_catalog.pg_prepared_xacts WHERE database = $1";
// Those that this role may end, or may not.
constexpr const char* kSessionsSql =
    " FROM pg_catalog.pg_stat_activity a JOIN pg_catalog.pg_roles me ON me.rolname = CURRENT_USER"
    " LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid WHERE a.pid <> pg_catalog.pg_backend_pid() AND"
    " a.datname IN ($1, $2) AND COALESCE(me.rolsuper OR pg_catalog.pg_has_role(a.usesysid, 'USAGE') OR"
    " (pg_catalog.pg_has_role('pg_signal_backend', 'USAGE') AND NOT r.rolsuper), false)";

std::string untouchable_sql() {
  return std::string("SELECT pg_catalog.string_agg(DISTINCT pg_catalog.quote_ident(a.usename), ', ')") +
         kSessionsSql + " = false AND a.backend_type IN ('client backend', 'walsender')";
}

std::string end_sessions_sql() {
  return std::string("SELECT pg_catalog.pg_terminate_backend(a.pid)") + kSessionsSql;
}

constexpr const char* kSlotsSql =
    "SELECT pg_catalog.string_agg(pg_catalog.quote_ident(slot_name), ', ' ORDER BY slot_name) FROM"
    " pg_catalog.pg_replication_slots WHERE database = $1";
constexpr const char* kOthersSql =
    "SELECT d.datname, CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT') THEN"
    " pg_catalog.pg_database_size(d.oid) ELSE 0 END FROM pg_catalog.pg_database d WHERE d.datname LIKE"
    " '%\\_pgark\\_%' ORDER BY d.datname";

asio::awaitable<wire::ResultSet> ask(Connection& connection, std::string sql, std::string database,
                                     std::optional<std::string> other = std::nullopt) {
  std::vector<protocol::Statement> statements(1);
  statements[0].sql = std::move(sql);
  statements[0].parameters.push_back(std::move(database));
  if (other) statements[0].parameters.push_back(std::move(*other));
  std::vector<wire::ResultSet> results = co_await connection.pipeline(std::move(statements));
  co_return std::move(results.front());
}

std::string rename_sql(const std::string& from, const std::string& to) {
  return "ALTER DATABASE " + quote_identifier(from) + " RENAME TO " + quote_identifier(to);
}

class Swap {
 public:
  // `unmark_sql`: to be run when the names are changed, in the same transaction; may be empty.
  Swap(asio::any_io_executor executor, Connection& renaming, Connection& ending, const SwapNames& names,
       std::string unmark_sql)
      : executor_(std::move(executor)),
        renaming_(renaming),
        ending_(ending),
        names_(names),
        unmark_sql_(std::move(unmark_sql)) {}

  asio::awaitable<double> run() {
    const Clock::time_point start = Clock::now();
    done_ = false;
    failure_ = nullptr;
    async::TaskGroup group(executor_);
    async::Task rename = [this] { return rename_both(); };
    async::Task end = [this] { return end_sessions(); };
    group.spawn(executor_, std::move(rename));
    group.spawn(executor_, std::move(end));
    co_await group.join();
    if (failure_) std::rethrow_exception(failure_);
    const std::chrono::duration<double> shut = Clock::now() - start;
    co_return shut.count();
  }

 private:
  // One message is one transaction.
  asio::awaitable<void> rename_both() {
    std::string sql = rename_sql(names_.live, names_.aside) + "; " + rename_sql(names_.fresh, names_.live);
    if (!unmark_sql_.empty()) sql += "; " + unmark_sql_;
    try {
      co_await renaming_.execute(std::move(sql));
    } catch (...) {
      failure_ = std::current_exception();  // told when the other connection is at rest
    }
    done_ = true;
  }

  asio::awaitable<void> end_sessions() {
    asio::steady_timer pause(executor_);
    while (!done_) {
      co_await ask(ending_, end_sessions_sql(), names_.live, names_.fresh);
      pause.expires_after(kBetweenRounds);
      co_await pause.async_wait(asio::use_awaitable);
    }
  }

  const asio::any_io_executor executor_;
  Connection& renaming_;
  Connection& ending_;
  const SwapNames& names_;
  const std::string unmark_sql_;
  bool done_ = false;
  std::exception_ptr failure_;
};

// The names have changed: what fails now is told, and nothing more. `outside`: in another database.
asio::awaitable<void> unmark_rest(asio::any_io_executor executor, Connection& outside,
                                  params::ConnectParams live, SessionChoice session, std::string stamp,
                                  EventSink& events) {
  try {
    const bool still_marked = co_await has_whole_mark(outside, live.database, stamp);
    co_await outside.close();
    if (!still_marked) co_return;
    const auto inside = co_await open_session(executor, live, session, events);
    co_await drop_whole_mark(*inside, std::move(stamp));
    co_await inside->close();
  } catch (const Exception& exception) {
    events.message(
        Severity::warning,
        "the comment of the database may still say of its restore that it is whole: COMMENT ON DATABASE "
        "gives it another; " +
            exception.error().to_string(),
        live.database);
  }
}

}  // namespace

asio::awaitable<std::vector<Obstacle>> swap_obstacles(Connection& connection, std::string live) {
  std::vector<Obstacle> found;
  const wire::ResultSet rights = co_await ask(connection, kRightsSql, live);
  const std::string name = one_line(quote_identifier(live));
  if (rights.empty()) {
    found.push_back({"there is no database " + name + " whose place the restored one could take",
                     "leave --strategy out, and give --create or --create-as"});
    co_return found;
  }
  const std::string role = one_line(quote_identifier(rights.text(0, 3)));
  if (rights.boolean(0, 0))
    found.push_back({"database " + name + " is a template", "ALTER DATABASE " + name + " IS_TEMPLATE false"});
  if (!rights.boolean(0, 1)) {
    found.push_back({fmt::format("role {} does not own database {}, so it cannot rename it", role, name),
                     "connect as its owner or as a superuser"});
  }
  if (!rights.boolean(0, 2)) {
    found.push_back({fmt::format("role {} may not create databases", role),
                     fmt::format("ALTER ROLE {} CREATEDB, or --strategy in-place", role)});
  }
  const wire::ResultSet prepared = co_await ask(connection, kPreparedSql, live);
  if (const auto transactions = prepared.get(0, 0)) {
    found.push_back({fmt::format("database {} has prepared transactions: {}", name, *transactions),
                     "COMMIT PREPARED or ROLLBACK PREPARED each of them"});
  }
  const wire::ResultSet untouchable = co_await ask(connection, untouchable_sql(), live, live);
  if (const auto roles = untouchable.get(0, 0)) {
    found.push_back({fmt::format("role {} may not end the sessions of {} in database {}", role, *roles, name),
                     "connect as a superuser, or have pg_signal_backend granted"});
  }
  co_return found;
}

asio::awaitable<void> warn_of_slots(Connection& connection, std::string live, EventSink& events) {
  const wire::ResultSet slots = co_await ask(connection, kSlotsSql, live);
  const auto names = slots.get(0, 0);
  if (!names) co_return;
  events.message(
      Severity::warning,
      fmt::format("logical replication slots stay with the old database and hold back WAL there: {}", *names),
      live);
}

asio::awaitable<double> swap_databases(asio::any_io_executor executor, params::ConnectParams maintenance,
                                       SessionChoice session, SwapNames names, EventSink& events) {
  const auto renaming = co_await open_session(executor, maintenance, session, events);
  co_await renaming->execute(kLockTimeoutSql);
  const auto ending = co_await open_session(executor, maintenance, session, events);
  const std::optional<AsideName> parsed = parse_aside_name(names.fresh, names.live);
  const std::string stamp = parsed ? parsed->stamp : std::string();
  std::string unmark_sql = co_await drop_whole_mark_sql(*renaming, names.fresh, stamp, names.live);
  Swap swap(executor, *renaming, *ending, names, std::move(unmark_sql));
  double seconds = 0;
  for (int attempt = 1;; ++attempt) {
    try {
      seconds = co_await swap.run();
      break;
    } catch (const Exception& exception) {
      const Error& error = exception.error();
      const bool in_use =
          sqlstate::is(error, kObjectInUse) || sqlstate::is(error, sqlstate::kLockNotAvailable);
      if (!in_use || attempt == kAttempts) throw;
    }
  }
  params::ConnectParams live = std::move(maintenance);
  live.database = names.live;
  co_await unmark_rest(executor, *renaming, std::move(live), session, stamp, events);
  co_return seconds;
}

asio::awaitable<std::vector<AsideDatabase>> find_aside(Connection& connection, std::string live) {
  const wire::ResultSet rows = co_await connection.query(kOthersSql);
  std::vector<AsideDatabase> found;
  for (std::size_t row = 0; row < rows.row_count(); ++row) {
    std::string name(rows.text(row, 0));
    auto parsed = parse_aside_name(name, live);
    if (!parsed) continue;
    const auto bytes = static_cast<std::uint64_t>(rows.integer(row, 1));
    const bool was_in_use = parsed->role != Aside::fresh;
    const bool whole = was_in_use || co_await has_whole_mark(connection, name, parsed->stamp);
    found.push_back({std::move(name), std::move(*parsed), bytes, whole});
  }
  std::ranges::sort(found, std::ranges::greater(), [](const AsideDatabase& one) { return one.parsed.stamp; });
  co_return found;
}

asio::awaitable<void> drop_database_named(Connection& connection, std::string name) {
  co_await ask(connection, end_sessions_sql(), name, name);
  const wire::ResultSet rights = co_await ask(connection, kRightsSql, name);
  if (!rights.empty() && rights.boolean(0, 0))
    co_await connection.execute("ALTER DATABASE " + quote_identifier(name) + " IS_TEMPLATE false");
  co_await connection.execute("DROP DATABASE IF EXISTS " + quote_identifier(name));
}

}  // namespace pgark::restore
