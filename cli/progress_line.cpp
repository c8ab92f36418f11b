#include "cli/progress_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

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
  constexpr std::size_t kBar = 24, kBarLeast = 4, kPercent = 5;  // "  48%"
  const auto room = static_cast<std::size_t>(std::max(width, 2)) - 1;
  const std::string percent = fmt::format(" {:3.0f}%", fraction() * 100);
  std::string line(phase.substr(0, room > kPercent ? room - kPercent : 0));
  // The bar takes what the phase leaves, and the percentage stays whatever happens.
  const std::size_t taken = line.size() + kPercent + 3;
  if (const std::size_t cells = std::min(kBar, room > taken ? room - taken : 0); cells >= kBarLeast) {
    const auto filled = static_cast<std::size_t>(fraction() * static_cast<double>(cells));
    line += fmt::format(" [{:#<{}}{:-<{}}]", "", filled, "", cells - filled);
  }
  line += percent;
  std::vector<std::string> facts;
  if (sample_.bytes_total != 0) {
    facts.push_back(fmt::format("{} of {}", human_bytes(std::min(sample_.bytes_done, sample_.bytes_total)),
                                human_bytes(sample_.bytes_total)));
  }
  if (sample_.steps_total != 0)
    facts.push_back(fmt::format("{}/{}", sample_.steps_done, sample_.steps_total));
  if (rate_ > 0) facts.push_back(human_rate(rate_));
  if (eta_s() >= 0) facts.push_back("ETA " + human_duration(eta_s()));
  for (const std::string& fact : facts) {
    if (line.size() + 2 + fact.size() <= room) line += "  " + fact;
  }
  return line;
}

}  // namespace pgark::cli
