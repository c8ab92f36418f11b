// Numbers, durations and names as people read them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgark::cli {

std::string human_bytes(std::uint64_t bytes);     // "1.2 GB", powers of 1000
std::string human_count(std::uint64_t count);     // "1,234,567"
std::string human_duration(double seconds);       // "0.4 s", "1 min 05 s", "2 h 03 min"
std::string human_rate(double bytes_per_second);  // "312 MB/s"

// What rows are of: "1 table", "5 tables and large objects".
std::string tables_text(std::uint64_t tables, bool large_objects);

// Makes text from outside safe for a terminal and for one line: control characters,
// and bytes that are not UTF-8, become \xNN.
std::string printable(std::string_view text);

// Rows of cells in aligned columns; a column whose header starts with '>' is aligned to the right.
std::string table(const std::vector<std::string>& headers, const std::vector<std::vector<std::string>>& rows);
// The same when it is not wider than `columns` (0: without limit); else each row as lines of a header and a
// cell, without a header of a cell alone, and an empty line between rows.
std::string table_within(std::size_t columns, const std::vector<std::string>& headers,
                         const std::vector<std::vector<std::string>>& rows);

}  // namespace pgark::cli
