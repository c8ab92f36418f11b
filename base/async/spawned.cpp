#include "base/async/spawned.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

namespace pgark::async {

void Spawned::start(Task task, OnEnd on_end) {
  task_ = std::move(task);
  auto ending = [self = shared_from_this(), on_end = std::move(on_end)](std::exception_ptr failure) {
    self->ended_ = true;
    self->task_ = nullptr;
    on_end(std::move(failure));
  };
  auto running = run(shared_from_this());
  asio::co_spawn(executor_, std::move(running),
                 asio::bind_cancellation_slot(stop_.slot(), std::move(ending)));
}

void Spawned::cancel() {
  asio::post(executor_, [self = shared_from_this()] {
    self->cancelled_ = true;
    if (self->begun_ && !self->ended_) self->stop_.emit(asio::cancellation_type::terminal);
  });
}

asio::awaitable<void> Spawned::run(std::shared_ptr<Spawned> self) {
  self->begun_ = true;
  std::exception_ptr failure;
  try {
    if (self->cancelled_) throw boost::system::system_error(asio::error::operation_aborted);
    co_await self->task_();
  } catch (...) {
    failure = std::current_exception();
  }
  // co_spawn awaits once more after this; that must not throw.
  co_await asio::this_coro::throw_if_cancelled(false);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace pgark::async
