// The runner of real steps: one connection, opened when the first step comes, that runs DDL and loads rows.
//
// Thread rule: executor(). The parameters' owner (restore.cpp) outlives it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/connection.hpp"
#include "restore/chunk_stream.hpp"
#include "restore/ddl_runner.hpp"
#include "restore/journal.hpp"
#include "restore/loader.hpp"
#include "restore/options.hpp"
#include "restore/scheduler.hpp"
#include "restore/session.hpp"
#include "restore/transaction_group.hpp"

namespace pgark::restore {

// What all workers of a restore share, constant while they work.
struct WorkerContext {
  params::ConnectParams target;
  SessionChoice session;
  RestoreOptions options;
  ChunkDecoder* decoder = nullptr;
  EventSink* events = nullptr;
  int source_version_num = 0;
  bool all_rows_as_text = false;
  const Journal* journal = nullptr;  // null: nothing is recorded
  // Of a plan with live steps.
  LiveLoads* live = nullptr;
  async::CpuPool* cpu = nullptr;
};

class Worker final : public StepRunner {
 public:
  // `connection`: its number, for the events.
  Worker(boost::asio::any_io_executor executor, const WorkerContext& context, std::size_t connection = 0);
  // Takes over a prepared connection, which runs on the same executor.
  void adopt(std::unique_ptr<protocol::Connection> connection);
  // From here on what it does is recorded, if the context has a journal. REQUIRES: connected.
  boost::asio::awaitable<void> record();

  boost::asio::any_io_executor executor() const override { return executor_; }
  boost::asio::awaitable<StepOutcome> run(const Step& step, const std::atomic<bool>& abandon) override;

  // Runs units in their order, as DdlRunner::run does. `what`: the name of this work for the events, a
  // constant.
  boost::asio::awaitable<void> run_units(std::vector<DdlUnit> units, DdlRunner::Callbacks callbacks,
                                         std::string_view what);

  // What no step is: the connection is opened before, and a statement that still runs is known to
  // unfinished().
  boost::asio::awaitable<void> run_beside_steps(
      std::function<boost::asio::awaitable<void>(protocol::Connection&)> work, std::string_view what);

  // From here on everything runs in transactions of so many entries (0: one), until end_transactions().
  boost::asio::awaitable<std::optional<Error>> conclude(const Step& step, bool commit) override;

  // REQUIRES: connected.
  boost::asio::awaitable<void> begin_transactions(std::size_t entries_max);
  boost::asio::awaitable<void> end_transactions();

  // A transaction in which each statement may fail by itself, and nothing is recorded. REQUIRES: connected.
  boost::asio::awaitable<void> begin_last_transaction();
  boost::asio::awaitable<void> end_last_transaction();

  // Likewise, but its end takes all back.
  boost::asio::awaitable<void> begin_rehearsal();
  boost::asio::awaitable<void> end_rehearsal();

  // REQUIRES: connected.
  protocol::Connection& connection() { return *connection_; }
  // Set while a statement of this worker may still run on the server: after a run() that threw.
  std::optional<protocol::CancelHandle> unfinished() const;
  boost::asio::awaitable<void> close();

 private:
  using Clock = std::chrono::steady_clock;

  boost::asio::awaitable<void> connect();
  void tell(std::string_view what, Clock::time_point begin, bool rows) const;
  boost::asio::awaitable<StepOutcome> run_ddl(const Step& step);
  std::vector<DdlUnit> units_of(const Step& step) const;
  void forgive_invalid_key(const Step& step, StepOutcome& outcome) const;
  boost::asio::awaitable<LoadResult> run_load(const Step& step, const std::atomic<bool>& abandon);
  RowConversion row_conversion(const Step& step) const;

  boost::asio::any_io_executor executor_;
  const WorkerContext& context_;
  const std::size_t number_;
  std::unique_ptr<protocol::Connection> connection_;
  std::optional<TransactionGroup> transactions_;
  std::optional<DdlRunner> ddl_;
  bool busy_ = false;
};

}  // namespace pgark::restore
