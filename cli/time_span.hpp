// Spans of time as people give them: "90s", "30 min", "24h", "7d", "2w". Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace pgark::cli {

// A whole number with a unit: s, min, h, d or w. None for anything else, and beyond a thousand years.
std::optional<std::chrono::seconds> parse_time_span(std::string_view text);

}  // namespace pgark::cli
