// One connection that copies pieces of tables until there are none left.
//
//   range -> COPY TO STDOUT -> rows in a leased buffer -> CPU pool: encode, append -> buffer back
//
// The reader waits only when every buffer is under way; then it stops reading, and TCP makes the server wait.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <span>

#include "base/async/cpu_pool.hpp"
#include "base/buffer_pool.hpp"
#include "base/events.hpp"
#include "dumper/data/chunk_sink.hpp"
#include "dumper/data/range_scheduler.hpp"
#include "dumper/data/size_forecast.hpp"
#include "protocol/connection.hpp"

namespace pgark::dumper {

// What all workers of a dump share. Outlives them; its members lock for themselves.
struct CopyPool {
  std::span<const DataObject> objects;
  async::CpuPool& cpu;
  EventSink& events;
  RangeScheduler scheduler;
  BufferPool& buffers;
  ChunkSink chunks;
  SizeForecast forecast;
  std::size_t chunk_bytes;  // raw size at which a chunk is closed
  bool in_recovery;         // the server is a standby
  bool tables_locked;       // by the leader; otherwise each is locked for each piece of it
};

struct CopyWorkerOptions {
  std::size_t worker = 0;    // number of this worker, for the scheduler
  bool holds_locks = false;  // the leader: it has locked every table already
  // Called on a CPU thread when a chunk cannot be stored; must stop the worker's coroutine.
  std::function<void(std::exception_ptr)> on_failure;
};

// REQUIRES: `connection` is inside a transaction with the dump's snapshot; it runs on the calling
// coroutine's executor. Returns when there is nothing left to take and all its chunks are in the archive.
boost::asio::awaitable<void> copy_pieces(protocol::Connection& connection, CopyPool& pool,
                                         CopyWorkerOptions options);

}  // namespace pgark::dumper
