#include "cli/progress_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/text.hpp"

namespace pgark::cli {

ProgressSample ProgressSample::of(const Progress& progress) {
  constexpr auto relaxed = std::memory_order_relaxed;
  ProgressSample sample;
  sample.bytes_done = progress.bytes_done.load(relaxed);
  sample.bytes_total = progress.bytes_total.load(relaxed);
  sample.rows_done = progress.rows_done.load(relaxed);
  sample.stored_bytes = progress.stored_bytes.load(relaxed);
  sample.steps_done = progress.steps_done.load(relaxed);
  sample.steps_total = progress.steps_total.load(relaxed);
  return sample;
}

void ProgressLine::update(const ProgressSample& sample, double at_s) {
  constexpr double kWindow_s = 5;
  if (last_s_ >= 0 && at_s > last_s_ && sample.bytes_done >= sample_.bytes_done) {
    const double elapsed = at_s - last_s_;
    const double now = static_cast<double>(sample.bytes_done - sample_.bytes_done) / elapsed;
    const double weight = rate_ == 0 ? 1 : 1 - std::exp(-elapsed / kWindow_s);
    rate_ += weight * (now - rate_);
  }
  last_s_ = at_s;
  sample_ = sample;
}

double ProgressLine::fraction() const {
  if (sample_.bytes_total != 0) {
    const auto part = static_cast<double>(sample_.bytes_done) / static_cast<double>(sample_.bytes_total);
    return std::min(part, 1.0);
  }
  if (sample_.steps_total != 0) {
    const auto part = static_cast<double>(sample_.steps_done) / static_cast<double>(sample_.steps_total);
    return std::min(part, 1.0);
  }
  return 0;
}

double ProgressLine::eta_s() const {
  if (rate_ <= 0 || sample_.bytes_total == 0) return -1;
  const std::uint64_t done = std::min(sample_.bytes_done, sample_.bytes_total);
  return static_cast<double>(sample_.bytes_total - done) / rate_;
}

std::string ProgressLine::plain(std::string_view phase) const {
  std::string text(phase);
  if (sample_.bytes_total != 0) {
    text += fmt::format(": {:.0f}%, {} of {}", fraction() * 100, human_bytes(sample_.bytes_done),
                        human_bytes(sample_.bytes_total));
  } else if (sample_.bytes_done != 0) {
    text += fmt::format(": {}", human_bytes(sample_.bytes_done));
  }
  if (sample_.rows_done != 0) text += fmt::format(", {} rows", human_count(sample_.rows_done));
  if (sample_.steps_total != 0) text += fmt::format(", {}/{} steps", sample_.steps_done, sample_.steps_total);
  if (rate_ > 0) text += ", " + human_rate(rate_);
  if (eta_s() >= 0) text += ", ETA " + human_duration(eta_s());
  return text;
}

std::string ProgressLine::bar(std::string_view phase, int width) const {
  constexpr int kBar = 24;
  const int filled = static_cast<int>(fraction() * kBar);
  std::string line =
      fmt::format("{} [{:#<{}}{:-<{}}] {:3.0f}%", phase, "", filled, "", kBar - filled, fraction() * 100);
  if (sample_.bytes_total != 0) {
    line += fmt::format("  {} of {}", human_bytes(std::min(sample_.bytes_done, sample_.bytes_total)),
                        human_bytes(sample_.bytes_total));
  }
  if (sample_.steps_total != 0) line += fmt::format("  {}/{}", sample_.steps_done, sample_.steps_total);
  if (rate_ > 0) line += "  " + human_rate(rate_);
  if (eta_s() >= 0) line += "  ETA " + human_duration(eta_s());
  if (width > 1 && line.size() >= static_cast<std::size_t>(width))
    line.resize(static_cast<std::size_t>(width) - 1);
  return line;
}

}  // namespace pgark::cli
