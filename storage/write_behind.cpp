#include "storage/write_behind.hpp"

#include <fcntl.h>

#include <cerrno>

namespace pgark::storage {
namespace {

constexpr std::uint64_t kWindowBytes = std::uint64_t{16} << 20;
// Windows that may be on their way to the disk.
constexpr std::uint64_t kWindowsBehind = 4;

int sync_window(int fd, std::uint64_t window, unsigned flags) {
  const auto offset = static_cast<off_t>(window * kWindowBytes);
  if (::sync_file_range(fd, offset, static_cast<off_t>(kWindowBytes), flags) == 0) return 0;
  // Anything else says that this kind of file or kernel cannot do it: fsync will.
  return errno == EIO || errno == ENOSPC || errno == EDQUOT ? errno : 0;
}

}  // namespace

int WriteBehind::wrote(int fd, std::uint64_t bytes) {
  const std::uint64_t before = written_.fetch_add(bytes);
  const std::uint64_t end = (before + bytes) / kWindowBytes;
  for (std::uint64_t window = before / kWindowBytes; window < end; ++window) {
    if (const int failed = sync_window(fd, window, SYNC_FILE_RANGE_WRITE); failed != 0) return failed;
    if (window < kWindowsBehind) continue;
    const std::uint64_t oldest = window - kWindowsBehind;
    const int failed = sync_window(
        fd, oldest, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
    if (failed != 0) return failed;
    // Advice: a failure costs memory, nothing else.
    ::posix_fadvise(fd, static_cast<off_t>(oldest * kWindowBytes), static_cast<off_t>(kWindowBytes),
                    POSIX_FADV_DONTNEED);
  }
  return 0;
}

}  // namespace pgark::storage
