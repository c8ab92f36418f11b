#include "storage/file_descriptor.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace pgark::storage {

int write_all_at(int fd, std::uint64_t offset, ByteSpan data) {
  while (!data.empty()) {
    const std::size_t wanted = std::min(data.size(), kTransferBytesMax);
    const ssize_t written = ::pwrite(fd, data.data(), wanted, static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : EIO;
    data = data.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return 0;
}

int FileDescriptor::close() {
  const int fd = std::exchange(fd_, -1);
  if (fd < 0 || ::close(fd) == 0) return 0;
  return errno == EINTR ? 0 : errno;  // Linux has closed it also then
}

}  // namespace pgark::storage
