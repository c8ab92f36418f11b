// TaskGroup, CpuPool, JobGroup and acquire() under success, failure and cancellation.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "base/async/async_buffer.hpp"
#include "base/async/cpu_pool.hpp"
#include "base/async/task_group.hpp"

namespace pgark::async {
namespace {

using namespace std::chrono_literals;

asio::awaitable<void> sleep_for(std::chrono::milliseconds duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> fail_after(std::chrono::milliseconds duration, const char* what) {
  co_await sleep_for(duration);
  throw std::runtime_error(what);
}

// Runs `main` on `threads` threads until everything has ended; returns what it threw.
std::string run(std::function<asio::awaitable<void>(asio::any_io_executor)> main, int threads = 2) {
  asio::io_context context;
  std::string thrown = "nothing";
  asio::any_io_executor executor = context.get_executor();
  Task task = [&main, executor] { return main(executor); };
  asio::co_spawn(asio::make_strand(context), task, [&](std::exception_ptr error) {
    try {
      if (error) std::rethrow_exception(error);
    } catch (const std::exception& e) {
      thrown = e.what();
    }
  });
  std::vector<std::thread> runners;
  for (int i = 0; i < threads; ++i) runners.emplace_back([&] { context.run(); });
  for (auto& runner : runners) runner.join();
  return thrown;
}

TEST(TaskGroup, WaitsForAllChildren) {
  std::atomic<int> finished = 0;
  const auto thrown = run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
    TaskGroup group(co_await asio::this_coro::executor);
    for (int i = 0; i < 20; ++i) {
      Task child = [&finished, i]() -> asio::awaitable<void> {
        co_await sleep_for(std::chrono::milliseconds(i % 5));
        ++finished;
      };
      group.spawn(asio::make_strand(executor), child);
    }
    co_await group.join();
    EXPECT_EQ(finished, 20);
  });
  EXPECT_EQ(thrown, "nothing");
}

TEST(TaskGroup, FirstFailureWinsAndCancelsSiblings) {
  std::atomic<int> aborted = 0;
  const auto start = std::chrono::steady_clock::now();
  const auto thrown = run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
    TaskGroup group(co_await asio::this_coro::executor);
    Task sleeper = [&aborted]() -> asio::awaitable<void> {
      try {
        co_await sleep_for(60s);
      } catch (const boost::system::system_error&) {
        ++aborted;
        throw;
      }
    };
    group.spawn(asio::make_strand(executor), sleeper);
    group.spawn(asio::make_strand(executor), sleeper);
    Task late = [] { return fail_after(500ms, "late"); };
    Task early = [] { return fail_after(20ms, "early"); };
    group.spawn(asio::make_strand(executor), late);
    group.spawn(asio::make_strand(executor), early);
    co_await group.join();
  });
  EXPECT_EQ(thrown, "early");
  EXPECT_EQ(aborted, 2);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

TEST(TaskGroup, FailFromAnotherThreadCancels) {
  const auto thrown = run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
    TaskGroup group(co_await asio::this_coro::executor);
    Task sleeper = [] { return sleep_for(60s); };
    group.spawn(asio::make_strand(executor), sleeper);
    std::jthread outside([&] { group.fail(std::make_exception_ptr(std::runtime_error("cpu job"))); });
    co_await group.join();
  });
  EXPECT_TRUE(thrown == "cpu job");
}

TEST(TaskGroup, OwnersCancellationReachesTheChildren) {
  asio::io_context context;
  asio::cancellation_signal signal;
  std::atomic<bool> child_aborted = false;
  std::string thrown = "nothing";
  Task main = [&]() -> asio::awaitable<void> {
    TaskGroup group(co_await asio::this_coro::executor);
    Task child = [&]() -> asio::awaitable<void> {
      try {
        co_await sleep_for(60s);
      } catch (const boost::system::system_error&) {
        child_aborted = true;
        throw;
      }
    };
    group.spawn(asio::make_strand(context), child);
    co_await group.join();
  };
  asio::co_spawn(context, main, asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr error) {
                   try {
                     if (error) std::rethrow_exception(error);
                   } catch (const boost::system::system_error& e) {
                     thrown = e.code() == asio::error::operation_aborted ? "aborted" : e.what();
                   }
                 }));
  asio::steady_timer kill(context, 20ms);
  kill.async_wait([&](auto) { signal.emit(asio::cancellation_type::terminal); });
  context.run();
  EXPECT_EQ(thrown, "aborted");
  EXPECT_TRUE(child_aborted);
}

TEST(JobGroup, RunsJobsAndReportsTheFirstFailure) {
  CpuPool pool(3);
  std::atomic<int> done = 0;
  std::atomic<int> notified = 0;
  const auto thrown = run([&](asio::any_io_executor) -> asio::awaitable<void> {
    JobGroup jobs(pool, co_await asio::this_coro::executor, [&](std::exception_ptr) { ++notified; });
    for (int i = 0; i < 200; ++i) {
      jobs.submit([&done, i] {
        EXPECT_LT(CpuPool::current_thread(), 3u);
        ++done;
        if (i % 50 == 7) throw std::runtime_error("job");
      });
    }
    co_await jobs.wait();
  });
  EXPECT_EQ(done, 200);
  EXPECT_EQ(notified, 1);
  EXPECT_EQ(thrown, "job");
}

TEST(JobGroup, DroppedJobsAreDestroyedUnrun) {
  CpuPool pool(1);
  std::atomic<int> done = 0;
  const auto lease = std::make_shared<int>(0);
  const auto thrown = run([&](asio::any_io_executor) -> asio::awaitable<void> {
    JobGroup jobs(pool, co_await asio::this_coro::executor);
    std::atomic<bool> begun = false, go_on = false;
    jobs.submit([&] {
      begun = true;
      begun.notify_one();
      go_on.wait(false);
      ++done;
    });
    begun.wait(false);
    for (int i = 0; i < 50; ++i) jobs.submit([&done, lease] { ++done; });
    jobs.drop_waiting();
    jobs.submit([&done, lease] { ++done; });
    go_on = true;
    go_on.notify_one();
    co_await jobs.wait();
    EXPECT_EQ(lease.use_count(), 1);
  });
  EXPECT_EQ(done, 1);
  EXPECT_EQ(thrown, "nothing");
}

// Counts the destructions that happen elsewhere than on the thread it was made on.
struct OwnThreadProbe {
  explicit OwnThreadProbe(std::atomic<int>& counter) : elsewhere(counter) {}
  OwnThreadProbe(const OwnThreadProbe&) = delete;
  OwnThreadProbe& operator=(const OwnThreadProbe&) = delete;
  ~OwnThreadProbe() {
    if (std::this_thread::get_id() != owner) ++elsewhere;
  }
  std::atomic<int>& elsewhere;
  const std::thread::id owner = std::this_thread::get_id();
};

// When wait() has returned, the context may go while the pool's threads live on: they must not be the last to
// hold what belongs to the group. More threads than processors, so that they are interrupted anywhere.
TEST(JobGroup, TheContextMayGoBeforeThePool) {
  CpuPool pool(8);
  std::atomic<int> done = 0, elsewhere = 0;
  constexpr int kRounds = 2000, kJobs = 8;
  for (int round = 0; round < kRounds; ++round) {
    asio::io_context context;
    const Task main = [&]() -> asio::awaitable<void> {
      const auto probe = std::make_shared<OwnThreadProbe>(elsewhere);
      const asio::any_io_executor executor = co_await asio::this_coro::executor;
      JobGroup jobs(pool, executor, [probe](std::exception_ptr) {});
      for (int i = 0; i < kJobs; ++i) jobs.submit([&done] { ++done; });
      co_await jobs.wait();
    };
    asio::co_spawn(asio::make_strand(context), main, [](std::exception_ptr error) { EXPECT_FALSE(error); });
    context.run();
  }
  EXPECT_EQ(done, kRounds * kJobs);
  EXPECT_EQ(elsewhere, 0);
}

TEST(AsyncBuffer, WaitsUntilALeaseComesBack) {
  BufferPool buffers(2, 1024);
  std::atomic<int> turns = 0;
  const auto thrown = run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
    TaskGroup group(co_await asio::this_coro::executor);
    for (int i = 0; i < 8; ++i) {
      Task child = [&]() -> asio::awaitable<void> {
        for (int turn = 0; turn < 50; ++turn) {
          BufferLease lease = co_await acquire(buffers);
          EXPECT_TRUE(lease->empty());
          EXPECT_GE(lease->capacity(), 1024u);
          lease->resize(10);
          if (turn % 10 == 0) co_await sleep_for(1ms);
          ++turns;
        }
      };
      group.spawn(asio::make_strand(executor), child);
    }
    co_await group.join();
  });
  EXPECT_EQ(thrown, "nothing");
  EXPECT_EQ(turns, 400);
}

TEST(BufferPool, BuffersComeEmptyUnlessTheyAreOverwrittenWhole) {
  for (const Reuse reuse : {Reuse::emptied, Reuse::as_left}) {
    BufferPool buffers(1, 1024, reuse);
    buffers.try_acquire()->operator*().assign(3, std::byte{'x'});
    auto again = buffers.try_acquire();
    ASSERT_TRUE(again);
    EXPECT_EQ((*again)->size(), reuse == Reuse::emptied ? 0U : 3U);
    (*again)->resize(5000);
    again->release();
    // Grown for a wide row: back to the pool's size, and empty.
    again = buffers.try_acquire();
    EXPECT_TRUE((*again)->empty());
    EXPECT_LT((*again)->capacity(), 5000U);
  }
}

TEST(AsyncBuffer, CancelledWaitLeavesThePoolIntact) {
  BufferPool buffers(1, 16);
  auto held = buffers.try_acquire();
  ASSERT_TRUE(held);
  const auto thrown = run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
    TaskGroup group(co_await asio::this_coro::executor);
    Task waiter = [&]() -> asio::awaitable<void> { co_await acquire(buffers); };
    Task failure = [] { return fail_after(10ms, "stop"); };
    group.spawn(asio::make_strand(executor), waiter);
    group.spawn(asio::make_strand(executor), failure);
    co_await group.join();
  });
  EXPECT_EQ(thrown, "stop");
  held->release();
  EXPECT_TRUE(buffers.try_acquire());
}

}  // namespace
}  // namespace pgark::async
