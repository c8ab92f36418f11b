#include "cli/report/charts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/report/html.hpp"
#include "cli/text.hpp"

namespace pgark::cli::report {
namespace {

constexpr double kWidth = 1000;
// Narrower would not be seen.
constexpr double kBarMin = 0.8;

std::string time_text(double seconds) {
  return seconds <= 0 ? "0 s" : human_duration(seconds);
}

std::string axis(double seconds) {
  return fmt::format("<div class=\"axis\"><span>0 s</span><span>{}</span><span>{}</span></div>\n",
                     escape_html(time_text(seconds / 2)), escape_html(time_text(seconds)));
}

std::string bar_html(const Bar& bar, double seconds) {
  const double begin = std::clamp(bar.begin / seconds, 0.0, 1.0) * kWidth;
  const double width = std::max(kBarMin, std::clamp((bar.end - bar.begin) / seconds, 0.0, 1.0) * kWidth);
  return fmt::format(
      "<rect class=\"{}\" x=\"{:.1f}\" width=\"{:.1f}\" height=\"10\"><title>{}</title></rect>",
      bar.second ? "second" : "bar", begin, width,
      escape_html(fmt::format("{}: {} to {}", bar.label, time_text(bar.begin), time_text(bar.end))));
}

const Bar* longest_of(const Lane& lane) {
  const auto length = [](const Bar& bar) { return bar.end - bar.begin; };
  const auto found = std::ranges::max_element(lane.bars, {}, length);
  return found == lane.bars.end() ? nullptr : &*found;
}

double greatest_of(const Curve& curve) {
  return curve.values.empty() ? 0 : *std::ranges::max_element(curve.values);
}

}  // namespace

std::string lanes_html(const Lanes& lanes) {
  if (lanes.lanes.empty() || lanes.seconds <= 0) return {};
  std::string html = "<div class=\"lanes\">\n";
  for (const Lane& lane : lanes.lanes) {
    // On a narrow screen only the number is left of "connection 3".
    const std::size_t space = lane.name.rfind(' ');
    const std::string word = space == std::string::npos ? "" : lane.name.substr(0, space + 1);
    html += fmt::format(
        "<div class=\"lane\"><span class=\"name\"><span class=\"word\">{}</span>{}</span>"
        "<svg viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">"
        "<rect class=\"track\" width=\"1000\" height=\"10\"/>",
        escape_html(word), escape_html(lane.name.substr(word.size())),
        escape_html(lane.name + ", busy " + lane.text));
    for (const Bar& bar : lane.bars) html += bar_html(bar, lanes.seconds);
    html += "</svg><span class=\"number\">" + escape_html(lane.text) + "</span></div>\n";
  }
  return html + axis(lanes.seconds) + "</div>\n";
}

std::string curve_html(const Curve& curve) {
  const double greatest = greatest_of(curve);
  if (greatest <= 0) return {};
  constexpr double kHeight = 100;
  std::string html = fmt::format(
      "<div class=\"curve\"><div class=\"axis\"><span>{}</span></div>"
      "<svg viewBox=\"0 0 {} 100\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"up to {}\">",
      escape_html(curve.top), curve.values.size(), escape_html(curve.top));
  for (std::size_t i = 0; i < curve.values.size(); ++i) {
    const double height = curve.values[i] / greatest * kHeight;
    if (height <= 0) continue;
    html += fmt::format("<rect class=\"bar\" x=\"{}\" y=\"{:.1f}\" width=\"1\" height=\"{:.1f}\"/>", i,
                        kHeight - height, height);
  }
  return html + "</svg>\n" + axis(curve.interval_seconds * static_cast<double>(curve.values.size())) +
         "</div>\n";
}

Grid lanes_grid(const Lanes& lanes) {
  Grid grid{{{"connection"}, {"busy", true}, {"longest"}}, {}};
  for (const Lane& lane : lanes.lanes) {
    const Bar* longest = longest_of(lane);
    grid.rows.push_back({{lane.name},
                         {lane.text},
                         {longest == nullptr ? "-"
                                             : fmt::format("{}, {}", longest->label,
                                                           time_text(longest->end - longest->begin))}});
  }
  return grid;
}

std::string curve_text(const Curve& curve) {
  constexpr const char* kLevels[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr std::size_t kLevelCount = 8, kColumns = 60;
  const double greatest = greatest_of(curve);
  if (greatest <= 0) return {};
  const std::size_t together = (curve.values.size() + kColumns - 1) / kColumns;
  std::string text;
  for (std::size_t i = 0; i < curve.values.size(); i += together) {
    const std::size_t end = std::min(i + together, curve.values.size());
    const double value = *std::max_element(curve.values.begin() + static_cast<std::ptrdiff_t>(i),
                                           curve.values.begin() + static_cast<std::ptrdiff_t>(end));
    const auto level = static_cast<std::size_t>(value / greatest * (kLevelCount - 1) + 0.5);
    text += kLevels[std::min(level, kLevelCount - 1)];
  }
  return fmt::format("{} up to {}, {} each", text, curve.top,
                     time_text(curve.interval_seconds * static_cast<double>(together)));
}

}  // namespace pgark::cli::report
