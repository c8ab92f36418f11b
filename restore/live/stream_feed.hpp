// An archive that is being written, read into a feed.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "base/async/cpu_pool.hpp"
#include "format/stream_reader.hpp"
#include "restore/live/row_feed.hpp"

namespace pgark::restore {

// Reads `source` to its end, on a thread of its own, and decodes its chunks on the pool, which checks them.
// Throws what StreamReader and ChunkCoder answer. REQUIRES: the calling coroutine's executor runs one handler
// at a time. Pool and feed outlive it.
boost::asio::awaitable<void> feed_stream(async::CpuPool& cpu,
                                         std::unique_ptr<format::SequentialSource> source, RowFeed& feed);

}  // namespace pgark::restore
