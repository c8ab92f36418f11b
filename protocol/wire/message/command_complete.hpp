// CommandComplete (C): a statement succeeded.
//
//   | command tag, zero-terminated: "SELECT 3", "INSERT 0 1", "COPY 17", "BEGIN" |
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace pgark::wire {

// The command tag.
Result<std::string_view> decode_command_complete(ByteSpan payload);

// The row count, which is the last word of a tag; 0 when it has none.
std::uint64_t row_count_of_tag(std::string_view tag);

}  // namespace pgark::wire
