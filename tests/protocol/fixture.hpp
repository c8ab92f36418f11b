// Verbs shared by the tests of this folder.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <string>

#include "protocol/connection.hpp"
#include "support/run_coroutine.hpp"
#include "support/scripted_server.hpp"

namespace pgark::test {

using protocol::Connection;
using protocol::Status;
using ConnectionPtr = std::unique_ptr<Connection>;

inline boost::asio::awaitable<ConnectionPtr> open(std::string conninfo,
                                                  protocol::NoticeHandler on_notice = {}) {
  const auto executor = co_await boost::asio::this_coro::executor;
  co_return co_await Connection::connect(executor, params_of(conninfo), std::move(on_notice));
}

// The error of a connection attempt.
inline Error connect_error(const std::string& conninfo) {
  return error_of([&]() -> boost::asio::awaitable<void> { co_await open(conninfo); });
}

// The error of one awaited operation, with the connection still at hand.
template <class T>
boost::asio::awaitable<Error> caught(boost::asio::awaitable<T> operation) {
  try {
    co_await std::move(operation);
  } catch (const Exception& failure) {
    co_return failure.error();
  }
  ADD_FAILURE() << "no error was thrown";
  co_return Error{};
}

}  // namespace pgark::test
