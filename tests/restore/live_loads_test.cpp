// The scheduler with rows that are still coming: runners that only pretend to load them.
#include "restore/live/live_loads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include "restore/scheduler.hpp"
#include "toc_builder.hpp"

namespace pgark::restore {
namespace {

namespace asio = boost::asio;
using format::EntryId;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class LiveRunner final : public StepRunner {
 public:
  struct Stage {
    LiveLoads* loads = nullptr;
    std::string fails;  // name of a table: its second chunk does
    std::mutex mutex;
    std::vector<std::string> finished;          // steps, in the order of their end
    std::map<std::string, std::uint64_t> rows;  // committed, by table
    std::map<std::string, int> at_once, copies;
    int at_once_max = 0;
  };
  LiveRunner(const asio::any_io_executor& executor, Stage& stage)
      : executor_(asio::make_strand(executor)), stage_(stage) {}
  asio::any_io_executor executor() const override { return executor_; }

  asio::awaitable<StepOutcome> run(const Step& step, const std::atomic<bool>& abandon) override {
    StepOutcome outcome;
    if (step.live) co_await load(step, abandon, outcome);
    const std::lock_guard lock(stage_.mutex);
    stage_.finished.push_back(step.entry->kind + " " + step.entry->name);
    if (!outcome.error && !outcome.abandoned) stage_.rows[step.entry->name] += outcome.rows;
    co_return outcome;
  }
  asio::awaitable<std::optional<Error>> conclude(const Step&, bool) override { co_return std::nullopt; }

 private:
  asio::awaitable<void> load(const Step& step, const std::atomic<bool>& abandon, StepOutcome& outcome) {
    const std::string& name = step.entry->name;
    {
      const std::lock_guard lock(stage_.mutex);
      stage_.at_once_max = std::max(stage_.at_once_max, ++stage_.at_once[name]);
      ++stage_.copies[name];
    }
    while (true) {
      asio::awaitable<std::optional<FedRows>> asking = stage_.loads->next_rows(step.id);
      std::optional<FedRows> rows =
          co_await asio::co_spawn(stage_.loads->owner(), std::move(asking), asio::use_awaitable);
      if (abandon) outcome.abandoned = true;
      if (!rows || outcome.abandoned) break;
      outcome.rows += rows->info.rows;
      if (name == stage_.fails && rows->info.sequence == 1) {
        Error error;
        error.code = ErrorCode::server;
        error.message = "refused";
        outcome.error = error;
        outcome.rows = 0;
        break;
      }
      rows->rows.release();
      co_await asio::post(executor_, asio::use_awaitable);
    }
    const std::lock_guard lock(stage_.mutex);
    --stage_.at_once[name];
  }

  asio::any_io_executor executor_;
  Stage& stage_;
};

class LiveLoadsTest : public testing::Test {
 protected:
  // `feed` is called on a thread of its own while `runners` load; rethrows what the scheduler throws.
  void run(std::size_t runners, const std::function<void()>& feed, RestoreOptions options = {}) {
    selection_ = value_or_throw(Selection::make(toc_.toc, options));
    PlanOptions plan;
    plan.jobs = static_cast<int>(runners);
    plan.live = true;
    plan_ = value_or_throw(RestorePlan::build(
        toc_.toc, *selection_, [](EntryId) { return std::span<const format::ChunkRef>(); }, plan));
    for (const StepId id : plan_->serial_steps()) plan_->done(id);
    asio::thread_pool pool(3);
    const asio::any_io_executor owner = asio::make_strand(pool);
    std::exception_ptr failure;
    {
      LiveLoads loads(owner, *plan_, feed_);
      stage_.loads = &loads;
      std::vector<std::unique_ptr<LiveRunner>> fakes;
      std::vector<StepRunner*> pointers;
      for (std::size_t i = 0; i < runners; ++i) {
        fakes.push_back(std::make_unique<LiveRunner>(pool.get_executor(), stage_));
        pointers.push_back(fakes.back().get());
      }
      Scheduler::Options scheduling;
      scheduling.live = &loads;
      scheduling.on_loaded = [this](const Step&, const StepOutcome& outcome) { loaded_ += outcome.rows; };
      Scheduler scheduler(owner, *plan_, std::move(scheduling));
      std::atomic<bool> over{false};
      asio::co_spawn(owner, scheduler.run(pointers), [&](std::exception_ptr error) {
        failure = std::move(error);
        over = true;
      });
      std::jthread source([&] {
        source_over_ = &over;
        feed();
      });
      source.join();
      pool.join();
    }
    if (failure) std::rethrow_exception(failure);
  }

  // Waits for a buffer as a dump does, unless nobody takes rows any more.
  void put(EntryId entry, std::uint32_t sequence) {
    std::optional<BufferLease> rows;
    while (!(rows = feed_.buffers().try_acquire()) && !*source_over_)
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    if (!rows) return;
    format::ChunkInfo info;
    info.entry = entry;
    info.sequence = sequence;
    info.rows = 10;
    feed_.put({info, std::move(*rows)});
  }
  EntryId data(EntryId table) {
    const EntryId id = toc_.data(table, 0);
    toc_.toc.data.clear();
    return id;
  }
  void finish() { feed_.finish(toc_.toc); }

  test::TocBuilder toc_;
  RowFeed feed_{4, 64};
  LiveRunner::Stage stage_;
  std::optional<Selection> selection_;
  std::optional<RestorePlan> plan_;
  std::uint64_t loaded_ = 0;
  std::atomic<bool>* source_over_ = nullptr;
};

TEST_F(LiveLoadsTest, rows_in_any_order_through_several_runners) {
  std::vector<EntryId> entries;
  for (int i = 0; i < 6; ++i) entries.push_back(data(toc_.table("t" + std::to_string(i))));
  run(3, [&] {
    for (std::uint32_t sequence = 0; sequence < 50; ++sequence) {
      for (const EntryId entry : entries) put(entry, sequence);
    }
    finish();
  });
  EXPECT_TRUE(plan_->finished());
  EXPECT_EQ(loaded_, 6u * 50 * 10);
  EXPECT_EQ(stage_.rows["t3"], 500u);
}

TEST_F(LiveLoadsTest, one_runner_takes_all_and_builds_indexes_too) {
  const EntryId a = toc_.table("a"), b = toc_.table("b"), empty = toc_.table("empty");
  const EntryId rows_a = data(a), rows_b = data(b);
  data(empty);
  toc_.index("ia", a), toc_.index("ie", empty);
  run(1, [&] {
    for (std::uint32_t i = 0; i < 20; ++i) put(i % 2 == 0 ? rows_a : rows_b, i);
    finish();
  });
  EXPECT_EQ(stage_.rows["a"] + stage_.rows["b"], 200u);
  EXPECT_THAT(stage_.finished, Contains("INDEX ia"));
  EXPECT_THAT(stage_.finished, Contains("INDEX ie"));
  EXPECT_EQ(plan_->entries_done(), 8u);
}

TEST_F(LiveLoadsTest, what_hangs_on_a_table_does_not_wait_for_others) {
  const EntryId a = toc_.table("a"), b = toc_.table("b");
  const EntryId rows_a = data(a), rows_b = data(b);
  toc_.index("ia", a);
  bool built = false;
  run(2, [&] {
    put(rows_b, 0);
    put(rows_a, 0);
    feed_.end_entry(rows_a, 1);
    for (int i = 0; i < 5000 && !built; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      const std::lock_guard lock(stage_.mutex);
      built = std::ranges::find(stage_.finished, "INDEX ia") != stage_.finished.end();
    }
    put(rows_b, 1);
    finish();
  });
  EXPECT_TRUE(built);
  EXPECT_EQ(stage_.rows["b"], 20u);
}

TEST_F(LiveLoadsTest, a_failed_table_takes_its_rows_and_dependents_along) {
  const EntryId bad = toc_.table("bad"), good = toc_.table("good");
  const EntryId rows_bad = data(bad), rows_good = data(good);
  toc_.index("ib", bad), toc_.index("ig", good);
  stage_.fails = "bad";
  run(2, [&] {
    for (std::uint32_t i = 0; i < 30; ++i) put(rows_bad, i), put(rows_good, i);
    finish();
  });
  EXPECT_EQ(stage_.rows["good"], 300u);
  EXPECT_THAT(stage_.finished, Contains("INDEX ig"));
  EXPECT_THAT(stage_.finished, Not(Contains("INDEX ib")));
  ASSERT_EQ(plan_->failures().size(), 2u);
  EXPECT_EQ(plan_->failures()[0].error.message, "refused");
  EXPECT_TRUE(plan_->failures()[1].skipped);
}

TEST_F(LiveLoadsTest, rows_that_are_not_selected_do_not_keep_back_the_others) {
  const EntryId a = toc_.table("a"), b = toc_.table("b");
  const EntryId rows_a = data(a), rows_b = data(b);
  RestoreOptions options;
  options.exclude_tables = {"public.a"};
  run(
      1,
      [&] {
        for (std::uint32_t i = 0; i < 20; ++i) put(rows_a, i);
        put(rows_b, 0);
        finish();
      },
      options);
  EXPECT_EQ(loaded_, 10u);
}

RestoreOptions rows_only() {
  RestoreOptions options;
  options.data_only = true;
  return options;
}

TEST_F(LiveLoadsTest, a_table_that_was_there_is_loaded_in_one_piece) {
  const EntryId a = data(toc_.table("a")), b = data(toc_.table("b"));
  run(
      2,
      [&] {
        for (std::uint32_t i = 0; i < 40; ++i) put(a, i), put(b, i);
        finish();
      },
      rows_only());
  EXPECT_EQ(stage_.rows["a"], 400u);
  EXPECT_EQ(stage_.copies["a"], 1);
  EXPECT_EQ(stage_.copies["b"], 1);
}

TEST_F(LiveLoadsTest, an_order_in_which_nobody_can_go_on_is_an_error) {
  const EntryId a = data(toc_.table("a")), b = data(toc_.table("b"));
  try {
    run(
        1,
        [&] {
          put(a, 0);
          for (std::uint32_t i = 0; i < 20; ++i) put(b, i);
        },
        rows_only());
    FAIL() << "went on";
  } catch (const Exception& exception) {
    EXPECT_EQ(exception.error().code, ErrorCode::usage);
    EXPECT_THAT(exception.error().message, HasSubstr("cannot be loaded as they come"));
    EXPECT_THAT(exception.error().object, HasSubstr("TABLE DATA public.b"));
  }
}

}  // namespace
}  // namespace pgark::restore
