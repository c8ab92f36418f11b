// Comma separated lists, as host, hostaddr, port and require_auth use them.
#pragma once

#include <string_view>
#include <vector>

namespace pgark::params {

// The pieces between the commas, empty ones included; an empty text is one empty piece. Views into `text`.
std::vector<std::string_view> split_list(std::string_view text);

}  // namespace pgark::params
