// Query (Q): statements of the simple protocol.   | sql, zero-terminated |
#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace pgark::wire {

void append_query(std::string_view sql, std::vector<std::byte>& out);

}  // namespace pgark::wire
