#include "base/async/completion.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cassert>

namespace pgark::async {

namespace asio = boost::asio;

Completion::Completion(asio::any_io_executor owner) : owner_(owner), wake_up_(owner) {}

void Completion::add() {
  const std::lock_guard lock(count_->mutex);
  ++count_->outstanding;
}

void Completion::done(std::shared_ptr<Completion> self, std::shared_ptr<void> holder) {
  const std::shared_ptr<Count> count = self->count_;
  const std::lock_guard lock(count->mutex);
  assert(count->outstanding > 0);
  // Posted, not called: it cannot overtake a wait that has seen a non-zero count and is about to suspend.
  // While the lock is held nobody sees zero, so the context is still there.
  if (count->outstanding == 1) asio::post(self->owner_, [self] { self->wake_up_.cancel(); });
  holder.reset();
  self.reset();
  --count->outstanding;
}

std::size_t Completion::outstanding() const {
  const std::lock_guard lock(count_->mutex);
  return count_->outstanding;
}

asio::awaitable<bool> Completion::wait() {
  const auto self = shared_from_this();
  const auto before = (co_await asio::this_coro::cancellation_state).cancelled();
  while (outstanding() != 0) {
    wake_up_.expires_at(asio::steady_timer::time_point::max());
    co_await wake_up_.async_wait(asio::as_tuple(asio::use_awaitable));
    const auto now = (co_await asio::this_coro::cancellation_state).cancelled();
    if (now != before && outstanding() != 0) co_return true;
  }
  co_return false;
}

}  // namespace pgark::async
