#include "base/async/wakeup.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace pgark::async {

namespace asio = boost::asio;

Wakeup::Wakeup(asio::any_io_executor owner)
    : timer_(std::make_shared<asio::steady_timer>(owner, asio::steady_timer::time_point::max())) {
  notifier_ = [owner, weak = std::weak_ptr(timer_)] {
    if (auto timer = weak.lock()) asio::post(owner, [timer = std::move(timer)] { timer->cancel(); });
  };
}

asio::awaitable<void> Wakeup::wait() {
  const auto timer = timer_;
  co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
}

}  // namespace pgark::async
