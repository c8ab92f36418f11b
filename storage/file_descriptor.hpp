// Owns a file descriptor. Thread rule: as for any value; the descriptor itself may be used by many threads.
#pragma once

#include <utility>

namespace pgark::storage {

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

}  // namespace pgark::storage
