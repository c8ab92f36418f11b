#include "storage/file_descriptor.hpp"

#include <unistd.h>

#include <cerrno>

namespace pgark::storage {

int FileDescriptor::close() {
  const int fd = std::exchange(fd_, -1);
  if (fd < 0 || ::close(fd) == 0) return 0;
  return errno == EINTR ? 0 : errno;  // Linux has closed it also then
}

}  // namespace pgark::storage
