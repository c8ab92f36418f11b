// Rows of COPY text for the micro benchmarks: always the same.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pgark::bench {

inline constexpr std::size_t kTextBytes = std::size_t{4} << 20;

// kTextBytes of rows as of an order table: a key, two numbers, a date, a text; about 60 bytes each, or filled
// up to `row_bytes`.
std::string copy_text(std::size_t row_bytes = 0);

// The same rows as the server sends them, a CopyData message each.
std::vector<std::byte> copy_messages(const std::string& text);

}  // namespace pgark::bench
