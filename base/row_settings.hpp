// The settings of a session that decide how the server prints a row, and the values under which an archive's
// rows are printed (SCHEMA_COVERAGE A1). Whoever reads rows to store them or to compare them with stored ones
// sets these.
#pragma once

#include <array>

namespace pgark {

struct RowSetting {
  const char* name;
  const char* value;  // SQL literal or keyword
};

inline constexpr std::array<RowSetting, 7> kRowSettings{{
    {"datestyle", "'ISO, MDY'"},
    {"intervalstyle", "'postgres'"},
    {"extra_float_digits", "3"},
    {"bytea_output", "'hex'"},
    {"timezone", "'UTC'"},
    {"lc_monetary", "'C'"},
    {"xmlbinary", "'base64'"},
}};

}  // namespace pgark
