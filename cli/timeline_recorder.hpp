// Collects what reports draw charts of while a run is going on. What it keeps does not grow with the run:
// short stretches that follow each other become one, and intervals twice as long. Thread safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "base/events.hpp"
#include "storage/catalogue/timeline.hpp"

namespace pgark::cli {

class TimelineRecorder {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::size_t kStretchesMax = 400;
  static constexpr std::size_t kIntervalsMax = 240;

  // Forgets everything: a run begins.
  void begin(Time now);
  // Of what began before begin(), the rest.
  void add(const Work& work);
  // `bytes_done`: a counter that grows; when it is smaller than before it has begun anew. What has come since
  // the last time came evenly.
  void sample(std::uint64_t bytes_done, Time now);
  storage::Timeline taken(Time now) const;

 private:
  struct Piece {
    storage::Stretch stretch;
    double longest = 0;  // of those that are in it, in seconds
  };

  double seconds(Time at) const;
  void spread(std::uint64_t bytes, double begin, double end);
  static void join(Piece& first, Piece second);
  void shorten();

  mutable std::mutex mutex_;  // guards what follows
  Time begin_;
  std::map<std::size_t, std::vector<Piece>> connections_;
  std::size_t count_ = 0;      // of all stretches
  double resolution_ = 0.001;  // what is shorter becomes one with its neighbour, once there are too many
  std::uint64_t last_ = 0;
  Time sampled_;
  double interval_ = 0.1;
  std::vector<std::uint64_t> bytes_;
};

}  // namespace pgark::cli
