#include "base/async/async_buffer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <memory>
#include <utility>

namespace pgark::async {

namespace asio = boost::asio;

namespace {

// Filled in on the waiting coroutine's executor.
struct Delivery {
  explicit Delivery(const asio::any_io_executor& executor)
      : wake_up(executor, asio::steady_timer::time_point::max()) {}
  asio::steady_timer wake_up;
  BufferLease lease;
};

}  // namespace

asio::awaitable<BufferLease> acquire(BufferPool& pool) {
  if (auto lease = pool.try_acquire()) co_return std::move(*lease);

  const auto executor = co_await asio::this_coro::executor;
  const auto delivery = std::make_shared<Delivery>(executor);
  std::function<void(BufferLease)> on_ready = [executor, delivery](BufferLease lease) {
    asio::post(executor, [delivery, lease = std::move(lease)]() mutable {
      delivery->lease = std::move(lease);
      delivery->wake_up.cancel();
    });
  };
  const std::uint64_t ticket = pool.acquire(std::move(on_ready));

  co_await asio::this_coro::throw_if_cancelled(false);
  bool cancelled = false;
  while (!delivery->lease) {
    co_await delivery->wake_up.async_wait(asio::as_tuple(asio::use_awaitable));
    cancelled = (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none;
    // A lease that is already on its way is awaited, so that none is left behind in the executor's queue.
    if (cancelled && !delivery->lease && ticket != 0 && pool.cancel_wait(ticket)) break;
  }
  co_await asio::this_coro::throw_if_cancelled(true);
  if (cancelled) throw boost::system::system_error(asio::error::operation_aborted);
  co_return std::move(delivery->lease);
}

}  // namespace pgark::async
