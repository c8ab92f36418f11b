// Wakes the coroutines that wait on one executor, from any thread.
//
// Who waits looks first at what it waits for, and between that look and wait() it must not be suspended: a
// notify() of that moment is then not lost. Lifetime: waiters end before it does; a notifier() may outlive
// it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

namespace pgark::async {

class Wakeup {
 public:
  // `owner` runs one handler at a time (a strand).
  explicit Wakeup(boost::asio::any_io_executor owner);

  void notify() { notifier_(); }
  const std::function<void()>& notifier() const { return notifier_; }

  // On the owner: until the next notify(). Cancelling throws boost::system::system_error (operation_aborted).
  boost::asio::awaitable<void> wait();

 private:
  std::shared_ptr<boost::asio::steady_timer> timer_;  // never expires; touched on the owner only
  std::function<void()> notifier_;
};

}  // namespace pgark::async
