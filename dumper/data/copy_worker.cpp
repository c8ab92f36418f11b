#include "dumper/data/copy_worker.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <unordered_set>

#include "base/async/async_buffer.hpp"
#include "base/async/wakeup.hpp"
#include "base/lock_room.hpp"
#include "base/sqlstate.hpp"
#include "dumper/data/copy_statement.hpp"
#include "dumper/session.hpp"
#include "dumper/table_locks.hpp"

namespace pgark::dumper {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

// COPY of a range locks the indexes of its table as well. Somebody who rebuilds one (REINDEX INDEX) may wait
// for another connection of this dump and make this one wait for him: nobody but us could see that.
constexpr std::chrono::seconds kLockTimeout{60};

Error explain_lock_timeout(Error error) {
  if (error.code != ErrorCode::server || !sqlstate::is(error, sqlstate::kLockNotAvailable)) return error;
  error.code = ErrorCode::snapshot;
  error.message = "a lock on this table or an index of it was not to be had within " +
                  std::to_string(kLockTimeout.count()) + " seconds";
  error.hint = "run the dump again when nobody alters the table or rebuilds its indexes, or with -j 1";
  return error;
}

class CopyWorker {
 public:
  CopyWorker(protocol::Connection& connection, CopyPool& pool, CopyWorkerOptions options,
             async::JobGroup& jobs)
      : connection_(connection),
        pool_(pool),
        options_(std::move(options)),
        jobs_(jobs),
        freed_(connection.executor()) {}

  asio::awaitable<void> run() {
    std::string bounded_waits = "SET lock_timeout = '" + std::to_string(kLockTimeout.count()) + "s'";
    co_await connection_.execute(std::move(bounded_waits));
    while (const std::optional<Piece> piece = co_await next_piece()) {
      const auto begun = Clock::now();
      const std::uint64_t text_bytes = co_await copy(*piece);
      const auto ended = Clock::now();
      const std::chrono::duration<double> elapsed = ended - begun;
      pool_.events.worked(
          {options_.worker, pool_.objects[piece->object].qualified_sql, begun, ended, /*rows=*/true});
      pool_.events.progress.bytes_total.store(pool_.forecast.add(piece->bytes, text_bytes),
                                              std::memory_order_relaxed);
      if (pool_.scheduler.finished(options_.worker, elapsed.count())) end(piece->object);
    }
  }

 private:
  asio::awaitable<std::optional<Piece>> next_piece() {
    while (true) {
      RangeScheduler::Turn turn = pool_.scheduler.turn(options_.worker, freed_.notifier());
      if (!turn.waits) co_return turn.piece;
      co_await freed_.wait();
    }
  }

  void end(std::size_t object) {
    pool_.events.progress.steps_done.fetch_add(1, std::memory_order_relaxed);
    jobs_.submit([&chunks = pool_.chunks, object] { chunks.end(object); });
  }

  asio::awaitable<std::uint64_t> copy(const Piece& piece) {
    const DataObject& object = pool_.objects[piece.object];
    try {
      if (object.foreign) co_return co_await copy_foreign(object, piece);
      const bool lockable = object.source == RowSource::table;
      if (lockable && !pool_.tables_locked) co_return co_await copy_locked(object, piece);
      if (lockable && !options_.holds_locks && locked_.insert(piece.object).second) {
        const std::string lock = lock_at_once_sql(object.qualified_sql) + "; ";
        co_return co_await copy_rows(object, piece, lock);
      }
      co_return co_await copy_rows(object, piece, no_lock_);
    } catch (const Exception& exception) {
      Error error = explain_lock_timeout(exception.error());
      error = explain_full_lock_table(explain_standby_conflict(std::move(error), pool_.in_recovery));
      if (error.object.empty()) error.object = object.qualified_sql;
      throw Exception(std::move(error));
    }
  }

  // A failure in between ends the dump, so the setting need not be given back then.
  asio::awaitable<std::uint64_t> copy_foreign(const DataObject& object, const Piece& piece) {
    std::string allow = restrict_relations_sql(/*foreign_tables=*/false);
    co_await connection_.execute(std::move(allow));
    const std::uint64_t text_bytes = co_await copy_rows(object, piece, no_lock_);
    std::string forbid = restrict_relations_sql(/*foreign_tables=*/true);
    co_await connection_.execute(std::move(forbid));
    co_return text_bytes;
  }

  // The lock lasts as long as the piece.
  asio::awaitable<std::uint64_t> copy_locked(const DataObject& object, const Piece& piece) {
    co_await connection_.execute("SAVEPOINT pgark_piece");
    TableToLock table{object.oid, object.qualified_sql};
    co_await lock_table(connection_, std::move(table));
    const std::uint64_t text_bytes = co_await copy_rows(object, piece, no_lock_);
    co_await connection_.execute("ROLLBACK TO SAVEPOINT pgark_piece; RELEASE SAVEPOINT pgark_piece");
    co_return text_bytes;
  }

  // `lock`: in front of the statement and in the same message, so that a small table costs one round trip.
  asio::awaitable<std::uint64_t> copy_rows(const DataObject& object, const Piece& piece,
                                           const std::string& lock) {
    std::string sql = lock + copy_statement(object, piece);
    const auto begun = Clock::now();
    try {
      co_await connection_.begin_copy_out(std::move(sql));
    } catch (const Exception& exception) {
      // Both locks are refused with the same code, but only the one of NOWAIT before its time is up.
      const bool at_once = !lock.empty() && Clock::now() - begun < kLockTimeout;
      if (!at_once || !sqlstate::is(exception.error(), sqlstate::kLockNotAvailable)) throw;
      throw Exception(not_lockable(exception.error(), object.qualified_sql));
    }
    std::uint64_t text_bytes = 0;
    ChunkSink::Position position{piece.object, piece.part(), 0};
    for (bool more = true; more; ++position.sequence) {
      BufferLease rows = co_await async::acquire(pool_.buffers);
      more = co_await connection_.read_copy(*rows, pool_.chunk_bytes);
      if (rows->empty()) break;
      text_bytes += rows->size();
      submit(position, std::move(rows));
    }
    pool_.chunks.expect(piece.object, connection_.copy_row_count());
    co_return text_bytes;
  }

  void submit(const ChunkSink::Position& position, BufferLease rows) {
    const auto shared = std::make_shared<BufferLease>(std::move(rows));
    pool_.chunks.announce(position.object);
    jobs_.submit([&chunks = pool_.chunks, position, shared, stop = jobs_.stop_token()] {
      chunks.store(position, *shared, stop);
    });
  }

  protocol::Connection& connection_;
  CopyPool& pool_;
  const CopyWorkerOptions options_;
  async::JobGroup& jobs_;
  async::Wakeup freed_;  // tables that had to wait for others
  const std::string no_lock_;
  std::unordered_set<std::size_t> locked_;  // objects this connection has locked
};

}  // namespace

asio::awaitable<void> copy_pieces(protocol::Connection& connection, CopyPool& pool,
                                  CopyWorkerOptions options) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  async::JobGroup jobs(pool.cpu, executor, options.on_failure);
  CopyWorker worker(connection, pool, std::move(options), jobs);
  std::exception_ptr failure;
  try {
    co_await worker.run();
  } catch (...) {
    failure = std::current_exception();
    // Nobody will read this archive: a queue of slow compressions would only keep the user waiting.
    jobs.drop_waiting();
  }
  // Jobs hold leases and the group: they are waited for whatever happened. Under cancellation the co_await of
  // the wait itself would throw, and leave them behind.
  co_await asio::this_coro::throw_if_cancelled(false);
  try {
    co_await jobs.wait();
  } catch (const Exception&) {
    throw;  // a job's failure stopped the reader: it is the cause
  } catch (const boost::system::system_error&) {
    if (!failure) throw;  // else the cancellation that `failure` tells of as well
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace pgark::dumper
