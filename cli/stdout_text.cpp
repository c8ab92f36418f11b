#include "cli/stdout_text.hpp"

#include <cerrno>
#include <iostream>

#include "base/error.hpp"

namespace pgark::cli {

void write_stdout(std::string_view text) {
  std::cout << text;
  std::cout.flush();
  if (!std::cout) throw Exception(errno_error(errno, "cannot write", "standard output"));
}

}  // namespace pgark::cli
