// The extended query protocol: Parse, Bind, Describe, Execute, Close, Flush, Sync.
// Parameters and results in text format; names may be empty (the unnamed statement and portal).
// PostgreSQL documentation, "Message Formats".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace pgark::wire {

// The parameter count is a 16-bit field.
inline constexpr std::size_t kBindParametersMax = 65'535;

enum class DescribeTarget : char { statement = 'S', portal = 'P' };

// Parameter types are left to the server.
void append_parse(std::string_view statement_name, std::string_view sql, std::vector<std::byte>& out);
// REQUIRES: at most kBindParametersMax parameters.
void append_bind(std::string_view portal, std::string_view statement_name,
                 std::span<const std::string> parameters, std::vector<std::byte>& out);
void append_describe(DescribeTarget target, std::string_view name, std::vector<std::byte>& out);
// `rows_max` 0 = all.
void append_execute(std::string_view portal, std::uint32_t rows_max, std::vector<std::byte>& out);
void append_close(DescribeTarget target, std::string_view name, std::vector<std::byte>& out);
void append_flush(std::vector<std::byte>& out);
void append_sync(std::vector<std::byte>& out);

}  // namespace pgark::wire
