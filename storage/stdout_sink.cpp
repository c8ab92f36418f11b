#include "storage/stdout_sink.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "storage/file_descriptor.hpp"

namespace pgark::storage {
namespace {

constexpr const char* kName = "standard output";

// The other end may have set the shared file description to non-blocking.
void wait_until_writable(int fd) {
  pollfd waiting{fd, POLLOUT, 0};
  ::poll(&waiting, 1, -1);
}

}  // namespace

Result<std::unique_ptr<format::Sink>> StdoutSink::open(int fd, Content content) {
  if (content == Content::archive && ::isatty(fd) != 0) {
    return fail(ErrorCode::usage, "an archive is not written to a terminal", kName,
                "redirect standard output to a file or a pipe, or give -o PATH");
  }
  return std::unique_ptr<format::Sink>(new StdoutSink(fd));
}

Result<> StdoutSink::write_at(std::uint64_t offset, ByteSpan data) {
  if (failed_) return tl::unexpected<Error>(*failed_);
  if (offset != written_) return fail(ErrorCode::internal, "a write out of order", kName);
  while (!data.empty()) {
    const ssize_t done = ::write(fd_, data.data(), std::min(data.size(), kTransferBytesMax));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      wait_until_writable(fd_);
      continue;
    }
    if (done <= 0) {
      failed_ = errno_error(done < 0 ? errno : EIO, "cannot write", kName);
      return tl::unexpected<Error>(*failed_);
    }
    data = data.subspan(static_cast<std::size_t>(done));
    written_ += static_cast<std::uint64_t>(done);
  }
  return {};
}

// Only a file can be made durable; for a pipe the reader is responsible.
Result<> StdoutSink::commit() {
  struct stat status {};
  if (::fstat(fd_, &status) != 0) return tl::unexpected<Error>(errno_error(errno, "cannot look at", kName));
  if (S_ISREG(status.st_mode) && ::fsync(fd_) != 0) {
    return tl::unexpected<Error>(errno_error(errno, "cannot sync", kName));
  }
  return {};
}

}  // namespace pgark::storage
