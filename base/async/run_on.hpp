// Awaits a coroutine that runs on another executor.
//
// A cancellation of the waiting coroutine is passed on, and the other one is waited for all the same. What it
// throws is thrown here. One made after the waiting coroutine was cancelled runs undisturbed, provided that
// throw_if_cancelled is off: that is how connections are closed on the way out.
// REQUIRES: `executor` as in spawned.hpp.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/async/spawned.hpp"

namespace pgark::async {

asio::awaitable<void> run_task_on(asio::any_io_executor executor, Task task);

template <class T>
asio::awaitable<T> run_on(asio::any_io_executor executor, asio::awaitable<T> work) {
  if constexpr (std::is_void_v<T>) {
    Task task = [&work]() -> asio::awaitable<void> { co_await std::move(work); };
    co_await run_task_on(std::move(executor), std::move(task));
  } else {
    std::optional<T> result;
    Task task = [&work, &result]() -> asio::awaitable<void> { result.emplace(co_await std::move(work)); };
    co_await run_task_on(std::move(executor), std::move(task));
    co_return std::move(*result);
  }
}

}  // namespace pgark::async
