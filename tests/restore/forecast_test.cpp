#include "restore/forecast/forecast.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "restore/toc_builder.hpp"

namespace pgark::restore {
namespace {

class ForecastTest : public testing::Test {
 protected:
  Forecast run(int jobs) {
    options_.jobs = jobs;
    selection_.emplace(value_or_throw(Selection::make(toc_.toc, options_)));
    PlanOptions plan;
    plan.jobs = jobs;
    plan.run_bytes = 100'000'000;
    plan.hold_event_triggers = true;
    const auto chunks_of = [this](format::EntryId id) { return toc_.chunks_of(id); };
    auto built = value_or_throw(RestorePlan::build(toc_.toc, *selection_, chunks_of, std::move(plan)));
    WorkRates rates;
    rates.load_bytes_per_s = 100e6;
    rates.build_bytes_per_s = 1000e6;
    rates.statement_s = 0;
    return forecast(toc_.toc, *selection_, std::move(built), options_, rates);
  }
  const ForecastStep& step(const Forecast& forecast, const std::string& kind, std::size_t part = 1) {
    for (const ForecastStep& step : forecast.steps) {
      if (step.entry->kind == kind && step.part == part) return step;
    }
    throw std::runtime_error("no step of " + kind);
  }
  static double end(const ForecastStep& step) { return step.start_s + step.seconds; }

  test::TocBuilder toc_;
  RestoreOptions options_;
  std::optional<Selection> selection_;
};

TEST_F(ForecastTest, OneConnectionDoesOneAfterTheOther) {
  const auto table = toc_.table("t");
  toc_.data(table, 4, 100'000'000);
  toc_.index("i", table);
  const Forecast forecast = run(1);
  EXPECT_NEAR(forecast.seconds, 4 + 0.4, 0.01);
  EXPECT_EQ(forecast.totals.at(WorkKind::load).steps, 4u);
  EXPECT_NEAR(forecast.totals.at(WorkKind::index).seconds, 0.4, 0.01);
  ASSERT_EQ(forecast.chain.size(), 5u);
  EXPECT_EQ(forecast.chain.back()->entry->kind, "INDEX");
}

TEST_F(ForecastTest, ConnectionsShareATableAndNeverOverlap) {
  const auto table = toc_.table("t");
  toc_.data(table, 8, 100'000'000);
  const auto index = toc_.index("i", table);
  toc_.index("j", table);
  const Forecast forecast = run(2);
  EXPECT_NEAR(forecast.seconds, 4 + 0.8, 0.01);
  std::map<int, double> free_at;
  for (const ForecastStep& step : forecast.steps) {
    if (step.connection == 0) continue;
    EXPECT_GE(step.start_s, free_at[step.connection]);
    free_at[step.connection] = end(step);
  }
  EXPECT_EQ(free_at.size(), 2u);
  for (std::size_t part = 1; part <= 8; ++part)
    EXPECT_GE(step(forecast, "INDEX").start_s, end(step(forecast, "TABLE DATA", part)) - 1e-9);
  EXPECT_EQ(step(forecast, "TABLE DATA").parts, 8u);
  EXPECT_NE(index, 0u);
}

// Two keys that lock one table stand one after the other, although there is a connection for each.
TEST_F(ForecastTest, LocksAreHeeded) {
  const auto one = toc_.table("one"), two = toc_.table("two"), both = toc_.table("both");
  toc_.data(both, 1, 1'000'000'000);
  toc_.constraint("c1", {one, both});
  toc_.constraint("c2", {two, both});
  const Forecast forecast = run(2);
  EXPECT_NEAR(forecast.seconds, 10 + 2, 0.02);
  EXPECT_EQ(forecast.locked_tables.size(), 0u);  // all of them are made here
  EXPECT_EQ(step(forecast, "CONSTRAINT").locked.size(), 2u);
}

TEST_F(ForecastTest, TablesThatAreThereAlready) {
  const auto table = toc_.table("t"), other = toc_.table("other");
  toc_.constraint("c", {table});
  toc_.data(other, 1);
  options_.section_pre_data = options_.section_data = false;
  const Forecast forecast = run(1);
  ASSERT_EQ(forecast.locked_tables.size(), 1u);
  EXPECT_EQ(forecast.locked_tables[0]->name, "t");
  options_ = {};
  options_.clean = true;
  EXPECT_EQ(run(1).locked_tables.size(), 2u);
}

TEST_F(ForecastTest, SizesAreTheSources) {
  const auto table = toc_.table("t");
  toc_.toc.entries[table - 1].size_estimate_bytes = 1000;
  const auto data = toc_.data(table, 1);
  toc_.toc.entries[data - 1].size_estimate_bytes = 1000;
  const auto index = toc_.index("i", table);
  toc_.toc.entries[index - 1].size_estimate_bytes = 1300;
  EXPECT_EQ(run(1).table_bytes, 1000u);
  EXPECT_EQ(run(1).index_bytes, 300u);
  options_.schema_only = true;
  EXPECT_EQ(run(1).table_bytes, 0u);
}

}  // namespace
}  // namespace pgark::restore
