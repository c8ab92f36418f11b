#include "dumper/consistent_read.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/lock_room.hpp"
#include "base/sqlstate.hpp"
#include "dumper/catalog/reader.hpp"
#include "dumper/change_check.hpp"
#include "dumper/privileges.hpp"
#include "dumper/table_locks.hpp"

namespace pgark::dumper {
namespace {

namespace asio = boost::asio;

// What the server says when an object vanished or changed under a statement of the catalog reader:
// internal_error (cache lookup failed), undefined_table, _column, _object, _function, invalid_schema_name,
// deadlock_detected.
constexpr std::array<std::string_view, 7> kChangeStates{
    "XX000", "42P01", "42703", "42704", "42883", "3F000", sqlstate::kDeadlockDetected};

bool tells_of_change(const Error& error) {
  if (sqlstate::is(error, sqlstate::kLockNotAvailable)) return false;  // --lock-wait-timeout
  if (error.code == ErrorCode::snapshot) return true;
  return error.code == ErrorCode::server && error.server &&
         std::find(kChangeStates.begin(), kChangeStates.end(), error.server->sqlstate) != kChangeStates.end();
}

std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

Error unreadable_error(std::size_t count) {
  Error error;
  error.code = ErrorCode::server;
  error.message = "the role of this connection may not read " + std::to_string(count) +
                  (count == 1 ? " object; it is named above with what helps"
                              : " objects; each is named above with what helps");
  error.hint =
      "run those statements as the owner or a superuser, or leave the objects out with -T or -N;"
      " --enable-row-security saves only the rows that policies show";
  error.server.emplace();
  error.server->severity = "ERROR";
  error.server->sqlstate = "42501";
  return error;
}

class ConsistentReader {
 public:
  ConsistentReader(protocol::Connection& leader, ConsistentReadInput input)
      : leader_(leader), input_(std::move(input)) {}

  asio::awaitable<ConsistentRead> run() {
    for (int attempt = 1;; ++attempt) {
      const std::optional<Error> changed = co_await try_once();
      if (!changed) {
        if (observer_) co_await observer_->close();
        co_return std::move(read_);
      }
      const bool may_begin_anew = session().snapshot.empty() && attempt < kReadAttempts;
      if (!may_begin_anew) throw Exception(*changed);
      input_.events.message(Severity::warning,
                            changed->message + "; reading everything again with a new snapshot",
                            changed->object);
      co_await leader_.execute("ROLLBACK");
    }
  }

 private:
  const SessionOptions& session() const { return input_.options.session; }

  // The error that a new snapshot may cure, if there was one.
  asio::awaitable<std::optional<Error>> try_once() {
    read_ = ConsistentRead();
    read_.snapshot = co_await begin_snapshot(leader_, /*export_it=*/true, session());
    co_await bring_observer();
    std::optional<Error> failure;
    try {
      const LockTables prepare = [this](const Catalog& catalog, std::vector<TableToLock> tables) {
        return lock(catalog, std::move(tables));
      };
      const ReadingSessions sessions{leader_, observer_.get()};
      read_.catalog = co_await read_catalog(sessions, input_.options, prepare);
    } catch (const Exception& exception) {
      failure = explain_full_lock_table(exception.error());
    }
    const bool may_pass = !failure || (!is_final_ && tells_of_change(*failure));
    if (!may_pass || leader_.status() != protocol::Status::idle) throw Exception(std::move(*failure));
    if (failure || !read_.tables_locked) co_await leader_.execute(kRollbackReading);
    co_return co_await judge(std::move(failure));
  }

  // A server without a connection to spare is no reason to fail, but one to say so.
  asio::awaitable<void> bring_observer() {
    if (!observer_ && !is_alone_) {
      try {
        params::ConnectParams source = pinned_to(input_.source, leader_.peer());
        observer_ =
            co_await protocol::Connection::connect(leader_.executor(), std::move(source), input_.on_notice);
      } catch (const Exception& exception) {
        const auto& server = exception.error().server;
        if (!server || server->sqlstate != "53300") throw;
        is_alone_ = true;
      }
      if (is_alone_) {
        input_.events.message(
            Severity::warning,
            "the server has no second connection to spare: whether views, functions and types "
            "change while they are read is not checked",
            {});
        co_return;
      }
      input_.running.add(*observer_);
      co_await pin_session(*observer_, session());
    }
    if (observer_) co_await import_snapshot(*observer_, read_.snapshot);
  }

  asio::awaitable<std::optional<Error>> judge(std::optional<Error> failure) {
    async::JobGroup jobs(input_.cpu, leader_.executor());
    if (!failure) jobs.submit([this] { input_.meanwhile(read_); });
    std::vector<std::string> changed;
    std::exception_ptr lost;
    try {
      if (observer_) changed = co_await find_changes(leader_, *observer_);
    } catch (...) {
      lost = std::current_exception();
    }
    // The job uses what is ours: it is waited for also under cancellation, where a co_await would throw.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    try {
      co_await jobs.wait();
    } catch (const boost::system::system_error&) {
      if (!lost) lost = std::current_exception();
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (lost) std::rethrow_exception(lost);
    if (!failure && changed.empty()) co_return std::nullopt;
    if (failure && changed.empty() && failure->code == ErrorCode::server &&
        !sqlstate::is(*failure, sqlstate::kDeadlockDetected)) {
      throw Exception(std::move(*failure));
    }
    Error error = failure ? std::move(*failure) : Error();
    error.code = ErrorCode::snapshot;
    error.statement.clear();
    error.message = "changed while the dump began" + (error.message.empty() ? "" : ": " + error.message);
    if (!changed.empty()) error.object = list(changed);
    error.hint = "run the backup again when nobody alters the database";
    co_return error;
  }

  asio::awaitable<void> lock(const Catalog& catalog, std::vector<TableToLock> tables) {
    const std::vector<Unreadable> unreadable =
        co_await find_unreadable(leader_, catalog, session().enable_row_security);
    for (const Unreadable& each : unreadable) {
      input_.events.message(Severity::error, each.cause + "; " + each.remedy, each.object);
    }
    is_final_ = true;
    if (!unreadable.empty()) throw Exception(unreadable_error(unreadable.size()));
    read_.tables_locked =
        co_await may_lock_all(leader_, static_cast<std::int64_t>(tables.size()), input_.options.lock_budget);
    is_final_ = false;
    if (read_.tables_locked) co_await lock_tables(leader_, std::move(tables), session().lock_wait_timeout);
  }

  protocol::Connection& leader_;
  const ConsistentReadInput input_;
  ConsistentRead read_;
  std::unique_ptr<protocol::Connection> observer_;  // between attempts without a transaction
  bool is_alone_ = false;
  bool is_final_ = false;  // what is thrown now would be thrown again
};

}  // namespace

asio::awaitable<ConsistentRead> read_consistently(protocol::Connection& leader, ConsistentReadInput input) {
  ConsistentReader reader(leader, std::move(input));
  co_return co_await reader.run();
}

}  // namespace pgark::dumper
