#include "cli/time_span.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace pgark::cli {
namespace {

constexpr std::int64_t kSecondsMax = std::int64_t{1000} * 366 * 86400;

constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> kUnits{
    {{"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86400}, {"w", 7 * 86400}}};

}  // namespace

std::optional<std::chrono::seconds> parse_time_span(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  for (const auto& [name, seconds] : kUnits) {
    if (name != unit) continue;
    if (number > kSecondsMax / seconds) return std::nullopt;
    return std::chrono::seconds(number * seconds);
  }
  return std::nullopt;
}

}  // namespace pgark::cli
