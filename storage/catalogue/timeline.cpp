#include "storage/catalogue/timeline.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace pgark::storage {
namespace {

using nlohmann::json;

constexpr double kMilliseconds = 1000;
constexpr double kSecondsMax = 1e9;
constexpr std::size_t kConnectionsMax = 100'000;

// Side files are read by people as well: not 17 digits.
double rounded(double seconds) {
  return std::round(seconds * kMilliseconds) / kMilliseconds;
}

std::optional<double> seconds_of(const json& value) {
  if (!value.is_number()) return std::nullopt;
  const auto seconds = value.get<double>();
  if (!(seconds >= 0 && seconds <= kSecondsMax)) return std::nullopt;
  return seconds;
}

const json* member(const json& value, const char* name) {
  const auto found = value.find(name);
  return found == value.end() ? nullptr : &*found;
}

std::optional<Stretch> parse_stretch(const json& value) {
  if (!value.is_object()) return std::nullopt;
  const json* connection = member(value, "connection");
  const json* what = member(value, "what");
  const json* more = member(value, "more");
  const json* rows = member(value, "rows");
  const json* begin = member(value, "begin");
  const json* end = member(value, "end");
  if (connection == nullptr || what == nullptr || rows == nullptr || begin == nullptr || end == nullptr)
    return std::nullopt;
  const auto from = seconds_of(*begin), to = seconds_of(*end);
  if (!connection->is_number_unsigned() || !what->is_string() || !rows->is_boolean() || !from || !to ||
      *to < *from || (more != nullptr && !more->is_number_unsigned()))
    return std::nullopt;
  const auto number = connection->get<std::size_t>();
  if (number >= kConnectionsMax) return std::nullopt;
  return Stretch{number,
                 what->get<std::string>(),
                 more == nullptr ? 0 : more->get<std::size_t>(),
                 rows->get<bool>(),
                 *from,
                 *to};
}

}  // namespace

json timeline_json(const Timeline& timeline) {
  json stretches = json::array();
  for (const Stretch& stretch : timeline.stretches) {
    json one = {{"connection", stretch.connection},
                {"what", stretch.what},
                {"rows", stretch.rows},
                {"begin", rounded(stretch.begin)},
                {"end", rounded(stretch.end)}};
    if (stretch.more != 0) one["more"] = stretch.more;
    stretches.push_back(std::move(one));
  }
  return {{"seconds", rounded(timeline.seconds)},
          {"stretches", std::move(stretches)},
          {"interval_seconds", timeline.interval_seconds},
          {"bytes", timeline.bytes}};
}

std::optional<Timeline> parse_timeline(const json& value) {
  if (!value.is_object()) return std::nullopt;
  const json* seconds = member(value, "seconds");
  const json* stretches = member(value, "stretches");
  const json* interval = member(value, "interval_seconds");
  const json* bytes = member(value, "bytes");
  if (seconds == nullptr || stretches == nullptr || interval == nullptr || bytes == nullptr ||
      !stretches->is_array() || !bytes->is_array())
    return std::nullopt;
  const auto whole = seconds_of(*seconds), step = seconds_of(*interval);
  if (!whole || !step) return std::nullopt;
  Timeline timeline{*whole, {}, *step, {}};
  for (const json& each : *stretches) {
    auto stretch = parse_stretch(each);
    if (!stretch) return std::nullopt;
    timeline.stretches.push_back(std::move(*stretch));
  }
  for (const json& each : *bytes) {
    if (!each.is_number_unsigned()) return std::nullopt;
    timeline.bytes.push_back(each.get<std::uint64_t>());
  }
  return timeline;
}

}  // namespace pgark::storage
