// What an archive says of the server it was taken from, as the restore needs it. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.hpp"
#include "format/toc.hpp"

namespace pgark::restore {

// server_version_num of the source; 0 = not known.
int source_version_num(const format::Toc& toc);
// Encoding of all names, statements and rows.
std::string source_encoding(const format::Toc& toc);

// `rows` were taken from the chunks of `entry`: those that the archive says it holds, else
// ErrorCode::mismatch.
Result<> check_row_count(const format::Toc& toc, const format::TocEntry& entry, std::uint64_t rows);

}  // namespace pgark::restore
