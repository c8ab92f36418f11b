#include "cli/input_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "storage/file_descriptor.hpp"

namespace pgark::cli {
namespace {

Result<std::string> read_all(int fd, std::string_view name, std::size_t bytes_max) {
  std::string text;
  char block[16384];
  while (true) {
    const ssize_t count = ::read(fd, block, sizeof block);
    if (count == 0) return text;
    if (count < 0) {
      if (errno == EINTR) continue;
      return tl::unexpected<Error>(errno_error(errno, "cannot read", name));
    }
    text.append(block, static_cast<std::size_t>(count));
    if (text.size() > bytes_max)
      return fail(ErrorCode::usage, "the file is larger than " + std::to_string(bytes_max >> 20) + " MiB",
                  std::string(name));
  }
}

}  // namespace

Result<std::string> read_input(const std::string& path, std::size_t bytes_max) {
  if (path == "-") return read_all(STDIN_FILENO, "standard input", bytes_max);
  const storage::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return tl::unexpected<Error>(errno_error(errno, "cannot open", path));
  return read_all(file.get(), path, bytes_max);
}

}  // namespace pgark::cli
