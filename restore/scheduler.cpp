#include "restore/scheduler.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

#include "base/async/task_group.hpp"

namespace pgark::restore {

namespace asio = boost::asio;

Scheduler::Scheduler(asio::any_io_executor owner, RestorePlan& plan, Options options)
    : owner_(owner),
      plan_(plan),
      options_(std::move(options)),
      changed_(owner, asio::steady_timer::time_point::max()) {}

asio::awaitable<void> Scheduler::run(std::span<StepRunner* const> runners) {
  async::TaskGroup group(owner_);
  for (StepRunner* runner : runners) {
    async::Task task = [this, runner] { return work(*runner); };
    group.spawn(owner_, std::move(task));
  }
  co_await group.join();
}

asio::awaitable<void> Scheduler::work(StepRunner& runner) {
  while (const std::optional<StepId> id = co_await next()) {
    const Step& step = plan_.step(*id);
    const std::atomic<bool>& abandon = abandon_flag(step);
    asio::awaitable<StepOutcome> running = runner.run(step, abandon);
    StepOutcome outcome = co_await asio::co_spawn(runner.executor(), std::move(running), asio::use_awaitable);
    settle(*id, std::move(outcome));
  }
}

asio::awaitable<std::optional<StepId>> Scheduler::next() {
  while (!plan_.finished()) {
    if (auto id = plan_.take()) co_return id;
    co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
  }
  co_return std::nullopt;
}

void Scheduler::settle(StepId id, StepOutcome outcome) {
  const Step& step = plan_.step(id);
  if (options_.on_step) options_.on_step(step, outcome);
  if (options_.exit_on_error && outcome.error) throw Exception(std::move(*outcome.error));
  if (options_.exit_on_error && outcome.side_error) throw Exception(std::move(*outcome.side_error));
  if (outcome.error) {
    abandon_flag(step) = true;
    plan_.failed(id, std::move(*outcome.error));
  } else if (outcome.abandoned) {
    plan_.abandoned(id);
  } else {
    plan_.done(id);
    if (outcome.side_error) plan_.add_failure(*step.entry, std::move(*outcome.side_error));
  }
  if (options_.on_settled) options_.on_settled();
  changed_.cancel();
}

}  // namespace pgark::restore
