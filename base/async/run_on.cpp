#include "base/async/run_on.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <type_traits>

namespace pgark::async {

namespace {

using Signature = void(std::exception_ptr);

}  // namespace

asio::awaitable<void> run_task_on(asio::any_io_executor executor, Task task) {
  const auto spawned = std::make_shared<Spawned>(executor);
  auto begin = [spawned, &task](auto handler) {
    using Handler = decltype(handler);
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) slot.assign([spawned](asio::cancellation_type) { spawned->cancel(); });
    const auto waiter = std::make_shared<Handler>(std::move(handler));
    spawned->start(std::move(task), [waiter](std::exception_ptr failure) {
      asio::dispatch(asio::get_associated_executor(*waiter),
                     [waiter, failure] { std::move (*waiter)(failure); });
    });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, Signature>(std::move(begin),
                                                                          asio::use_awaitable);
}

}  // namespace pgark::async
