// Waiting for a buffer of a BufferPool inside a coroutine.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/buffer_pool.hpp"

namespace pgark::async {

// Suspends until a buffer is free. Cancelling throws boost::system::system_error
// (operation_aborted) and leaves the pool as it was.
boost::asio::awaitable<BufferLease> acquire(BufferPool& pool);

}  // namespace pgark::async
