#include "restore/scheduler.hpp"

#include <utility>

#include "base/async/run_on.hpp"
#include "base/async/task_group.hpp"
#include "base/sqlstate.hpp"

namespace pgark::restore {

namespace asio = boost::asio;

namespace {

bool is_lock_conflict(const Error& error) {
  return sqlstate::is(error, sqlstate::kLockNotAvailable) || sqlstate::is(error, sqlstate::kDeadlockDetected);
}

}  // namespace

bool is_disk_full(const Error& error) {
  return sqlstate::is(error, sqlstate::kDiskFull);
}

Scheduler::Scheduler(asio::any_io_executor owner, RestorePlan& plan, Options options)
    : owner_(owner),
      plan_(plan),
      options_(std::move(options)),
      own_changed_(owner),
      changed_(options_.live != nullptr ? options_.live->changed() : own_changed_) {
  // Parts of tables that an earlier attempt has committed.
  for (const Step& step : plan_.steps()) {
    if (step.split && step.state == StepState::done) ++loads_held_[step.entry->id];
  }
}

asio::awaitable<void> Scheduler::run(std::span<StepRunner* const> runners) {
  runners_ = runners.size();
  if (options_.live != nullptr) options_.live->set_runners(runners_);
  async::TaskGroup group(owner_);
  for (StepRunner* runner : runners) {
    async::Task task = [this, runner] { return work(*runner); };
    group.spawn(owner_, std::move(task));
  }
  co_await group.join();
}

asio::awaitable<void> Scheduler::work(StepRunner& runner) {
  while (const std::optional<StepId> id = co_await next()) {
    if (plan_.step(*id).live) {
      co_await load_live(runner, *id);
    } else if (plan_.step(*id).split) {
      co_await share_table(runner, *id);
    } else {
      ++other_steps_;
      StepOutcome outcome = co_await run_step(runner, *id);
      --other_steps_;
      settle(*id, std::move(outcome));
    }
  }
}

asio::awaitable<StepOutcome> Scheduler::run_step(StepRunner& runner, StepId id) {
  const Step& step = plan_.step(id);
  asio::awaitable<StepOutcome> running = runner.run(step, abandon_flag(step));
  co_return co_await async::run_on(runner.executor(), std::move(running));
}

asio::awaitable<void> Scheduler::share_table(StepRunner& runner, StepId first) {
  const format::EntryId entry = plan_.step(first).entry->id;
  std::vector<Finished> held;
  for (std::optional<StepId> id = first; id; id = co_await next_load_of(entry)) {
    StepOutcome outcome = co_await run_step(runner, *id);
    const bool kept = !outcome.error && !outcome.abandoned;
    if (kept) {
      held.push_back({*id, std::move(outcome)});
      ++loads_held_[entry];
      changed_.notify();
      continue;
    }
    settle(*id, std::move(outcome));  // first: it decides what becomes of the others
    // The runner's earlier runs went with the transaction.
    for (Finished& lost : held) {
      lost.outcome.abandoned = true;
      settle(lost.id, std::move(lost.outcome));
    }
    co_return;
  }
  co_await conclude(runner, std::move(held));
}

asio::awaitable<void> Scheduler::conclude(StepRunner& runner, std::vector<Finished> held) {
  const Step& last = plan_.step(held.back().id);
  const bool commit = !abandon_flag(last);
  if (commit) committing_.insert(last.entry->id);
  asio::awaitable<std::optional<Error>> ending = runner.conclude(last, commit);
  std::optional<Error> error = co_await async::run_on(runner.executor(), std::move(ending));
  const bool kept = commit && !error;
  for (Finished& finished : held) {
    finished.outcome.abandoned = !kept;
    finished.outcome.error = std::exchange(error, std::nullopt);  // told once
    settle(finished.id, std::move(finished.outcome));
  }
}

asio::awaitable<std::optional<StepId>> Scheduler::next() {
  while (true) {
    if (options_.live != nullptr) {
      for (const StepId id : options_.live->take_complete()) settle(id, StepOutcome());
    }
    if (plan_.finished()) co_return std::nullopt;
    if (auto id = choose()) co_return id;
    co_await wait_for_change();
  }
}

std::optional<StepId> Scheduler::choose() {
  if (options_.live != nullptr) {
    const bool last_for_rows = other_steps_ + 1 >= runners_;
    if (!last_for_rows) {
      if (auto id = plan_.take()) return id;
    }
    if (auto id = options_.live->begin()) return id;
  }
  return plan_.take();
}

asio::awaitable<void> Scheduler::load_live(StepRunner& runner, StepId id) {
  StepOutcome outcome = co_await run_step(runner, id);
  options_.live->end(id);
  const Step& step = plan_.step(id);
  const bool kept = !outcome.error && !outcome.abandoned;
  if (kept && options_.on_loaded) options_.on_loaded(step, outcome);
  if (!outcome.error || step.state != StepState::running) co_return;
  settle(id, std::move(outcome));
  options_.live->drop(id);
}

// nullopt when the table is complete or was given up.
asio::awaitable<std::optional<StepId>> Scheduler::next_load_of(format::EntryId entry) {
  while (!abandon_[entry] && loads_held_[entry] < plan_.step_count(entry)) {
    if (auto id = plan_.take_load_of(entry)) co_return id;
    co_await wait_for_change();
  }
  co_return std::nullopt;
}

asio::awaitable<void> Scheduler::wait_for_change() {
  if (options_.live != nullptr) {
    co_await options_.live->wait();
  } else {
    co_await changed_.wait();
  }
}

bool Scheduler::set_aside(StepId id, const StepOutcome& outcome) {
  const Step& step = plan_.step(id);
  const bool conflict = outcome.error && is_lock_conflict(*outcome.error);
  if (!conflict && !(outcome.abandoned && plan_.is_set_aside(step.entry->id))) return false;
  if (committing_.contains(step.entry->id) || !plan_.may_set_aside(id)) return false;
  if (options_.on_set_aside) options_.on_set_aside(step, outcome);
  abandon_flag(step) = true;
  const std::vector<StepId> needless = plan_.set_aside(id);
  if (!plan_.is_set_aside(step.entry->id)) {
    abandon_flag(step) = false;
    loads_held_.erase(step.entry->id);
  }
  if (options_.on_step) {
    for (const StepId done : needless) options_.on_step(plan_.step(done), StepOutcome());
  }
  changed_.notify();
  return true;
}

void Scheduler::settle(StepId id, StepOutcome outcome) {
  const Step& step = plan_.step(id);
  if (set_aside(id, outcome)) return;
  if (outcome.error && !options_.exit_on_error && !is_disk_full(*outcome.error) &&
      plan_.postpone(id, *outcome.error)) {
    if (options_.on_settled) options_.on_settled();
    changed_.notify();
    return;
  }
  if (options_.on_step) options_.on_step(step, outcome);
  const bool ends = options_.exit_on_error || (outcome.error && is_disk_full(*outcome.error));
  if (ends && outcome.error) throw Exception(std::move(*outcome.error));
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
  changed_.notify();
}

}  // namespace pgark::restore
