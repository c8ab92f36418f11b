#include "base/duration_text.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace pgark {

bool is_duration_text(std::string_view text) {
  constexpr std::string_view kUnits[] = {"", "us", "ms", "s", "min", "h", "d"};
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view number = text.substr(0, end);
  if (number.empty() || number.front() == '.' || std::count(number.begin(), number.end(), '.') > 1)
    return false;
  std::string_view unit = text.substr(end);
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  return std::find(std::begin(kUnits), std::end(kUnits), unit) != std::end(kUnits);
}

}  // namespace pgark
