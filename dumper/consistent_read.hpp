// Snapshot, locks and catalogs of a dump, all of one moment (SCHEMA_COVERAGE A2, A3).
//
// Objects may change between the snapshot and the reading of their definitions, because the server builds
// these from what is committed by then. Tables are locked; that nothing else has changed is checked
// afterwards. When something has, everything is read again with a new snapshot, kReadAttempts times in all.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>

#include "base/async/cpu_pool.hpp"
#include "base/events.hpp"
#include "dumper/catalog/model.hpp"
#include "dumper/data/copy_tables.hpp"
#include "dumper/options.hpp"
#include "dumper/session.hpp"
#include "protocol/connection.hpp"
#include "protocol/params/connect_params.hpp"

namespace pgark::dumper {

inline constexpr int kReadAttempts = 5;

struct ConsistentRead {
  Snapshot snapshot;
  Catalog catalog;
  // False when --lock-budget forbids to lock all tables: then each is locked only while its rows are read.
  bool tables_locked = true;
};

struct ConsistentReadInput {
  const params::ConnectParams& source;  // for the session that looks a second time
  const DumpOptions& options;
  protocol::NoticeHandler on_notice;
  EventSink& events;
  RunningConnections& running;
  async::CpuPool& cpu;
  // Runs on the CPU pool while what was read is being checked; once for each attempt that got so far.
  std::function<void(const ConsistentRead&)> meanwhile;
};

// REQUIRES: pin_session(leader); no transaction. Leaves the leader inside the transaction of the snapshot.
// Throws Exception: snapshot naming what changed under every attempt, or telling which setting gives room for
// the locks; server, when something may not be read, after an event for each such object; else as
// read_catalog does.
boost::asio::awaitable<ConsistentRead> read_consistently(protocol::Connection& leader,
                                                         ConsistentReadInput input);

}  // namespace pgark::dumper
