#include "restore/proof/row_reading.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/array_text.hpp"
#include "base/async/async_buffer.hpp"
#include "base/async/task_group.hpp"
#include "format/columnar/columnar.hpp"
#include "restore/ddl_runner.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using protocol::Connection;

namespace {

constexpr std::size_t kBufferBytes = std::size_t{4} << 20;
// One being filled, one being digested.
constexpr std::size_t kBuffersPerConnection = 2;
// Before this version a range of pages is looked for in all of them.
constexpr int kRangesSince = 140000;

// Size of the heap; NULL: there is no such table.
constexpr const char* kSizesSql =
    "SELECT CASE WHEN c.relkind = 'r' THEN pg_catalog.pg_relation_size(c.oid) WHEN c.oid IS NOT NULL THEN 0 "
    "END,"
    " pg_catalog.current_setting('block_size') FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY "
    "t"
    " (name, place) LEFT JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(t.name) ORDER BY "
    "t.place";

class RowReading {
 public:
  RowReading(std::span<const RowCheck> checks, std::size_t connections, async::CpuPool& cpu,
             EventSink& events)
      : checks_(checks),
        cpu_(cpu),
        events_(events),
        buffers_(connections * kBuffersPerConnection, kBufferBytes),
        results_(checks.size()) {}

  asio::awaitable<void> plan(Connection& connection, int jobs) {
    std::vector<ArrayItem> names;
    for (const RowCheck& check : checks_) names.emplace_back(check.relation_sql);
    std::vector<protocol::Statement> statements(1);
    statements[0].sql = kSizesSql;
    statements[0].parameters.push_back(encode_text_array(names));
    const std::vector<wire::ResultSet> results = co_await connection.pipeline(std::move(statements));
    const wire::ResultSet& found = results.front();
    const bool ranges = connection.server_version_num() >= kRangesSince;
    std::vector<HeapSize> sizes(checks_.size());
    std::uint32_t block_bytes = 8192;
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      sizes[i].bytes = static_cast<std::uint64_t>(found.integer(i, 0));
      sizes[i].in_ranges = ranges && checks_[i].only && !checks_[i].foreign;
      block_bytes = static_cast<std::uint32_t>(found.integer(i, 1, block_bytes));
      total += sizes[i].bytes;
    }
    pieces_ = row_pieces(checks_, sizes, jobs, block_bytes);
    events_.progress.bytes_total = total;
    events_.progress.steps_total = pieces_.size();
  }

  // Takes pieces until none is left. Jobs hold buffers of this object: they are waited for, whatever happens.
  asio::awaitable<void> work(Connection& connection) {
    async::JobGroup jobs(cpu_, connection.executor());
    std::exception_ptr failure;
    try {
      for (std::size_t next = next_piece_++; next < pieces_.size(); next = next_piece_++)
        co_await read(connection, pieces_[next], jobs);
    } catch (...) {
      failure = std::current_exception();
      jobs.drop_waiting();
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    try {
      co_await jobs.wait();
    } catch (const Exception&) {
      if (!failure) failure = std::current_exception();
    }
    co_await asio::this_coro::throw_if_cancelled(true);
    if (failure) std::rethrow_exception(failure);
  }

  std::vector<RowsRead> take_results() { return std::move(results_); }

 private:
  asio::awaitable<void> read(Connection& connection, const RowPiece& piece, async::JobGroup& jobs) {
    std::optional<Error> refused;
    try {
      std::string sql = copy_out_sql(checks_[piece.check], piece);
      co_await connection.begin_copy_out(std::move(sql));
      for (bool more = true; more;) {
        BufferLease rows = co_await async::acquire(buffers_);
        more = co_await connection.read_copy(*rows, kBufferBytes);
        if (!rows->empty()) digest(piece.check, std::move(rows), jobs);
      }
    } catch (const Exception& exception) {
      if (!is_statement_failure(exception.error(), connection)) throw;
      refused = exception.error();
    }
    if (refused) {
      const std::lock_guard lock(mutex_);
      results_[piece.check].error = std::move(refused);
    }
    events_.progress.bytes_done += piece.bytes;
    ++events_.progress.steps_done;
  }

  void digest(std::size_t check, BufferLease rows, async::JobGroup& jobs) {
    const auto shared = std::make_shared<BufferLease>(std::move(rows));
    jobs.submit([this, check, shared] {
      const ByteSpan bytes(**shared);
      const format::RowTotals totals = checks_[check].binary
                                           ? value_or_throw(format::columnar::digest_binary_rows(bytes))
                                           : format::digest_text_rows(bytes);
      events_.progress.rows_done += totals.rows;
      const std::lock_guard lock(mutex_);
      results_[check].totals.rows += totals.rows;
      results_[check].totals.digest += totals.digest;
    });
  }

  const std::span<const RowCheck> checks_;
  async::CpuPool& cpu_;
  EventSink& events_;
  BufferPool buffers_;
  std::vector<RowPiece> pieces_;
  std::atomic<std::size_t> next_piece_{0};
  std::mutex mutex_;
  std::vector<RowsRead> results_;  // guarded by mutex_
};

}  // namespace

asio::awaitable<std::vector<RowsRead>> read_rows(std::span<const std::unique_ptr<Connection>> connections,
                                                 std::span<const RowCheck> checks, async::CpuPool& cpu,
                                                 EventSink& events) {
  RowReading reading(checks, connections.size(), cpu, events);
  Connection& first = *connections.front();
  co_await reading.plan(first, static_cast<int>(connections.size()));
  async::TaskGroup group(first.executor());
  for (const std::unique_ptr<Connection>& connection : connections) {
    async::Task task = [&reading, &connection = *connection] { return reading.work(connection); };
    group.spawn(connection->executor(), std::move(task));
  }
  co_await group.join();
  co_return reading.take_results();
}

}  // namespace pgark::restore
