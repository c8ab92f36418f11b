// The runner of real steps: one connection, opened when the first step comes, that runs DDL and loads rows.
//
// Thread rule: executor(). The parameters' owner (restore.cpp) outlives it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>
#include <string>

#include "protocol/connection.hpp"
#include "restore/chunk_stream.hpp"
#include "restore/ddl_runner.hpp"
#include "restore/journal.hpp"
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
};

class Worker final : public StepRunner {
 public:
  Worker(boost::asio::any_io_executor executor, const WorkerContext& context);
  // Takes over a prepared connection, which runs on the same executor.
  void adopt(std::unique_ptr<protocol::Connection> connection);
  // From here on what it does is recorded, if the context has a journal. REQUIRES: connected.
  boost::asio::awaitable<void> record();
  void record_no_more();  // REQUIRES: no step is running

  boost::asio::any_io_executor executor() const override { return executor_; }
  boost::asio::awaitable<StepOutcome> run(const Step& step, const std::atomic<bool>& abandon) override;

  // Runs units in their order, as DdlRunner::run does.
  boost::asio::awaitable<void> run_units(std::vector<DdlUnit> units, DdlRunner::Callbacks callbacks);

  // From here on everything runs in transactions of so many entries (0: one), until end_transactions().
  boost::asio::awaitable<std::optional<Error>> conclude(const Step& step, bool commit) override;

  // REQUIRES: connected.
  boost::asio::awaitable<void> begin_transactions(std::size_t entries_max);
  boost::asio::awaitable<void> end_transactions();

  // REQUIRES: connected.
  protocol::Connection& connection() { return *connection_; }
  // Set while a statement of this worker may still run on the server: after a run() that threw.
  std::optional<protocol::CancelHandle> unfinished() const;
  boost::asio::awaitable<void> close();

 private:
  boost::asio::awaitable<void> connect();
  boost::asio::awaitable<StepOutcome> run_ddl(const Step& step);
  RowConversion row_conversion(const Step& step) const;

  boost::asio::any_io_executor executor_;
  const WorkerContext& context_;
  std::unique_ptr<protocol::Connection> connection_;
  std::optional<TransactionGroup> transactions_;
  std::optional<DdlRunner> ddl_;
  bool busy_ = false;
};

}  // namespace pgark::restore
