#include "restore/scheduler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <mutex>
#include <set>

#include "toc_builder.hpp"

namespace pgark::restore {
namespace {

namespace asio = boost::asio;
using format::EntryId;
using testing::Contains;
using testing::ElementsAre;

Error refused(const std::string& text) {
  Error error;
  error.code = ErrorCode::server;
  error.message = text;
  return error;
}

// What the runners of a test do with steps, and what they have seen.
struct Stage {
  std::set<std::string> fail;   // entry names
  bool disk_full = false;       // is why they fail
  std::set<std::string> side;   // entry names
  std::string lose_connection;  // entry name
  std::string never_ends;       // entry name
  std::function<void()> on_stuck;
  std::mutex mutex;
  std::vector<std::string> begun;
  std::size_t running = 0, running_max = 0;
  std::size_t expected_at_once = 0;  // the first steps wait for as many, for a while
  std::multiset<EntryId> locked;
  bool locks_met = false;
  int abandoned = 0;
  std::string refuse_commit;  // entry name; the first commit
  std::string refused_with;   // SQLSTATE
  int committed = 0, rolled_back = 0;
  std::string lock_conflict;  // entry name: the fifth of its split loads waits for too long
  int split_loads = 0;
  std::vector<std::size_t> whole_loads;  // chunks of each load that shares its table with no other
  bool open_at_commit = false;           // a step still ran while another's rows were committed
};

class FakeRunner final : public StepRunner {
 public:
  FakeRunner(const asio::any_io_executor& executor, Stage& stage)
      : executor_(asio::make_strand(executor)), stage_(stage) {}
  asio::any_io_executor executor() const override { return executor_; }

  asio::awaitable<StepOutcome> run(const Step& step, const std::atomic<bool>& abandon) override {
    const std::string& name = step.entry->name;
    begin(step);
    if (name == stage_.never_ends) {
      asio::steady_timer timer(executor_, asio::steady_timer::time_point::max());
      if (stage_.on_stuck) stage_.on_stuck();
      co_await timer.async_wait(asio::use_awaitable);
    }
    for (int turn = 0; turn < 5; ++turn) co_await asio::post(executor_, asio::use_awaitable);
    const auto started = std::chrono::steady_clock::now();
    while (others_are_awaited() && std::chrono::steady_clock::now() - started < std::chrono::seconds(20)) {
      asio::steady_timer timer(executor_, std::chrono::milliseconds(1));
      co_await timer.async_wait(asio::use_awaitable);
    }
    StepOutcome outcome;
    if (stage_.fail.contains(name)) outcome.error = refused(name + " refused");
    if (outcome.error && stage_.disk_full) outcome.error->server.emplace().sqlstate = "53100";
    if (name == stage_.lock_conflict && fifth_load(step)) {
      outcome.error = refused(name + " is locked");
      outcome.error->server.emplace().sqlstate = "55P03";
    }
    if (stage_.side.contains(name)) outcome.side_error = refused(name + " has no owner");
    if (!outcome.error && abandon) outcome.abandoned = true;
    end(step, outcome);
    if (name == stage_.lose_connection) {
      Error lost;
      lost.code = ErrorCode::connection_lost;
      lost.message = "gone";
      throw Exception(std::move(lost));
    }
    co_return outcome;
  }

  asio::awaitable<std::optional<Error>> conclude(const Step& step, bool commit) override {
    const std::lock_guard lock(stage_.mutex);
    (commit ? stage_.committed : stage_.rolled_back)++;
    if (commit && stage_.running != 0) stage_.open_at_commit = true;
    if (commit && step.entry->name == stage_.refuse_commit && stage_.committed == 1) {
      Error error = refused("no commit");
      if (!stage_.refused_with.empty()) error.server.emplace().sqlstate = stage_.refused_with;
      co_return error;
    }
    co_return std::nullopt;
  }

 private:
  bool fifth_load(const Step& step) {
    const std::lock_guard lock(stage_.mutex);
    if (!step.split) stage_.whole_loads.push_back(step.chunks.size());
    return step.split && ++stage_.split_loads == 5;
  }
  bool others_are_awaited() {
    const std::lock_guard lock(stage_.mutex);
    return stage_.running_max < stage_.expected_at_once;
  }
  void begin(const Step& step) {
    const std::lock_guard lock(stage_.mutex);
    stage_.begun.push_back(step.entry->name);
    stage_.running_max = std::max(stage_.running_max, ++stage_.running);
    for (const EntryId table : step.exclusive_tables) {
      if (stage_.locked.contains(table)) stage_.locks_met = true;
      stage_.locked.insert(table);
    }
  }
  void end(const Step& step, const StepOutcome& outcome) {
    const std::lock_guard lock(stage_.mutex);
    --stage_.running;
    stage_.abandoned += outcome.abandoned ? 1 : 0;
    for (const EntryId table : step.exclusive_tables) stage_.locked.erase(stage_.locked.find(table));
  }

  asio::any_io_executor executor_;
  Stage& stage_;
};

class SchedulerTest : public testing::Test {
 protected:
  // Runs the plan with `runners` on `threads` threads; rethrows what the scheduler throws.
  void run(std::size_t runners, std::size_t threads = 1) {
    selection_ = value_or_throw(Selection::make(toc_.toc, {}));
    plan_ = value_or_throw(RestorePlan::build(
        toc_.toc, *selection_, [this](EntryId id) { return toc_.chunks_of(id); }, plan_options_));
    for (const StepId id : plan_->serial_steps()) plan_->done(id);
    for (const Step& step : plan_->steps()) {
      const auto loaded = plan_options_.loaded.find(step.entry->id);
      if (!step.is_load || loaded == plan_options_.loaded.end()) continue;
      for (const ChunkRun& earlier : loaded->second)
        if (earlier.first == step.first_chunk) plan_->done(step.id);
    }

    asio::thread_pool pool(threads);
    const asio::any_io_executor owner = asio::make_strand(pool);
    std::vector<std::unique_ptr<FakeRunner>> fakes;
    std::vector<StepRunner*> pointers;
    for (std::size_t i = 0; i < runners; ++i) {
      fakes.push_back(std::make_unique<FakeRunner>(pool.get_executor(), stage_));
      pointers.push_back(fakes.back().get());
    }
    Scheduler scheduler(owner, *plan_, options_);
    asio::cancellation_signal signal;
    stage_.on_stuck = [&] {
      if (cancel_when_stuck_) asio::post(owner, [&] { signal.emit(asio::cancellation_type::terminal); });
    };
    std::exception_ptr failure;
    asio::co_spawn(owner, scheduler.run(pointers),
                   asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr e) { failure = e; }));
    pool.join();
    if (failure) std::rethrow_exception(failure);
  }

  test::TocBuilder toc_;
  PlanOptions plan_options_;
  Scheduler::Options options_;
  Stage stage_;
  std::optional<Selection> selection_;
  std::optional<RestorePlan> plan_;
  bool cancel_when_stuck_ = false;
};

TEST_F(SchedulerTest, one_runner_follows_the_priorities) {
  const EntryId a = toc_.table("a"), b = toc_.table("b");
  toc_.data(a, 1, 10), toc_.data(b, 1, 100'000);
  toc_.index("ia", a), toc_.index("ib", b);
  run(1);
  EXPECT_THAT(stage_.begun, ElementsAre("b", "ib", "a", "ia"));
  EXPECT_TRUE(plan_->finished());
  EXPECT_EQ(plan_->entries_done(), 6u);
}

TEST_F(SchedulerTest, runners_share_one_big_table) {
  toc_.data(toc_.table("big"), 40);
  plan_options_ = {.jobs = 4, .run_bytes = 1000};
  stage_.expected_at_once = 4;
  run(4, 4);
  EXPECT_EQ(stage_.begun.size(), 40u);
  EXPECT_EQ(stage_.running_max, 4u);
  EXPECT_GE(stage_.committed, 1);
  EXPECT_LE(stage_.committed, 4);
  EXPECT_FALSE(stage_.open_at_commit);
  EXPECT_EQ(plan_->entries_done(), 2u);
}

TEST_F(SchedulerTest, a_refused_commit_fails_the_table) {
  const EntryId big = toc_.table("big");
  toc_.data(big, 40);
  toc_.index("i", big);
  plan_options_ = {.jobs = 4, .run_bytes = 1000};
  stage_.refuse_commit = "big";
  run(4, 4);
  EXPECT_TRUE(plan_->finished());
  ASSERT_EQ(plan_->failures().size(), 2u);
  EXPECT_EQ(plan_->failures()[0].error.message, "no commit");
  EXPECT_TRUE(plan_->failures()[1].skipped);
}

// What the server cannot see: loads that are held wait for one that waits for them.
TEST_F(SchedulerTest, loads_that_get_into_each_others_way_become_one) {
  for (const std::size_t runners : {std::size_t{1}, std::size_t{4}}) {
    for (const bool exit_on_error : {false, true}) {
      SCOPED_TRACE(std::to_string(runners) + (exit_on_error ? ", exit on error" : ""));
      toc_ = {};
      stage_.begun.clear();
      stage_.whole_loads.clear();
      stage_.split_loads = stage_.committed = stage_.rolled_back = 0;
      const EntryId big = toc_.table("big");
      toc_.data(big, 40);
      toc_.index("i", big);
      plan_options_ = {.jobs = 4, .run_bytes = 1000};
      stage_.lock_conflict = "big";
      std::multiset<StepId> done;
      options_ = {};
      options_.exit_on_error = exit_on_error;
      options_.on_step = [&](const Step& step, const StepOutcome&) { done.insert(step.id); };
      run(runners, runners);
      EXPECT_TRUE(plan_->finished());
      EXPECT_TRUE(plan_->failures().empty());
      EXPECT_THAT(stage_.whole_loads, ElementsAre(40U));
      EXPECT_EQ(stage_.committed, 0);
      EXPECT_EQ(done.size(), 41U) << "each step once";
      EXPECT_EQ(std::set<StepId>(done.begin(), done.end()).size(), 41U);
      EXPECT_EQ(stage_.begun.back(), "i");
      EXPECT_EQ(plan_->entries_done(), 3U);
    }
  }
}

// A part may be committed by then: nothing is loaded anew.
TEST_F(SchedulerTest, a_deadlock_at_the_commit_fails_the_table) {
  toc_.data(toc_.table("big"), 40);
  plan_options_ = {.jobs = 4, .run_bytes = 1000};
  stage_.refuse_commit = "big";
  stage_.refused_with = "40P01";
  run(4, 4);
  EXPECT_TRUE(plan_->finished());
  EXPECT_THAT(stage_.whole_loads, testing::IsEmpty());
  EXPECT_EQ(plan_->failures().size(), 1U);
}

TEST_F(SchedulerTest, locks_never_meet_under_load) {
  std::vector<EntryId> tables;
  for (int i = 0; i < 6; ++i) tables.push_back(toc_.table("t" + std::to_string(i)));
  for (std::size_t i = 0; i < 60; ++i) {
    const std::size_t a = i % 6, b = (i * 7 + 1) % 6;
    std::vector<EntryId> locked{tables[a]};
    if (a != b) locked.push_back(tables[b]);
    toc_.constraint("c" + std::to_string(i), locked);
  }
  run(8, 4);
  EXPECT_FALSE(stage_.locks_met);
  EXPECT_GT(stage_.running_max, 1u);
  EXPECT_EQ(stage_.begun.size(), 60u);
}

TEST_F(SchedulerTest, a_failure_skips_dependents_and_the_rest_goes_on) {
  const EntryId a = toc_.table("a"), b = toc_.table("b");
  toc_.data(a, 1), toc_.data(b, 1);
  toc_.index("ia", a), toc_.index("ib", b);
  stage_.fail = {"a"};
  std::vector<std::string> seen;
  options_.on_step = [&](const Step& step, const StepOutcome& outcome) {
    if (outcome.error) seen.push_back(step.entry->name);
  };
  int settled = 0;
  options_.on_settled = [&] { ++settled; };
  run(2);
  EXPECT_THAT(seen, ElementsAre("a"));
  EXPECT_EQ(settled, 3);
  EXPECT_THAT(stage_.begun, testing::Not(Contains("ia")));
  EXPECT_THAT(stage_.begun, Contains("ib"));
  ASSERT_EQ(plan_->failures().size(), 2u);
  EXPECT_EQ(plan_->failures()[0].error.message, "a refused");
  EXPECT_TRUE(plan_->failures()[1].skipped);
}

TEST_F(SchedulerTest, the_other_loads_of_a_failed_table_are_abandoned) {
  toc_.data(toc_.table("a"), 50);
  plan_options_ = {.jobs = 4, .run_bytes = 1000};
  stage_.fail = {"a"};
  run(4);
  EXPECT_LE(stage_.begun.size(), 8u);
  EXPECT_EQ(stage_.committed, 0);
  EXPECT_EQ(plan_->failures().size(), 1u);
  EXPECT_TRUE(plan_->finished());
}

TEST_F(SchedulerTest, side_errors_are_listed_and_nothing_is_skipped) {
  const EntryId a = toc_.table("a");
  toc_.data(a, 1);
  toc_.index("ia", a);
  stage_.side = {"a"};
  run(1);
  EXPECT_THAT(stage_.begun, ElementsAre("a", "ia"));
  ASSERT_EQ(plan_->failures().size(), 1u);
  EXPECT_EQ(plan_->failures()[0].error.message, "a has no owner");
}

TEST_F(SchedulerTest, exit_on_error_throws_the_first_and_stops_the_others) {
  toc_.data(toc_.table("a"), 1, 100'000);
  toc_.data(toc_.table("stuck"), 1, 200'000);
  toc_.data(toc_.table("later"), 1, 10);
  stage_.fail = {"a"};
  stage_.never_ends = "stuck";
  options_.exit_on_error = true;
  try {
    run(2, 2);
    FAIL() << "no exception";
  } catch (const Exception& exception) {
    EXPECT_EQ(exception.error().message, "a refused");
  }
  EXPECT_THAT(stage_.begun, testing::Not(Contains("later")));
}

TEST_F(SchedulerTest, a_full_disk_ends_everything) {
  toc_.data(toc_.table("a"), 1, 100'000);
  toc_.data(toc_.table("later"), 1, 10);
  stage_.fail = {"a"};
  stage_.disk_full = true;
  EXPECT_THROW(run(1), Exception);
  EXPECT_THAT(stage_.begun, testing::Not(Contains("later")));
}

// What an earlier attempt has committed is not waited for.
TEST_F(SchedulerTest, a_table_of_which_a_part_is_loaded_already) {
  const EntryId data = toc_.data(toc_.table("big"), 10);
  plan_options_ = {.jobs = 2, .run_bytes = 1000};
  plan_options_.loaded[data] = {{3, 2}};
  run(2, 2);
  EXPECT_TRUE(plan_->finished());
  EXPECT_EQ(stage_.begun.size(), 8U);
  EXPECT_EQ(plan_->entries_done(), 2U);
}

TEST_F(SchedulerTest, a_lost_connection_ends_everything_at_once) {
  toc_.data(toc_.table("lost"), 1, 100'000);
  toc_.data(toc_.table("stuck"), 1, 200'000);
  stage_.lose_connection = "lost";
  stage_.never_ends = "stuck";
  try {
    run(2);
    FAIL() << "no exception";
  } catch (const Exception& exception) {
    EXPECT_EQ(exception.error().code, ErrorCode::connection_lost);
  }
}

TEST_F(SchedulerTest, cancellation_stops_running_and_waiting_runners) {
  toc_.data(toc_.table("stuck"), 1);
  stage_.never_ends = "stuck";
  cancel_when_stuck_ = true;
  EXPECT_THROW(run(3, 2), boost::system::system_error);
  EXPECT_EQ(plan_->entries_done(), 1u);
}

}  // namespace
}  // namespace pgark::restore
