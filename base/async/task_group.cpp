#include "base/async/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <cassert>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include "base/async/completion.hpp"

namespace pgark::async {

namespace {

struct Child {
  asio::any_io_executor executor;
  asio::cancellation_signal signal;  // emitted on `executor` only
  Task task;                         // keeps a lambda's captures alive while its coroutine runs
};

}  // namespace

struct TaskGroup::State {
  explicit State(const asio::any_io_executor& owner) : completion(std::make_shared<Completion>(owner)) {}

  void cancel_locked() {
    if (std::exchange(cancelled, true)) return;
    for (const auto& child : children) {
      asio::post(child->executor, [child] { child->signal.emit(asio::cancellation_type::terminal); });
    }
  }

  // Keeps the first failure. Whatever comes after a cancellation is a consequence of it.
  void finish(const std::shared_ptr<Child>& child, std::exception_ptr error) {
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
  std::vector<std::shared_ptr<Child>> children;  // still running
  std::exception_ptr first_error;
  bool cancelled = false;
  std::shared_ptr<Completion> completion;
};

TaskGroup::TaskGroup(asio::any_io_executor owner) : state_(std::make_shared<State>(owner)) {}

TaskGroup::~TaskGroup() {
  assert(state_->completion->outstanding() == 0);
}

void TaskGroup::spawn(asio::any_io_executor executor, Task task) {
  const auto child = std::make_shared<Child>();
  child->executor = std::move(executor);
  child->task = std::move(task);
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->cancelled) return;
    state_->children.push_back(child);
    state_->completion->add();
  }
  auto on_end = [state = state_, child](std::exception_ptr error) { state->finish(child, std::move(error)); };
  asio::co_spawn(child->executor, child->task,
                 asio::bind_cancellation_slot(child->signal.slot(), std::move(on_end)));
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
