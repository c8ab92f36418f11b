// A counter that a coroutine can wait on until it falls to zero. Internal to base/async.
//
// Thread rule: add() and done() from any thread; wait() on the owner's executor, which must run one
// handler at a time (a strand, or an io_context with one thread). Shared ownership: whoever will call
// done() keeps the counter alive.
// Lifetime: once wait() has returned, no thread that called done() touches the owner's io_context any more,
// nor holds anything that lives on it; the context may then be destroyed while the caller's thread lives on.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <memory>
#include <mutex>

namespace pgark::async {

class Completion : public std::enable_shared_from_this<Completion> {
 public:
  explicit Completion(boost::asio::any_io_executor owner);

  void add();
  void done() { done(shared_from_this(), nullptr); }
  // As done(), and gives both references up before a waiter can see the count fall.
  // REQUIRES: neither is the last one (whoever waits holds its own).
  static void done(std::shared_ptr<Completion> self, std::shared_ptr<void> holder);
  std::size_t outstanding() const;

  // Waits for zero. A cancellation of the waiting coroutine makes it return early (once) with true, so that
  // the caller can pass the cancellation on and wait again; false means zero was reached. REQUIRES: the
  // coroutine has switched throw_if_cancelled off.
  boost::asio::awaitable<bool> wait();

 private:
  // Free of the io_context, so that a thread may hold it to the end.
  struct Count {
    std::mutex mutex;
    std::size_t outstanding = 0;
  };

  const std::shared_ptr<Count> count_ = std::make_shared<Count>();
  boost::asio::any_io_executor owner_;
  boost::asio::steady_timer wake_up_;  // touched on the owner's executor only
};

}  // namespace pgark::async
