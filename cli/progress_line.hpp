// The text of a progress display: rate and time left from samples of the counters. Pure: the
// caller gives the time, so tests need no clock.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/events.hpp"

namespace pgark::cli {

struct ProgressSample {
  std::uint64_t bytes_done = 0, bytes_total = 0, rows_done = 0, stored_bytes = 0, steps_done = 0,
                steps_total = 0;
  static ProgressSample of(const Progress& progress);
};

class ProgressLine {
 public:
  // `at_s` grows from call to call; the rate is an exponentially weighted mean over about five seconds.
  void update(const ProgressSample& sample, double at_s);

  double rate_bytes_per_s() const { return rate_; }
  // Negative while unknown.
  double eta_s() const;
  // "copying rows [#####-----]  48%  1.2 GB of 2.5 GB  312 MB/s  ETA 4.0 s", at most `width` columns.
  std::string bar(std::string_view phase, int width) const;
  // The same facts for a log line, without the bar.
  std::string plain(std::string_view phase) const;

  const ProgressSample& sample() const { return sample_; }

 private:
  double fraction() const;

  ProgressSample sample_;
  double last_s_ = -1;
  double rate_ = 0;
};

}  // namespace pgark::cli
