// Sends a growing file to the disk while it is written, and gives its memory back.
//
// Left to itself the kernel collects gigabytes of unwritten pages: the sync at the end then takes as long as
// the backup, and the pages push the tables of a server on the same machine out of its cache.
// sync_file_range(2), posix_fadvise(2).
#pragma once

#include <atomic>
#include <cstdint>

namespace pgark::storage {

class WriteBehind {
 public:
  // `bytes` more were written to `fd`, at about the end of what was there: writers that run side by side may
  // leave short gaps behind them, which a later fsync catches. Waits when the disk is more than a few windows
  // behind. Returns 0 or the errno of a write that has failed. Thread safe.
  int wrote(int fd, std::uint64_t bytes);

 private:
  std::atomic<std::uint64_t> written_{0};
};

}  // namespace pgark::storage
