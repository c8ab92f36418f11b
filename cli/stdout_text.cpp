#include "cli/stdout_text.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>

#include "base/error.hpp"

namespace pgark::cli {

void write_stdout(std::string_view text) {
  std::cout << text;
  std::cout.flush();
  if (!std::cout) throw Exception(errno_error(errno, "cannot write", "standard output"));
}

std::size_t stdout_columns() {
  winsize size{};
  return ::isatty(STDOUT_FILENO) == 1 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace pgark::cli
