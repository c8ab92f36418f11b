#include "cli/report/timeline_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "cli/text.hpp"

namespace pgark::cli::report {
namespace {

using storage::Stretch;
using storage::Timeline;

constexpr std::size_t kLanesMax = 64;
constexpr double kPercent = 100;
constexpr double kIntervalsMax = 1000;

std::string label_of(const Stretch& stretch) {
  if (stretch.more == 0) return stretch.what;
  return fmt::format("{} and {} more", stretch.what, human_count(stretch.more));
}

Lane lane_of(std::size_t connection, std::vector<const Stretch*> stretches, double seconds) {
  std::ranges::stable_sort(stretches, {}, &Stretch::begin);
  Lane lane{fmt::format("connection {}", connection + 1), {}, {}};
  double busy = 0;
  for (const Stretch* stretch : stretches) {
    lane.bars.push_back({stretch->begin, stretch->end, label_of(*stretch), !stretch->rows});
    busy += stretch->end - stretch->begin;
  }
  lane.text = fmt::format("{:.0f} %", std::min(1.0, busy / seconds) * kPercent);
  return lane;
}

Section connections_section(const Timeline& timeline) {
  std::map<std::size_t, std::vector<const Stretch*>> connections;
  for (const Stretch& stretch : timeline.stretches) connections[stretch.connection].push_back(&stretch);
  Section section;
  section.title = "Time line";
  section.lanes.seconds = timeline.seconds;
  for (auto& [connection, stretches] : connections) {
    if (section.lanes.lanes.size() == kLanesMax) break;
    section.lanes.lanes.push_back(lane_of(connection, std::move(stretches), timeline.seconds));
  }
  const bool made = std::ranges::any_of(timeline.stretches, [](const Stretch& one) { return !one.rows; });
  section.note = made ? "Blue: rows; brown: definitions, indexes and constraints. " : "";
  section.note += "The number is the part of the time in which the connection was at work.";
  if (connections.size() > kLanesMax)
    section.note += fmt::format(" {} connections more are not shown.", connections.size() - kLanesMax);
  return section;
}

Section throughput_section(const Timeline& timeline) {
  Section section;
  section.title = "Throughput";
  Curve& curve = section.curve;
  curve.interval_seconds = timeline.interval_seconds;
  double greatest = 0;
  for (const std::uint64_t bytes : timeline.bytes) {
    curve.values.push_back(static_cast<double>(bytes) / timeline.interval_seconds);
    greatest = std::max(greatest, curve.values.back());
  }
  // As long as the lanes above, unless somebody has changed the file.
  const double intervals = std::ceil(timeline.seconds / timeline.interval_seconds);
  if (static_cast<double>(curve.values.size()) < intervals && intervals <= kIntervalsMax)
    curve.values.resize(static_cast<std::size_t>(intervals));
  curve.top = human_rate(greatest);
  section.note = "Bytes of rows as the server sends and takes them.";
  return section;
}

}  // namespace

void add_timeline(Document& document, const Timeline& timeline) {
  if (!timeline.stretches.empty() && timeline.seconds > 0)
    document.sections.push_back(connections_section(timeline));
  if (!timeline.bytes.empty() && timeline.interval_seconds > 0)
    document.sections.push_back(throughput_section(timeline));
}

}  // namespace pgark::cli::report
