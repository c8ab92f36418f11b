// The scheduler driven by workers that only pretend to copy, under a clock that only pretends to run.
#include "dumper/data/range_scheduler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <queue>
#include <random>

namespace pgark::dumper {
namespace {

constexpr std::uint64_t kPageBytes = 8192;

TableWork heap(std::size_t object, std::uint32_t pages, std::uint32_t pages_min = 256) {
  return {object, pages * kPageBytes, pages, pages_min};
}
TableWork stream(std::size_t object, std::uint64_t bytes) {
  return {object, bytes, 0, 1};
}

struct Outcome {
  std::map<std::size_t, std::vector<Piece>> pieces;  // by object, in the order of their end
  std::map<std::size_t, int> completions;
  std::vector<double> ends;             // by worker
  std::vector<std::size_t> beginnings;  // objects in the order in which they were begun

  double spread() const {
    return *std::max_element(ends.begin(), ends.end()) - *std::min_element(ends.begin(), ends.end());
  }
  double length() const { return *std::max_element(ends.begin(), ends.end()); }
};

// Each worker copies `bytes_per_second[w]`; a piece costs kPieceOverhead besides.
constexpr double kPieceOverhead = 0.002;

Outcome simulate(std::vector<TableWork> tables, const std::vector<double>& bytes_per_second) {
  RangeScheduler scheduler(std::move(tables), bytes_per_second.size());
  Outcome run;
  run.ends.assign(bytes_per_second.size(), 0);
  struct Event {
    double time;
    std::size_t worker;
    Piece piece;
    double seconds;
    bool operator>(const Event& other) const { return time > other.time; }
  };
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events;
  const auto ask = [&](std::size_t worker, double now) {
    const auto piece = scheduler.next(worker);
    if (!piece) {
      run.ends[worker] = now;
      return;
    }
    if (std::find(run.beginnings.begin(), run.beginnings.end(), piece->object) == run.beginnings.end()) {
      run.beginnings.push_back(piece->object);
    }
    const double seconds = kPieceOverhead + static_cast<double>(piece->bytes) / bytes_per_second[worker];
    events.push({now + seconds, worker, *piece, seconds});
  };
  for (std::size_t worker = 0; worker < bytes_per_second.size(); ++worker) ask(worker, 0);
  while (!events.empty()) {
    const Event event = events.top();
    events.pop();
    run.pieces[event.piece.object].push_back(event.piece);
    run.completions[event.piece.object] += scheduler.finished(event.worker, event.seconds) ? 1 : 0;
    ask(event.worker, event.time);
  }
  return run;
}

// Every page once, one open end, distinct parts; or the table as a whole.
void expect_covered(std::vector<Piece> pieces, const TableWork& work) {
  ASSERT_FALSE(pieces.empty()) << "object " << work.object;
  std::sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) { return a.part() < b.part(); });
  if (pieces.front().whole) {
    EXPECT_EQ(pieces.size(), 1u);
    return;
  }
  std::uint32_t next = 0;
  for (const Piece& piece : pieces) {
    EXPECT_EQ(piece.pages.begin, next);
    EXPECT_GT(piece.pages.end, piece.pages.begin);
    EXPECT_EQ(piece.open_ended, piece.pages.end == work.pages);
    next = piece.pages.end;
  }
  EXPECT_EQ(next, work.pages);
}

void expect_all_covered(const Outcome& run, const std::vector<TableWork>& tables) {
  EXPECT_EQ(run.pieces.size(), tables.size());
  for (const TableWork& work : tables) {
    expect_covered(run.pieces.at(work.object), work);
    EXPECT_EQ(run.completions.at(work.object), 1) << work.object;
  }
}

TEST(RangeScheduler, nothing_to_do) {
  RangeScheduler scheduler({}, 2);
  EXPECT_FALSE(scheduler.next(0).has_value());
  EXPECT_FALSE(scheduler.next(1).has_value());
}

TEST(RangeScheduler, a_table_that_cannot_be_cut_is_one_piece) {
  const std::vector<TableWork> tables = {stream(7, 1 << 30)};
  const Outcome run = simulate(tables, {1e8, 1e8});
  expect_all_covered(run, tables);
  EXPECT_TRUE(run.pieces.at(7).front().whole);
  EXPECT_EQ(run.ends[1], 0);
}

TEST(RangeScheduler, one_big_table_uses_all_workers_and_they_finish_together) {
  const std::vector<TableWork> tables = {heap(0, 655360)};  // 5 GiB
  for (const std::vector<double>& speeds : {std::vector<double>{1e8, 1e8},
                                            {1e8, 1e8, 1e8, 1e8},
                                            {2e8, 1e8, 5e7, 1e8},
                                            std::vector<double>(16, 4e7)}) {
    const Outcome run = simulate(tables, speeds);
    expect_all_covered(run, tables);
    EXPECT_LT(run.spread(), 0.5);
    double total_speed = 0;
    for (const double speed : speeds) total_speed += speed;
    EXPECT_LT(run.length(), 1.1 * 5 * (1 << 30) / total_speed);
  }
}

TEST(RangeScheduler, pieces_grow_with_the_measured_speed) {
  const Outcome run = simulate({heap(0, 655360)}, {1e8, 1e8});
  const auto& pieces = run.pieces.at(0);
  EXPECT_LE(pieces.front().bytes, RangeScheduler::kFirstPieceBytes);
  const auto longest = std::max_element(pieces.begin(), pieces.end(),
                                        [](const Piece& a, const Piece& b) { return a.bytes < b.bytes; });
  EXPECT_NEAR(static_cast<double>(longest->bytes), 1e8 * RangeScheduler::kPieceSeconds, 1.5e7);
}

TEST(RangeScheduler, one_worker_takes_a_table_in_pieces_in_order) {
  const std::vector<TableWork> tables = {heap(0, 100000)};
  const Outcome run = simulate(tables, {1e8});
  expect_all_covered(run, tables);
  EXPECT_TRUE(std::is_sorted(run.pieces.at(0).begin(), run.pieces.at(0).end(),
                             [](const Piece& a, const Piece& b) { return a.part() < b.part(); }));
}

TEST(RangeScheduler, heaviest_tables_begin_first) {
  std::vector<TableWork> tables;
  for (std::uint32_t i = 0; i < 20; ++i) tables.push_back(heap(i, 20000 - 1000 * i));
  const Outcome run = simulate(tables, {1e8, 1e8, 1e8});
  expect_all_covered(run, tables);
  EXPECT_TRUE(std::is_sorted(run.beginnings.begin(), run.beginnings.end()));
}

TEST(RangeScheduler, many_small_tables_beside_a_big_one) {
  std::vector<TableWork> tables = {heap(0, 131072)};
  for (std::size_t i = 1; i < 500; ++i) tables.push_back(stream(i, 100000));
  const Outcome run = simulate(tables, {1e8, 1e8, 1e8, 1e8});
  expect_all_covered(run, tables);
  EXPECT_LT(run.spread(), 0.5);
}

TEST(RangeScheduler, pieces_are_not_below_the_minimum) {
  for (const std::uint32_t pages_min : {1u, 16u, 256u}) {
    const TableWork work = heap(0, 5000, pages_min);
    const Outcome run = simulate({work}, std::vector<double>(8, 1e7));
    expect_all_covered(run, {work});
    for (const Piece& piece : run.pieces.at(0)) EXPECT_GE(piece.pages.size(), pages_min);
  }
}

TEST(RangeScheduler, an_idle_worker_takes_the_upper_half) {
  RangeScheduler scheduler({heap(0, 100000)}, 2);
  const auto first = scheduler.next(0);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->pages.begin, 0u);
  const auto second = scheduler.next(1);
  ASSERT_TRUE(second);
  const std::uint32_t rest = 100000 - first->pages.end;
  EXPECT_EQ(second->pages.begin, first->pages.end + rest / 2);
}

TEST(RangeScheduler, random_workloads_are_covered_exactly_once) {
  std::mt19937 generator(1);
  const auto random = [&] { return static_cast<std::uint32_t>(generator()); };
  for (int round = 0; round < 200; ++round) {
    std::vector<TableWork> tables;
    const std::size_t count = random() % 30;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t pages_min = 1 + random() % 300;
      const std::uint32_t pages = 2 * pages_min + random() % 50000;
      tables.push_back(random() % 3 == 0 ? stream(i, 1 + random() % 100000000) : heap(i, pages, pages_min));
    }
    std::sort(tables.begin(), tables.end(), [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
    std::vector<double> speeds(1 + random() % 12);
    for (double& speed : speeds) speed = 1e6 * (1 + random() % 200);
    expect_all_covered(simulate(tables, speeds), tables);
  }
}

TEST(RangeScheduler, largest_possible_heap) {
  const std::vector<TableWork> tables = {heap(0, 0xfffffffe)};
  expect_all_covered(simulate(tables, std::vector<double>(8, 5e10)), tables);
}

TEST(RangeScheduler, a_table_waits_for_those_it_comes_after) {
  TableWork first = stream(1, 10), second = stream(2, 1000);
  second.after = {1};
  RangeScheduler scheduler({second, first}, 2);
  int freed = 0;
  const auto turn = [&](std::size_t worker) { return scheduler.turn(worker, [&freed] { ++freed; }); };
  ASSERT_EQ(turn(0).piece->object, 1u);
  const auto waiting = turn(1);
  EXPECT_FALSE(waiting.piece);
  EXPECT_TRUE(waiting.waits);
  EXPECT_EQ(freed, 0);
  EXPECT_TRUE(scheduler.finished(0, 1));
  EXPECT_EQ(freed, 1);
  EXPECT_EQ(turn(1).piece->object, 2u);
  const auto nothing = turn(0);
  EXPECT_FALSE(nothing.piece);
  EXPECT_FALSE(nothing.waits);
}

TEST(RangeScheduler, tables_that_wait_for_each_other_are_handed_out_all_the_same) {
  TableWork one = stream(1, 10), other = stream(2, 10);
  one.after = {2}, other.after = {1};
  RangeScheduler scheduler({one, other}, 1);
  ASSERT_TRUE(scheduler.next(0));
  EXPECT_TRUE(scheduler.finished(0, 1));
  ASSERT_TRUE(scheduler.next(0));
  EXPECT_TRUE(scheduler.finished(0, 1));
  EXPECT_FALSE(scheduler.next(0));
}

}  // namespace
}  // namespace pgark::dumper
