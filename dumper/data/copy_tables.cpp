#include "dumper/data/copy_tables.hpp"

#include <algorithm>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <optional>

#include "base/async/task_group.hpp"
#include "dumper/data/copy_worker.hpp"

namespace pgark::dumper {
namespace {

namespace asio = boost::asio;

// Room for the row that crosses the limit, so that a buffer of usual rows does not grow.
constexpr std::size_t kRowSlackBytes = std::size_t{128} << 10;

constexpr int kWorkerConnectSeconds = 10;

// One buffer for every reader to fill, two for every CPU thread (one in work, one waiting), and two to spare.
std::size_t buffer_count(std::size_t workers, std::size_t cpu_threads) {
  return workers + 2 * cpu_threads + 2;
}

// A further connection, or null: the others do its work then. The leader holds locks on catalogs, so a VACUUM
// FULL of one makes a new session wait for itself to end; and a server may have no more connections to give.
asio::awaitable<std::unique_ptr<protocol::Connection>> connect_worker(asio::any_io_executor strand,
                                                                      const CopyTablesInput& input) {
  params::ConnectParams source = input.source;
  if (source.connect_timeout_s == 0) source.connect_timeout_s = kWorkerConnectSeconds;
  try {
    co_return co_await protocol::Connection::connect(strand, std::move(source), input.on_notice);
  } catch (const Exception& exception) {
    input.events.message(Severity::warning, "going on with one connection less: " + exception.error().message,
                         {});
  }
  co_return nullptr;
}

asio::awaitable<void> run_worker(asio::any_io_executor strand, CopyTablesInput& input, CopyPool& pool,
                                 CopyWorkerOptions options) {
  const std::unique_ptr<protocol::Connection> connection = co_await connect_worker(strand, input);
  if (!connection) co_return;
  input.running.add(*connection);
  co_await pin_session(*connection, input.options.session);
  co_await import_snapshot(*connection, input.snapshot);
  co_await copy_pieces(*connection, pool, std::move(options));
  co_await connection->close();
}

void announce(const CopyTablesInput& input, std::size_t workers, const BufferPool& buffers) {
  Progress& progress = input.events.progress;
  progress.bytes_done = 0;
  progress.bytes_total = input.plan.bytes;
  progress.steps_done = 0;
  progress.steps_total = input.plan.tables.size();
  const std::size_t mebibytes = buffers.count() * buffers.capacity_bytes() >> 20;
  input.events.message(Severity::info,
                       "copying " + std::to_string(input.plan.tables.size()) + " tables through " +
                           std::to_string(workers) + (workers == 1 ? " connection" : " connections") +
                           " with at most " + std::to_string(mebibytes) + " MiB of row buffers",
                       {});
}

}  // namespace

params::ConnectParams pinned_to(params::ConnectParams source, const std::string& peer) {
  std::erase_if(source.hosts, [&](const params::HostAddress& host) { return host.describe() != peer; });
  return source;
}

void RunningConnections::add(const protocol::Connection& connection) {
  const std::lock_guard lock(mutex_);
  handles_.push_back(connection.cancel_handle());
}

asio::awaitable<void> RunningConnections::cancel_all(asio::any_io_executor executor) {
  std::vector<protocol::CancelHandle> handles;
  {
    const std::lock_guard lock(mutex_);
    handles.swap(handles_);
  }
  async::TaskGroup group(executor);
  for (const protocol::CancelHandle& handle : handles) {
    const async::Task task = [&handle] { return handle.cancel(); };
    group.spawn(executor, task);
  }
  try {
    co_await group.join();
  } catch (const std::exception&) {
    // Best effort: the failure that brought us here is the one to report.
  }
}

asio::awaitable<void> copy_tables(protocol::Connection& leader, CopyTablesInput input) {
  const std::size_t jobs = static_cast<std::size_t>(std::max(input.options.jobs, 1));
  const std::size_t workers = input.plan.useful_workers(jobs);
  if (workers == 0) co_return;
  input.source = pinned_to(std::move(input.source), leader.peer());
  const asio::any_io_executor owner = co_await asio::this_coro::executor;

  std::optional<BufferPool> own_buffers;
  if (input.output.buffers() == nullptr) {
    own_buffers.emplace(buffer_count(workers, input.cpu.thread_count()),
                        input.options.chunk_bytes + kRowSlackBytes);
  }
  CopyPool pool{.objects = input.objects,
                .cpu = input.cpu,
                .events = input.events,
                .scheduler = RangeScheduler(input.plan.tables, workers),
                .buffers = own_buffers ? *own_buffers : *input.output.buffers(),
                .chunks = ChunkSink(input.objects, input.output, input.events.progress),
                .forecast = SizeForecast(input.plan.bytes),
                .chunk_bytes = input.options.chunk_bytes,
                .in_recovery = input.snapshot.in_recovery,
                .tables_locked = input.tables_locked};
  announce(input, workers, pool.buffers);

  async::TaskGroup group(owner);
  const auto on_failure = [&group](std::exception_ptr error) { group.fail(std::move(error)); };
  const async::Task lead = [&] { return copy_pieces(leader, pool, {0, true, on_failure}); };
  group.spawn(owner, lead);
  for (std::size_t i = 1; i < workers; ++i) {
    const asio::any_io_executor strand = asio::make_strand(input.executor);
    const async::Task task = [&, strand, i] {
      return run_worker(strand, input, pool, {i, false, on_failure});
    };
    group.spawn(strand, task);
  }
  co_await group.join();
  value_or_throw(pool.chunks.check_counts());
}

}  // namespace pgark::dumper
