#include "base/async/spawned.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/async/run_on.hpp"

namespace pgark::async {
namespace {

using namespace std::chrono_literals;

std::string text_of(const std::exception_ptr& failure) {
  if (!failure) return "nothing";
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    return error.code() == asio::error::operation_aborted ? "aborted" : error.what();
  } catch (const std::exception& error) {
    return error.what();
  }
}

asio::awaitable<void> sleep_for(std::chrono::milliseconds duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(asio::use_awaitable);
}

// One coroutine, and how it ended.
struct Trial {
  explicit Trial(asio::io_context& context)
      : spawned(std::make_shared<Spawned>(asio::make_strand(context))) {}

  void start(Task task) {
    spawned->start(std::move(task), [this](std::exception_ptr failure) { ended = text_of(failure); });
  }

  std::shared_ptr<Spawned> spawned;
  std::string ended = "never";
};

// The cancellation stands in the strand's queue before the beginning: a sibling failed on another thread.
TEST(Spawned, CancelledBeforeItBeginsItEndsAllTheSame) {
  asio::io_context context(1);
  bool ran = false;
  Trial trial(context);
  trial.spawned->cancel();
  trial.start([&ran]() -> asio::awaitable<void> {
    ran = true;
    co_return;
  });
  EXPECT_NO_THROW(context.run());
  EXPECT_EQ(trial.ended, "aborted");
  EXPECT_FALSE(ran);
}

TEST(Spawned, CancelledWithoutEverBeingSuspended) {
  asio::io_context context(1);
  Trial trial(context);
  trial.start([]() -> asio::awaitable<void> { co_return; });
  trial.spawned->cancel();
  EXPECT_NO_THROW(context.run());
  EXPECT_EQ(trial.ended, "nothing");
}

TEST(Spawned, CancelledWhileItRuns) {
  asio::io_context context(1);
  Trial trial(context);
  trial.start([] { return sleep_for(60s); });
  asio::post(context, [&trial] { trial.spawned->cancel(); });
  const auto started = std::chrono::steady_clock::now();
  EXPECT_NO_THROW(context.run());
  EXPECT_EQ(trial.ended, "aborted");
  EXPECT_LT(std::chrono::steady_clock::now() - started, 30s);
}

TEST(Spawned, CancelledAfterItsEnd) {
  asio::io_context context(1);
  Trial trial(context);
  trial.start([]() -> asio::awaitable<void> {
    throw std::runtime_error("no");
    co_return;
  });
  context.run();
  EXPECT_EQ(trial.ended, "no");
  trial.spawned->cancel();
  context.restart();
  EXPECT_NO_THROW(context.run());
}

// How `work`, awaited on another strand, ended for the one that waited.
std::string awaited(const std::function<asio::awaitable<int>()>& work, int& result) {
  asio::io_context context(1);
  Trial trial(context);
  trial.start([&]() -> asio::awaitable<void> {
    const asio::any_io_executor other = asio::make_strand(context);
    auto running = work();
    result = co_await run_on(other, std::move(running));
  });
  context.run();
  return trial.ended;
}

TEST(RunOn, ResultsAndFailuresPass) {
  int result = 0;
  EXPECT_EQ(awaited([]() -> asio::awaitable<int> { co_return 7; }, result), "nothing");
  EXPECT_EQ(result, 7);
  const auto failing = []() -> asio::awaitable<int> {
    co_await sleep_for(1ms);
    throw std::runtime_error("no");
  };
  EXPECT_EQ(awaited(failing, result), "no");
}

TEST(RunOn, PassesACancellationOnAndWaits) {
  asio::io_context context(1);
  bool put_away = false;
  const auto work = [&]() -> asio::awaitable<void> {
    try {
      co_await sleep_for(60s);
    } catch (...) {
      put_away = true;
      throw;
    }
  };
  Trial trial(context);
  trial.start([&]() -> asio::awaitable<void> {
    const asio::any_io_executor other = asio::make_strand(context);
    auto running = work();
    co_await run_on(other, std::move(running));
  });
  asio::post(context, [&trial] { trial.spawned->cancel(); });
  context.run();
  EXPECT_TRUE(put_away);
  EXPECT_EQ(trial.ended, "aborted");
}

// What is closed on the way out: begun by a coroutine that was cancelled before.
TEST(RunOn, RunsUndisturbedAfterTheCancellation) {
  asio::io_context context(1);
  bool closed = false;
  const auto close = [&]() -> asio::awaitable<void> {
    co_await sleep_for(1ms);
    closed = true;
  };
  Trial trial(context);
  trial.start([&]() -> asio::awaitable<void> {
    try {
      co_await sleep_for(60s);
    } catch (const boost::system::system_error&) {
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    const asio::any_io_executor other = asio::make_strand(context);
    auto closing = close();
    co_await run_on(other, std::move(closing));
  });
  asio::post(context, [&trial] { trial.spawned->cancel(); });
  context.run();
  EXPECT_TRUE(closed);
  EXPECT_EQ(trial.ended, "nothing");
}

// Cancellations that meet beginnings and ends on other threads; the sanitizers look on.
TEST(RunOn, CancellationsThatMeetTheEnd) {
  constexpr int kTrials = 3000;
  asio::io_context context;
  std::atomic<int> ended = 0;
  for (int i = 0; i < kTrials; ++i) {
    const auto outer = std::make_shared<Spawned>(asio::make_strand(context));
    const asio::any_io_executor inner = asio::make_strand(context);
    Task task = [inner, i]() -> asio::awaitable<void> {
      auto working = sleep_for(std::chrono::milliseconds(i % 2));
      co_await run_on(inner, std::move(working));
    };
    outer->start(task, [&ended](const std::exception_ptr&) { ++ended; });
    if (i % 3 != 0) asio::post(context, [outer] { outer->cancel(); });
  }
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back([&context] { EXPECT_NO_THROW(context.run()); });
  threads.clear();
  EXPECT_EQ(ended, kTrials);
}

}  // namespace
}  // namespace pgark::async
