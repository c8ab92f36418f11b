// Small text files that a person writes for an option (--filter, --use-list): read at once, bounded.
#pragma once

#include <cstddef>
#include <string>

#include "base/error.hpp"

namespace pgark::cli {

// The whole file; "-" is standard input. Errors: io (cannot be read), usage (larger than `bytes_max`).
Result<std::string> read_input(const std::string& path, std::size_t bytes_max);

}  // namespace pgark::cli
