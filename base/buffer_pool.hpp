// A fixed number of byte buffers, each lent out as a move-only lease.
//
// The pool is the memory budget: when it is empty, readers stop reading and TCP pushes back on
// the server. It outlives every lease. All methods are thread safe.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/bytes.hpp"

namespace pgark {

using ByteBuffer = std::vector<std::byte>;

class BufferPool;

// Returns its buffer on destruction. The buffer comes empty, or with what it held last (Reuse), and with the
// pool's capacity reserved if there is memory; it may grow for a wide row, in which case the pool shrinks it
// again when it comes back.
class BufferLease {
 public:
  BufferLease() = default;
  BufferLease(BufferLease&&) noexcept;
  BufferLease& operator=(BufferLease&&) noexcept;
  ~BufferLease();

  explicit operator bool() const { return pool_ != nullptr; }
  ByteBuffer& operator*() { return buffer_; }
  const ByteBuffer& operator*() const { return buffer_; }
  ByteBuffer* operator->() { return &buffer_; }
  const ByteBuffer* operator->() const { return &buffer_; }
  void release();

 private:
  friend class BufferPool;
  BufferLease(BufferPool* pool, ByteBuffer buffer);
  BufferPool* pool_ = nullptr;
  ByteBuffer buffer_;
};

// as_left: for those who overwrite a buffer whole. To resize one that is as long already costs nothing, while
// one that comes empty is filled with zeros first.
enum class Reuse { emptied, as_left };

class BufferPool {
 public:
  BufferPool(std::size_t count, std::size_t capacity_bytes, Reuse reuse = Reuse::emptied);
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;
  ~BufferPool();

  std::size_t capacity_bytes() const { return capacity_bytes_; }
  std::size_t count() const { return count_; }

  // A lease, or nullopt when all buffers are out.
  std::optional<BufferLease> try_acquire();

  // Gives a lease to `on_ready` now, or later from the thread that returns one; first come, first
  // served. The callback must not block or throw (post to your executor). Returns a ticket for cancel_wait.
  std::uint64_t acquire(std::function<void(BufferLease)> on_ready);
  // Drops a waiting request; false when it was served already.
  bool cancel_wait(std::uint64_t ticket);

 private:
  friend class BufferLease;
  void give_back(ByteBuffer buffer);

  struct Waiter {
    std::uint64_t ticket;
    std::function<void(BufferLease)> on_ready;
  };

  const std::size_t count_;
  const std::size_t capacity_bytes_;
  const Reuse reuse_;
  std::mutex mutex_;
  std::vector<ByteBuffer> free_;  // allocated and idle
  std::size_t never_allocated_;   // buffers not yet made; made on first use
  std::vector<Waiter> waiters_;   // in order of arrival
  std::uint64_t next_ticket_ = 1;
};

}  // namespace pgark
