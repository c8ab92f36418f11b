// A coroutine on an executor of its own that may be cancelled at any moment: before it begins, while it runs,
// as it ends. Every coroutine of this program is started through this class, TaskGroup or run_on().
//
// Boost's co_spawn (1.81) does not hold in three places, each seen as a crash or as a lost interrupt:
// - a cancellation that overtakes the beginning throws out of io_context::run(), which takes the context
//   apart under all other coroutines; so does one of a coroutine that ends without ever being
//   suspended;
// - a slot connected on one thread while a signal is emitted on another is a race, and the signal may
//   get lost;
// - awaited from another strand, its cancellation is posted with a pointer into the waiting coroutine,
//   which may be gone by then.
// Here a cancellation is posted to the coroutine's own executor, with shared ownership, and the coroutine
// looks for it when it begins.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <exception>
#include <functional>
#include <memory>

namespace pgark::async {

namespace asio = boost::asio;
using Task = std::function<asio::awaitable<void>()>;

class Spawned : public std::enable_shared_from_this<Spawned> {
 public:
  using OnEnd = std::function<void(std::exception_ptr failure)>;

  // REQUIRES: `executor` runs one handler at a time (a strand, or a context with one thread), and the object
  // is owned by a shared_ptr.
  explicit Spawned(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  // Begins `task`, which is kept alive until its coroutine has ended; then calls `on_end` once, on the
  // executor. A task cancelled before it begins does not run: it ends with operation_aborted. Call at most
  // once.
  void start(Task task, OnEnd on_end);

  // Asks the coroutine to stop (asio cancellation, terminal). Any thread, any number of times.
  void cancel();

 private:
  static asio::awaitable<void> run(std::shared_ptr<Spawned> self);

  asio::any_io_executor executor_;
  // What follows is touched on the executor only, once start() has returned.
  Task task_;
  asio::cancellation_signal stop_;
  bool begun_ = false;
  bool cancelled_ = false;
  bool ended_ = false;
};

}  // namespace pgark::async
