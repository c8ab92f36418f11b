#include "support/run_coroutine.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace pgark::test {

namespace asio = boost::asio;

namespace {

using Body = std::function<asio::awaitable<void>()>;

void run(const Body& body, const std::function<asio::awaitable<void>(asio::cancellation_signal&)>& watcher) {
  asio::io_context context;
  asio::cancellation_signal signal, stop_watching;
  std::exception_ptr failure;
  asio::co_spawn(context, body(), asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr thrown) {
                   failure = thrown;
                   stop_watching.emit(asio::cancellation_type::terminal);
                 }));
  if (watcher) {
    asio::co_spawn(context, watcher(signal),
                   asio::bind_cancellation_slot(stop_watching.slot(), [](std::exception_ptr) {}));
  }
  context.run();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

void run_coroutine(const Body& body) {
  run(body, nullptr);
}

void run_and_cancel(const Body& body, const std::function<bool()>& reached) {
  // Between two looks all that was ready has run, so that the body stands where it waits for others.
  const auto watcher = [&reached](asio::cancellation_signal& signal) -> asio::awaitable<void> {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (int looks = 0; looks < 2;) {
      timer.expires_after(std::chrono::milliseconds(20));
      co_await timer.async_wait(asio::use_awaitable);
      if (reached()) ++looks;
    }
    signal.emit(asio::cancellation_type::terminal);
  };
  run(body, watcher);
}

Error error_of(const std::function<asio::awaitable<void>()>& body) {
  try {
    run_coroutine(body);
  } catch (const Exception& failure) {
    return failure.error();
  }
  ADD_FAILURE() << "no error was thrown";
  return {};
}

params::ConnectParams params_of(const std::string& conninfo) {
  params::Environment environment;
  environment.variable = [](std::string_view) { return std::optional<std::string>(); };
  environment.user_name = "tester";
  params::CommandLineParams command_line;
  command_line.dbname = conninfo;
  return value_or_throw(params::resolve(command_line, environment)).params;
}

}  // namespace pgark::test
