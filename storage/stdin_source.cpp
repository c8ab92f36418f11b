#include "storage/stdin_source.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "storage/file_descriptor.hpp"

namespace pgark::storage {
namespace {

constexpr const char* kName = "standard input";
// How soon an interrupted read ends.
constexpr int kPollMs = 100;

}  // namespace

Result<std::unique_ptr<format::SequentialSource>> StdinSource::open(int fd) {
  if (::isatty(fd) != 0) {
    return fail(ErrorCode::usage, "an archive is not read from a terminal", kName,
                "let pgark backup -o - write into a pipe, or name the archive");
  }
  return std::unique_ptr<format::SequentialSource>(new StdinSource(fd));
}

Result<std::size_t> StdinSource::read(MutableByteSpan out) {
  while (!interrupted_) {
    pollfd waiting{fd_, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, kPollMs);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const ssize_t count = ::read(fd_, out.data(), std::min(out.size(), kTransferBytesMax));
    if (count >= 0) return static_cast<std::size_t>(count);
    // The other end may have set the shared file description to non-blocking.
    if (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK) continue;
    return tl::unexpected<Error>(errno_error(errno, "cannot read", kName));
  }
  return fail(ErrorCode::interrupted, "the reading was stopped", kName);
}

}  // namespace pgark::storage
