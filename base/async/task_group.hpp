// Runs coroutines as siblings: the chronologically first failure wins, the others are cancelled,
// and the aborts that follow from the cancellation are dropped.
//
// Boost's `a && b` loses the cause of a failure (it reports "Operation canceled"), which is why
// this class exists. Lifetime: the group outlives its children; destroy it only after join().
// Thread rule: spawn(), cancel() and join() on the executor of the owning coroutine; children run
// on the executor given to spawn().
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>

#include "base/async/spawned.hpp"

namespace pgark::async {

class TaskGroup {
 public:
  explicit TaskGroup(asio::any_io_executor owner);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup();  // asserts that join() has completed

  // Starts `task` on `executor` (give each connection a strand). The callable is kept alive until
  // the coroutine ends, so a capturing lambda is safe.
  void spawn(asio::any_io_executor executor, Task task);

  // Cancels every child that still runs (asio cancellation, terminal). Also from other threads.
  void cancel();

  // Records a failure that happened outside a coroutine (a CPU job) and cancels the children. Any thread.
  void fail(std::exception_ptr error);

  // Waits for all children, then rethrows the first failure if there was one. When the owner is
  // itself cancelled, the children are cancelled too and waited for.
  asio::awaitable<void> join();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pgark::async
