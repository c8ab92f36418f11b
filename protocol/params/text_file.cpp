#include "protocol/params/text_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace pgark::params {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const { return value_; }

 private:
  int value_;
};

tl::unexpected<Error> read_error(const std::string& path, int errno_value) {
  // An unreadable configuration file is a wrong set-up, not a failing disk.
  return fail(ErrorCode::usage, std::string("cannot read: ") + std::strerror(errno_value), path);
}

}  // namespace

FileStatus file_status(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return {S_ISREG(status.st_mode) ? FileKind::plain : FileKind::other, status.st_mode & 0777u};
}

Result<std::string> read_text_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // a FIFO must not block us
  if (file.get() < 0) return read_error(path, errno);
  std::string text;
  char block[16384];
  for (;;) {
    const ssize_t count = ::read(file.get(), block, sizeof block);
    if (count == 0) return text;
    if (count < 0) {
      if (errno == EINTR) continue;
      return read_error(path, errno);
    }
    text.append(block, static_cast<std::size_t>(count));
    if (text.size() > kTextFileBytesMax) return fail(ErrorCode::usage, "the file is larger than 4 MiB", path);
  }
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
  }
  return lines;
}

}  // namespace pgark::params
