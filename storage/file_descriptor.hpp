// Owns a file descriptor. Thread rule: as for any value; the descriptor itself may be used by many threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/bytes.hpp"

namespace pgark::storage {

// Linux moves at most 2 GiB - 4 KiB at a time.
inline constexpr std::size_t kTransferBytesMax = std::size_t{1} << 30;

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~FileDescriptor() { close(); }

  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }
  // 0, or the errno of close(2): a network file system may report a failed write only here.
  int close();

 private:
  int fd_ = -1;
};

// Writes all of `data` at `offset`. 0, or the errno that stopped it.
int write_all_at(int fd, std::uint64_t offset, ByteSpan data);

}  // namespace pgark::storage
