// Writes a growing file past the page cache (O_DIRECT, open(2)).
//
// Through the cache the kernel copies each byte of an archive into fresh pages, writes them out, and needs
// them given back: a third of the CPU time of an uncompressed backup. Here what arrives at many offsets is
// gathered in aligned windows, and threads of the writer send each full one to the disk.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"

namespace pgark::storage {

// Thread safe except make(), flush() and the destructor.
class DirectWriter {
 public:
  // Null when the file system cannot write past the cache. `fd` must be open for writing, its file empty; it
  // outlives the writer, which changes its O_DIRECT flag.
  static std::unique_ptr<DirectWriter> make(int fd);
  DirectWriter(const DirectWriter&) = delete;
  DirectWriter& operator=(const DirectWriter&) = delete;
  ~DirectWriter();  // what has not been sent yet is dropped

  // Takes a copy of the pieces, which are to stand one behind the other. Waits while the disk is more than a
  // few windows behind. Returns 0, or the errno of a write that has failed: of this one or of an earlier one.
  int write_at(std::uint64_t offset, std::span<const ByteSpan> pieces);
  // Writes what is left, its end through the cache. Nobody may be writing, and everything from 0 to the end
  // must have been written. Returns 0 or an errno.
  int flush();

 private:
  struct Window;
  using WindowPointer = std::unique_ptr<Window>;

  explicit DirectWriter(int fd);
  Window& window_at(std::uint64_t offset);
  void filled(Window& window, std::size_t bytes);
  void run(const std::stop_token& stop);
  int store(const Window& window, std::size_t bytes);

  const int fd_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable_any work_;
  std::condition_variable done_;
  std::unordered_map<std::uint64_t, WindowPointer> open_;  // by offset; being filled
  std::deque<WindowPointer> full_;
  std::vector<WindowPointer> spare_;
  std::size_t storing_ = 0;
  int error_ = 0;
  std::vector<std::jthread> threads_;  // last: they use the members above
};

}  // namespace pgark::storage
