#include "support/run_coroutine.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

namespace pgark::test {

namespace asio = boost::asio;

void run_coroutine(const std::function<asio::awaitable<void>()>& body) {
  run_and_cancel(body, 0);
}

void run_and_cancel(const std::function<asio::awaitable<void>()>& body, int milliseconds) {
  asio::io_context context;
  asio::cancellation_signal signal;
  asio::steady_timer timer(context);
  std::exception_ptr failure;
  asio::co_spawn(context, body(), asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr thrown) {
                   failure = thrown;
                   timer.cancel();
                 }));
  if (milliseconds > 0) {
    timer.expires_after(std::chrono::milliseconds(milliseconds));
    timer.async_wait([&signal](const boost::system::error_code& error) {
      if (!error) signal.emit(asio::cancellation_type::terminal);
    });
  }
  context.run();
  if (failure) std::rethrow_exception(failure);
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
