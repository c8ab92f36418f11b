// Durations as the server's settings take them: "250", "1.5s", "2 min".
// PostgreSQL documentation, "Setting Parameters": units us, ms, s, min, h, d.
#pragma once

#include <string_view>

namespace pgark {

// True for a number that is not negative, with or without a unit.
bool is_duration_text(std::string_view text);

}  // namespace pgark
