#include "base/async/wakeup.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <thread>

namespace pgark::async {
namespace {

// A notify() between the look and the wait is not lost: it is waited for on the owner.
TEST(Wakeup, no_change_is_missed) {
  constexpr int kChanges = 20'000;
  boost::asio::io_context context;
  Wakeup changed(context.get_executor());
  std::atomic<int> value{0};
  int seen = 0;
  const std::function<boost::asio::awaitable<void>()> watch = [&]() -> boost::asio::awaitable<void> {
    while ((seen = value) != kChanges) co_await changed.wait();
  };
  boost::asio::co_spawn(context, watch, [](const std::exception_ptr&) {});
  std::jthread changer([&value, notify = changed.notifier()] {
    for (int i = 0; i < kChanges; ++i) {
      ++value;
      notify();
    }
  });
  context.run();
  EXPECT_EQ(seen, kChanges);
}

TEST(Wakeup, wakes_all_and_throws_when_cancelled) {
  boost::asio::io_context context;
  Wakeup changed(context.get_executor());
  int woken = 0;
  bool aborted = false;
  const std::function<boost::asio::awaitable<void>()> waiter = [&]() -> boost::asio::awaitable<void> {
    co_await changed.wait();
    ++woken;
  };
  boost::asio::cancellation_signal cancel;
  for (int i = 0; i < 2; ++i) boost::asio::co_spawn(context, waiter, [](const std::exception_ptr&) {});
  boost::asio::co_spawn(
      context, waiter,
      boost::asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& error) {
        aborted = error != nullptr;
        changed.notify();
      }));
  boost::asio::post(context, [&] { cancel.emit(boost::asio::cancellation_type::terminal); });
  context.run();
  EXPECT_EQ(woken, 2);
  EXPECT_TRUE(aborted);
}

TEST(Wakeup, a_notifier_may_outlive_it) {
  boost::asio::io_context context;
  std::function<void()> notify;
  {
    const Wakeup changed(context.get_executor());
    notify = changed.notifier();
  }
  notify();
  EXPECT_EQ(context.run(), 0u);
}

}  // namespace
}  // namespace pgark::async
