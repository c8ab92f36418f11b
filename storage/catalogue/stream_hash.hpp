// The SHA-256 of a file that is being written, of which pieces come in about the order of their places.
//
// A thread of its own hashes what has come without a gap; what is ahead of a gap is kept. When that is too
// much, add() waits, except in the thread that closes the gap. Thread safe but for finish() and the
// destructor, which come last.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "format/io.hpp"

namespace pgark::storage {

class StreamHash {
 public:
  static constexpr std::size_t kPendingBytesDefault = std::size_t{32} << 20;
  explicit StreamHash(std::size_t pending_bytes_max = kPendingBytesDefault);
  ~StreamHash();

  // The bytes stand at `offset`; they are copied. Places that were there before make the hash unknown.
  void add(std::uint64_t offset, std::span<const ByteSpan> pieces);
  // There will be a gap for ever: nobody is to wait for it.
  void give_up();
  // 64 hexadecimal digits over all bytes from 0 to the last; none when they were not all there, once each.
  std::optional<std::string> finish();

 private:
  void run();
  // The bytes from `hashed_` on that are here, or nothing.
  std::vector<std::byte> take_locked();

  const std::size_t pending_bytes_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, std::vector<std::byte>> pending_;  // by offset, guarded like what follows
  std::size_t pending_bytes_ = 0;
  std::uint64_t hashed_ = 0;   // up to here, or about to be
  std::uint64_t gapless_ = 0;  // up to here all is hashed or pending
  bool unknown_ = false;
  bool ended_ = false;
  std::string digest_;  // the thread's, at its end
  std::thread thread_;
};

// The same of a file that is there. `keep_going` is asked now and then; false ends it with interrupted.
Result<std::string> sha256_of(const format::Source& source, bool (*keep_going)() = nullptr);

}  // namespace pgark::storage
