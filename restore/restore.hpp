// Restores an archive into a database: ARCHITECTURE section 5.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/async/cpu_pool.hpp"
#include "base/events.hpp"
#include "format/reader.hpp"
#include "protocol/params/connect_params.hpp"
#include "restore/options.hpp"

namespace pgark::restore {

class RowFeed;

// An entry that failed or was skipped because of a failed one.
struct FailedEntry {
  format::EntryId entry = 0;
  std::string kind, name;
  Error error;
  bool skipped = false;  // not tried: something it needs failed
};

struct RestoreOutcome {
  std::uint64_t entries_done = 0, rows = 0, raw_bytes = 0, row_bytes = 0;
  std::uint64_t rows_before = 0;    // of `rows`, those that an attempt which was cut off has loaded
  std::vector<FailedEntry> failed;  // in the order they happened; empty = everything restored
  // Entries that attach a partition to a table which is not there (lone_partitions.hpp).
  std::vector<format::EntryId> not_attached;
  std::string database;  // that was made for it (--create); empty: the one it was connected to

  // What the target does not have of what was chosen.
  std::set<format::EntryId> not_restored() const;
};

// Throws only when the restore cannot go on (connection lost, archive damaged, target not empty, mismatch,
// exit_on_error, cancelled); failed entries are otherwise collected and independent work goes on.
boost::asio::awaitable<RestoreOutcome> restore(boost::asio::any_io_executor executor, async::CpuPool& cpu,
                                               params::ConnectParams target, RestoreOptions options,
                                               const format::ArchiveReader& archive, EventSink& events);

// Returns when the feed has its table of contents. The feed outlives it.
boost::asio::awaitable<void> await_toc(RowFeed& feed);

// The same while the rows are still coming: returns when
// the feed has come to its end and everything is loaded. It cannot be resumed. REQUIRES: await_toc() has
// returned. The feed outlives it.
boost::asio::awaitable<RestoreOutcome> restore_live(boost::asio::any_io_executor executor,
                                                    async::CpuPool& cpu, params::ConnectParams target,
                                                    RestoreOptions options, RowFeed& feed, EventSink& events);

}  // namespace pgark::restore
