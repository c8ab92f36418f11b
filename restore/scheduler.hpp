// Drives a RestorePlan with runners, one per connection: takes the most urgent step, lets an idle runner do
// it, tells the plan what came of it.
//
// The rows of a table that several connections load are committed when all of them have arrived, so that a
// table holds all of its rows or none, whatever ends the restore; only what strikes between the commits
// themselves, which follow each other at once, can leave a part.
//
// What one of these connections has locked is not free before all have come to their end, and the server
// cannot see that they wait for each other: a load that waits for a lock for long, or is caught in a
// deadlock, makes all loads of its table roll back, and one connection loads it anew.
//
// Rows that are still coming (live steps) go in as they come: see live/live_loads.hpp. All runners but one
// prefer what else may run, so that the indexes of a table are built while others are loaded.
//
// A failed entry is collected and independent work goes on, unless `exit_on_error`; a refresh is tried again
// as RestorePlan::postpone says. What a runner throws ends everything: the other runners are cancelled and
// the first failure is rethrown.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "base/async/wakeup.hpp"
#include "restore/live/live_loads.hpp"
#include "restore/plan.hpp"

namespace pgark::restore {

struct StepOutcome {
  std::optional<Error> error;       // the entry failed
  std::optional<Error> side_error;  // the entry was restored, but not all that belongs to it (its owner)
  bool abandoned = false;           // stopped because `abandon` was set, or rolled back with its siblings
  std::uint64_t rows = 0, raw_bytes = 0, row_bytes = 0;
  format::Digest128 digest;  // of the rows, by the chunks
};

// Does one step at a time. The scheduler calls run() on executor().
class StepRunner {
 public:
  virtual ~StepRunner() = default;
  virtual boost::asio::any_io_executor executor() const = 0;
  // `abandon` becomes true when another step of the same entry has failed.
  // A split step that succeeds leaves its transaction open; the runner's next step is then one of the same
  // entry, in the same transaction. A step that does not succeed has rolled it back.
  virtual boost::asio::awaitable<StepOutcome> run(const Step& step, const std::atomic<bool>& abandon) = 0;
  // Ends the transaction of the split steps that `step` was the last of. Returns why nothing was kept.
  virtual boost::asio::awaitable<std::optional<Error>> conclude(const Step& step, bool commit) = 0;
};

// Then everything else fails as well, and whoever has made room goes on (--resume).
bool is_disk_full(const Error& error);

class Scheduler {
 public:
  struct Options {
    bool exit_on_error = false;
    // May be empty. on_step: a runner has finished a step; on_settled: the plan knows of it.
    std::function<void(const Step&, const StepOutcome&)> on_step;
    std::function<void()> on_settled;
    // May be empty: a step was rolled back and will be run again in another way.
    std::function<void(const Step&, const StepOutcome&)> on_set_aside;
    // With live steps in the plan; outlives the scheduler.
    LiveLoads* live = nullptr;
    // May be empty: rows of a live step are committed.
    std::function<void(const Step&, const StepOutcome&)> on_loaded;
  };

  // `owner` runs one handler at a time (a strand) and is where run() is called. REQUIRES: the plan's serial
  // steps are settled. Plan and runners outlive the scheduler.
  Scheduler(boost::asio::any_io_executor owner, RestorePlan& plan, Options options);

  // Returns when every step is settled.
  boost::asio::awaitable<void> run(std::span<StepRunner* const> runners);

 private:
  struct Finished {
    StepId id;
    StepOutcome outcome;
  };
  boost::asio::awaitable<void> work(StepRunner& runner);
  boost::asio::awaitable<StepOutcome> run_step(StepRunner& runner, StepId id);
  boost::asio::awaitable<void> load_live(StepRunner& runner, StepId id);
  std::optional<StepId> choose();
  boost::asio::awaitable<void> share_table(StepRunner& runner, StepId first);
  boost::asio::awaitable<void> conclude(StepRunner& runner, std::vector<Finished> held);
  boost::asio::awaitable<std::optional<StepId>> next();
  boost::asio::awaitable<std::optional<StepId>> next_load_of(format::EntryId entry);
  boost::asio::awaitable<void> wait_for_change();
  void settle(StepId id, StepOutcome outcome);
  bool set_aside(StepId id, const StepOutcome& outcome);
  std::atomic<bool>& abandon_flag(const Step& step) { return abandon_[step.entry->id]; }

  boost::asio::any_io_executor owner_;
  RestorePlan& plan_;
  Options options_;
  async::Wakeup own_changed_;
  async::Wakeup& changed_;                     // notified whenever a step was settled
  std::size_t runners_ = 0, other_steps_ = 0;  // runners; those at steps that are not live
  std::map<format::EntryId, std::atomic<bool>> abandon_;
  std::set<format::EntryId> committing_;               // from here on their rows cannot all be taken back
  std::map<format::EntryId, std::size_t> loads_held_;  // split steps that succeeded and wait for the others
};

}  // namespace pgark::restore
