#include "cli/timeline_recorder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <numeric>
#include <random>
#include <string>
#include <thread>

namespace pgark::cli {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = TimelineRecorder::Time;

const Time kStart = Time() + std::chrono::hours(5);

Work work(std::size_t connection, std::string_view what, milliseconds begin, milliseconds end) {
  return {connection, what, kStart + begin, kStart + end, /*rows=*/true};
}

TEST(TimelineRecorder, KeepsWhatHappenedSinceTheBeginning) {
  TimelineRecorder recorder;
  recorder.add(work(7, "of before", milliseconds(0), milliseconds(5)));
  recorder.begin(kStart);
  recorder.add(work(7, "of before", milliseconds(-20), milliseconds(0)));
  recorder.add(work(1, "a", milliseconds(-20), milliseconds(1500)));
  recorder.add(work(0, "b", milliseconds(500), milliseconds(700)));
  recorder.sample(1000, kStart + milliseconds(50));
  recorder.sample(1500, kStart + milliseconds(60));
  recorder.sample(1800, kStart + milliseconds(350));
  recorder.sample(100, kStart + milliseconds(360));  // another counter begins
  const storage::Timeline timeline = recorder.taken(kStart + seconds(2));
  EXPECT_DOUBLE_EQ(timeline.seconds, 2);
  const std::vector<storage::Stretch> stretches{{0, "b", 0, true, 0.5, 0.7}, {1, "a", 0, true, 0, 1.5}};
  EXPECT_EQ(timeline.stretches, stretches);
  EXPECT_DOUBLE_EQ(timeline.interval_seconds, 0.1);
  // 300 bytes in the 290 ms from 60 to 350.
  EXPECT_EQ(timeline.bytes, (std::vector<std::uint64_t>{1500 + 41, 103, 104, 52 + 100}));
}

// Whatever the beat of the samples is, an even stream is even.
TEST(TimelineRecorder, TheBeatOfTheSamplesIsNotSeen) {
  TimelineRecorder recorder;
  recorder.begin(kStart);
  for (std::uint64_t i = 1; i <= 10; ++i) recorder.sample(i * 2000, kStart + milliseconds(200 * i + 3));
  const std::vector<std::uint64_t> bytes = recorder.taken(kStart + seconds(2)).bytes;
  ASSERT_GE(bytes.size(), 20u);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_NEAR(static_cast<double>(bytes[i]), 1000, 20) << i;
}

// Whatever comes: bounded, in order, nothing over another, and all of the time and the bytes still there.
TEST(TimelineRecorder, DoesNotGrowWithTheRun) {
  std::mt19937 random(7);
  for (const std::size_t connections : {1u, 3u, 600u}) {
    TimelineRecorder recorder;
    recorder.begin(kStart);
    std::vector<microseconds> ends(connections, microseconds(0));
    std::vector<double> busy(connections, 0);
    std::uint64_t bytes = 0;
    for (int i = 0; i < 20'000; ++i) {
      const std::size_t connection = random() % connections;
      const microseconds length(random() % 1000 == 0 ? 9'000'000 : random() % 4000);
      const microseconds begin = ends[connection] + microseconds(random() % 3);
      const std::string name = "t" + std::to_string(i);
      recorder.add({connection, name, kStart + begin, kStart + begin + length, random() % 2 == 0});
      ends[connection] = begin + length;
      busy[connection] += std::chrono::duration<double>(length).count();
      recorder.sample(bytes += random() % 1000, kStart + ends[connection]);
    }
    const storage::Timeline timeline = recorder.taken(kStart + std::chrono::hours(10));
    EXPECT_LE(timeline.stretches.size(), std::max(TimelineRecorder::kStretchesMax, connections));
    EXPECT_GE(timeline.stretches.size(), std::min<std::size_t>(connections, 150));
    EXPECT_LE(timeline.bytes.size(), TimelineRecorder::kIntervalsMax);
    EXPECT_EQ(std::accumulate(timeline.bytes.begin(), timeline.bytes.end(), std::uint64_t{0}), bytes);
    std::vector<double> seen(connections, 0), last(connections, 0);
    std::size_t count = 0;
    for (const storage::Stretch& stretch : timeline.stretches) {
      EXPECT_LE(last[stretch.connection], stretch.begin);
      EXPECT_LE(stretch.begin, stretch.end);
      last[stretch.connection] = stretch.end;
      seen[stretch.connection] += stretch.end - stretch.begin;
      count += 1 + stretch.more;
    }
    EXPECT_EQ(count, 20'000u);
    for (std::size_t i = 0; i < connections; ++i) EXPECT_NEAR(seen[i], busy[i], 0.05 * busy[i] + 0.05);
  }
}

TEST(TimelineRecorder, TheLongestGivesSeveralTheirName) {
  TimelineRecorder recorder;
  recorder.begin(kStart);
  for (int i = 0; i < 1000; ++i) {
    const microseconds begin(i * 100);
    recorder.add({0, i == 500 ? "longest" : "short", kStart + begin,
                  kStart + begin + microseconds(i == 500 ? 99 : 10), true});
  }
  bool found = false;
  for (const auto& stretch : recorder.taken(kStart + seconds(1)).stretches)
    found = found || (stretch.what == "longest" && stretch.more > 0);
  EXPECT_TRUE(found);
}

TEST(TimelineRecorder, ManyThreadsAtOnce) {
  TimelineRecorder recorder;
  recorder.begin(kStart);
  std::vector<std::jthread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&recorder, t] {
      for (int i = 0; i < 2000; ++i) {
        recorder.add(work(t, "x", milliseconds(i), milliseconds(i + 1)));
        recorder.sample(static_cast<std::uint64_t>(i), kStart + milliseconds(i));
        if (i % 100 == 0) (void)recorder.taken(kStart + milliseconds(i));
      }
    });
  }
  threads.clear();
  EXPECT_LE(recorder.taken(kStart + seconds(3)).stretches.size(), TimelineRecorder::kStretchesMax);
}

}  // namespace
}  // namespace pgark::cli
