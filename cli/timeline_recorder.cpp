#include "cli/timeline_recorder.hpp"

#include <algorithm>
#include <utility>

namespace pgark::cli {
namespace {

using storage::Stretch;

double length(const Stretch& stretch) {
  return stretch.end - stretch.begin;
}

// Neighbours on one connection that a chart would not show apart.
bool belong_together(const Stretch& first, const Stretch& second, double resolution) {
  if (second.begin - first.end >= resolution) return false;
  if (first.what == second.what && first.rows == second.rows && first.more == 0 && second.more == 0)
    return true;
  return length(first) < resolution || length(second) < resolution;
}

std::vector<std::uint64_t> in_pairs(const std::vector<std::uint64_t>& values) {
  std::vector<std::uint64_t> sums((values.size() + 1) / 2);
  for (std::size_t i = 0; i < values.size(); ++i) sums[i / 2] += values[i];
  return sums;
}

}  // namespace

void TimelineRecorder::begin(Time now) {
  const std::lock_guard lock(mutex_);
  begin_ = now;
  sampled_ = now;
  connections_.clear();
  count_ = 0;
  resolution_ = 0.001;
  interval_ = 0.1;
  bytes_.clear();
}

double TimelineRecorder::seconds(Time at) const {
  return std::max(0.0, std::chrono::duration<double>(at - begin_).count());
}

void TimelineRecorder::add(const Work& work) {
  const std::lock_guard lock(mutex_);
  if (work.end <= begin_) return;
  Stretch stretch{work.connection, std::string(work.what), 0,
                  work.rows,       seconds(work.begin),    seconds(work.end)};
  const double longest = length(stretch);
  connections_[work.connection].push_back({std::move(stretch), longest});
  if (++count_ > kStretchesMax) shorten();
}

// The name is that of the longest of all that are in it.
void TimelineRecorder::join(Piece& first, Piece second) {
  Stretch& stretch = first.stretch;
  stretch.end = second.stretch.end;
  stretch.more += second.stretch.more + (stretch.what == second.stretch.what ? 0 : 1);
  if (second.longest <= first.longest) return;
  stretch.what = std::move(second.stretch.what);
  stretch.rows = second.stretch.rows;
  first.longest = second.longest;
}

// Twice as coarse until half of the room is free, so that this is seldom done.
void TimelineRecorder::shorten() {
  const std::size_t wanted = std::max(kStretchesMax / 2, connections_.size());
  while (count_ > wanted) {
    count_ = 0;
    for (auto& [connection, pieces] : connections_) {
      std::vector<Piece> fewer;
      for (Piece& next : pieces) {
        if (!fewer.empty() && belong_together(fewer.back().stretch, next.stretch, resolution_)) {
          join(fewer.back(), std::move(next));
        } else {
          fewer.push_back(std::move(next));
        }
      }
      pieces = std::move(fewer);
      count_ += pieces.size();
    }
    resolution_ *= 2;
  }
}

void TimelineRecorder::sample(std::uint64_t bytes_done, Time now) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t more = bytes_done >= last_ ? bytes_done - last_ : bytes_done;
  last_ = bytes_done;
  const double end = seconds(now);
  while (end >= interval_ * kIntervalsMax) {
    bytes_ = in_pairs(bytes_);
    interval_ *= 2;
  }
  if (more > 0) spread(more, std::min(seconds(sampled_), end), end);
  sampled_ = now;
}

void TimelineRecorder::spread(std::uint64_t bytes, double begin, double end) {
  const auto last = static_cast<std::size_t>(end / interval_);
  if (bytes_.size() <= last) bytes_.resize(last + 1);
  std::uint64_t given = 0;
  for (auto at = static_cast<std::size_t>(begin / interval_); at < last; ++at) {
    const double share = (static_cast<double>(at + 1) * interval_ - begin) / (end - begin);
    const auto until = static_cast<std::uint64_t>(std::min(share, 1.0) * static_cast<double>(bytes));
    bytes_[at] += until - given;
    given = until;
  }
  bytes_[last] += bytes - given;
}

storage::Timeline TimelineRecorder::taken(Time now) const {
  const std::lock_guard lock(mutex_);
  storage::Timeline timeline{seconds(now), {}, interval_, bytes_};
  for (const auto& [connection, pieces] : connections_) {
    for (const Piece& piece : pieces) timeline.stretches.push_back(piece.stretch);
  }
  return timeline;
}

}  // namespace pgark::cli
