#include "base/async/cpu_pool.hpp"

#include <atomic>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/system/system_error.hpp>
#include <cassert>
#include <mutex>
#include <utility>

#include "base/async/completion.hpp"

namespace pgark::async {

namespace {

constexpr std::size_t kNoThread = static_cast<std::size_t>(-1);
thread_local std::size_t thread_index = kNoThread;

}  // namespace

struct CpuPool::Impl {
  explicit Impl(std::size_t count) : thread_count(count), threads(count) {}
  const std::size_t thread_count;
  std::atomic<std::size_t> next_index{0};
  asio::thread_pool threads;  // last: its threads use the members above
};

CpuPool::CpuPool(std::size_t thread_count) : impl_(std::make_unique<Impl>(thread_count)) {
  assert(thread_count > 0);
}

CpuPool::~CpuPool() {
  impl_->threads.join();
}

std::size_t CpuPool::thread_count() const {
  return impl_->thread_count;
}

void CpuPool::post(std::function<void()> job) {
  asio::post(impl_->threads, [impl = impl_.get(), job = std::move(job)]() mutable {
    if (thread_index == kNoThread) thread_index = impl->next_index.fetch_add(1);
    job();
  });
}

std::size_t CpuPool::current_thread() {
  assert(thread_index != kNoThread);
  return thread_index;
}

struct JobGroup::State {
  State(CpuPool& cpu_pool, const asio::any_io_executor& owner,
        std::function<void(std::exception_ptr)> failure)
      : pool(cpu_pool), completion(std::make_shared<Completion>(owner)), on_failure(std::move(failure)) {}

  void fail(std::exception_ptr error) {
    {
      const std::lock_guard lock(mutex);
      if (first_error) return;
      first_error = error;
    }
    if (on_failure) on_failure(std::move(error));
  }

  CpuPool& pool;
  std::shared_ptr<Completion> completion;
  std::function<void(std::exception_ptr)> on_failure;
  std::stop_source dropping;
  std::mutex mutex;
  std::exception_ptr first_error;
};

JobGroup::JobGroup(CpuPool& pool, asio::any_io_executor owner,
                   std::function<void(std::exception_ptr)> on_failure)
    : state_(std::make_shared<State>(pool, owner, std::move(on_failure))) {}

JobGroup::~JobGroup() {
  assert(state_->completion->outstanding() == 0);
}

void JobGroup::submit(std::function<void()> job) {
  state_->completion->add();
  state_->pool.post([state = state_, job = std::move(job)]() mutable {
    try {
      if (!state->dropping.stop_requested()) job();
    } catch (...) {
      state->fail(std::current_exception());
    }
    job = nullptr;  // gives leases back before the waiter may go on
    auto completion = state->completion;
    Completion::done(std::move(completion), std::move(state));
  });
}

void JobGroup::drop_waiting() {
  state_->dropping.request_stop();
}

std::stop_token JobGroup::stop_token() const {
  return state_->dropping.get_token();
}

asio::awaitable<void> JobGroup::wait() {
  const auto state = state_;
  co_await asio::this_coro::throw_if_cancelled(false);
  while (co_await state->completion->wait()) {
  }
  const bool cancelled =
      (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none;
  co_await asio::this_coro::throw_if_cancelled(true);
  std::exception_ptr error;
  {
    const std::lock_guard lock(state->mutex);
    error = state->first_error;
  }
  if (error) std::rethrow_exception(error);
  if (cancelled) throw boost::system::system_error(asio::error::operation_aborted);
}

}  // namespace pgark::async
