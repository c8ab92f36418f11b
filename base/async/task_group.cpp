#include "base/async/task_group.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <cassert>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include "base/async/completion.hpp"

namespace pgark::async {

struct TaskGroup::State {
  explicit State(const asio::any_io_executor& owner) : completion(std::make_shared<Completion>(owner)) {}

  void cancel_locked() {
    if (std::exchange(cancelled, true)) return;
    for (const auto& child : children) child->cancel();
  }

  // Keeps the first failure. Whatever comes after a cancellation is a consequence of it.
  void finish(const std::shared_ptr<Spawned>& child, std::exception_ptr error) {
    {
      const std::lock_guard lock(mutex);
      std::erase(children, child);
      if (error && !cancelled) {
        first_error = std::move(error);
        cancel_locked();
      }
    }
    completion->done();
  }

  std::mutex mutex;
  std::vector<std::shared_ptr<Spawned>> children;  // still running
  std::exception_ptr first_error;
  bool cancelled = false;
  std::shared_ptr<Completion> completion;
};

TaskGroup::TaskGroup(asio::any_io_executor owner) : state_(std::make_shared<State>(owner)) {}

TaskGroup::~TaskGroup() {
  assert(state_->completion->outstanding() == 0);
}

void TaskGroup::spawn(asio::any_io_executor executor, Task task) {
  const auto child = std::make_shared<Spawned>(std::move(executor));
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->cancelled) return;
    state_->children.push_back(child);
    state_->completion->add();
  }
  // A sibling's failure may cancel the child from here on, before it has begun.
  child->start(std::move(task),
               [state = state_, child](std::exception_ptr error) { state->finish(child, std::move(error)); });
}

void TaskGroup::cancel() {
  const std::lock_guard lock(state_->mutex);
  state_->cancel_locked();
}

void TaskGroup::fail(std::exception_ptr error) {
  const std::lock_guard lock(state_->mutex);
  if (state_->cancelled) return;
  state_->first_error = std::move(error);
  state_->cancel_locked();
}

asio::awaitable<void> TaskGroup::join() {
  const auto state = state_;
  co_await asio::this_coro::throw_if_cancelled(false);
  bool interrupted =
      (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none;
  if (interrupted) cancel();
  while (co_await state->completion->wait()) {
    interrupted = true;
    cancel();
  }
  co_await asio::this_coro::throw_if_cancelled(true);
  std::exception_ptr error;
  {
    const std::lock_guard lock(state->mutex);
    error = std::exchange(state->first_error, nullptr);
  }
  if (error) std::rethrow_exception(error);
  if (interrupted) throw boost::system::system_error(asio::error::operation_aborted);
}

}  // namespace pgark::async
