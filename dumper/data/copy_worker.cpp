#include "dumper/data/copy_worker.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <memory>
#include <unordered_set>

#include "base/async/async_buffer.hpp"
#include "dumper/data/copy_statement.hpp"
#include "dumper/session.hpp"
#include "dumper/table_locks.hpp"

namespace pgark::dumper {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

class CopyWorker {
 public:
  CopyWorker(protocol::Connection& connection, CopyPool& pool, CopyWorkerOptions options,
             async::JobGroup& jobs)
      : connection_(connection), pool_(pool), options_(std::move(options)), jobs_(jobs) {}

  asio::awaitable<void> run() {
    while (const auto piece = pool_.scheduler.next(options_.worker)) {
      const auto begun = Clock::now();
      const std::uint64_t text_bytes = co_await copy(*piece);
      const std::chrono::duration<double> elapsed = Clock::now() - begun;
      pool_.events.progress.bytes_total.store(pool_.forecast.add(piece->bytes, text_bytes),
                                              std::memory_order_relaxed);
      if (pool_.scheduler.finished(options_.worker, elapsed.count())) {
        pool_.events.progress.steps_done.fetch_add(1, std::memory_order_relaxed);
      }
    }
  }

 private:
  asio::awaitable<std::uint64_t> copy(const Piece& piece) {
    const DataObject& object = pool_.objects[piece.object];
    try {
      if (object.foreign) co_return co_await copy_foreign(object, piece);
      const bool lockable = object.source == RowSource::table;
      if (lockable && !options_.holds_locks && locked_.insert(piece.object).second) {
        co_await lock_table_at_once(connection_, object.qualified_sql);
      }
      co_return co_await copy_rows(object, piece);
    } catch (const Exception& exception) {
      Error error = explain_standby_conflict(exception.error(), pool_.in_recovery);
      if (error.object.empty()) error.object = object.qualified_sql;
      throw Exception(std::move(error));
    }
  }

  // A failure in between ends the dump, so the setting need not be given back then.
  asio::awaitable<std::uint64_t> copy_foreign(const DataObject& object, const Piece& piece) {
    std::string allow = restrict_relations_sql(/*foreign_tables=*/false);
    co_await connection_.execute(std::move(allow));
    const std::uint64_t text_bytes = co_await copy_rows(object, piece);
    std::string forbid = restrict_relations_sql(/*foreign_tables=*/true);
    co_await connection_.execute(std::move(forbid));
    co_return text_bytes;
  }

  asio::awaitable<std::uint64_t> copy_rows(const DataObject& object, const Piece& piece) {
    co_await connection_.begin_copy_out(copy_statement(object, piece));
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
    jobs_.submit([&chunks = pool_.chunks, position, shared] { chunks.store(position, **shared); });
  }

  protocol::Connection& connection_;
  CopyPool& pool_;
  const CopyWorkerOptions options_;
  async::JobGroup& jobs_;
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
