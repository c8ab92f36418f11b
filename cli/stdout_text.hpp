// Text that is a command's result, not a message about it.
#pragma once

#include <string_view>

namespace pgark::cli {

// Writes to standard output and makes sure that it arrived. Throws io, no_space.
void write_stdout(std::string_view text);
// Of the terminal that standard output is; 0: it is none.
std::size_t stdout_columns();

}  // namespace pgark::cli
