// Copies the rows of all tables into the archive through several connections that share the leader's
// snapshot.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/async/cpu_pool.hpp"
#include "base/events.hpp"
#include "dumper/data/data_object.hpp"
#include "dumper/data/data_plan.hpp"
#include "dumper/dump_output.hpp"
#include "dumper/options.hpp"
#include "dumper/session.hpp"
#include "protocol/connection.hpp"

namespace pgark::dumper {

// The connections whose statements must be cancelled on the server when the dump fails. Thread rule: any
// thread.
class RunningConnections {
 public:
  void add(const protocol::Connection& connection);
  // Asks the server to cancel what they do, all at once, and waits for it. Never throws. REQUIRES: the
  // caller's coroutine is not under cancellation (reset_cancellation_state).
  boost::asio::awaitable<void> cancel_all(boost::asio::any_io_executor executor);

 private:
  std::mutex mutex_;
  std::vector<protocol::CancelHandle> handles_;
};

// `source` with only the host that the leader reached: the snapshot lives there. `peer`: of the leader.
params::ConnectParams pinned_to(params::ConnectParams source, const std::string& peer);

struct CopyTablesInput {
  boost::asio::any_io_executor
      executor;  // of the io_context; every further connection gets a strand of its own
  async::CpuPool& cpu;
  params::ConnectParams source;
  protocol::NoticeHandler on_notice;
  const Snapshot& snapshot;
  std::span<const DataObject> objects;
  const DataPlan& plan;
  const DumpOptions& options;
  DumpOutput& output;
  EventSink& events;
  RunningConnections& running;
  bool tables_locked = true;  // by the leader
};

// The leader copies as well: -j N means N connections, and -j 1 needs a single one (a second one is there
// while catalogs are read). REQUIRES: the calling coroutine runs on the leader's executor, which runs one
// handler at a time. Throws the first failure, when all other workers have stopped.
boost::asio::awaitable<void> copy_tables(protocol::Connection& leader, CopyTablesInput input);

}  // namespace pgark::dumper
