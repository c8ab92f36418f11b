// A restore beside what feeds it: the same for pgark copy and pgark restore -.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>

#include "base/async/task_group.hpp"
#include "cli/restore_result.hpp"
#include "cli/runtime.hpp"
#include "restore/live/row_feed.hpp"

namespace pgark::cli {

struct LiveRestore {
  params::ConnectParams target;
  restore::RestoreOptions options;
  bool verify = false;
  std::function<void()> on_begin = {};  // the table of contents is there; may be empty
};

// Buffers that a restore through so many connections keeps busy, beside those that its source fills.
std::size_t live_buffer_count(int jobs);

// Runs `source`, which fills the feed, and the restore; the first failure of either ends both. What it throws
// says what has become of the target.
boost::asio::awaitable<RestoreResult> restore_beside(RuntimeTools tools, async::Task source,
                                                     restore::RowFeed& feed, LiveRestore restore,
                                                     Console& console);

}  // namespace pgark::cli
