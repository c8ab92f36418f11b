#include "base/buffer_pool.hpp"

#include <algorithm>
#include <cassert>
#include <new>
#include <utility>

namespace pgark {

BufferLease::BufferLease(BufferPool* pool, ByteBuffer buffer) : pool_(pool), buffer_(std::move(buffer)) {}

BufferLease::BufferLease(BufferLease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)), buffer_(std::move(other.buffer_)) {}

BufferLease& BufferLease::operator=(BufferLease&& other) noexcept {
  if (this != &other) {
    release();
    pool_ = std::exchange(other.pool_, nullptr);
    buffer_ = std::move(other.buffer_);
  }
  return *this;
}

BufferLease::~BufferLease() {
  release();
}

void BufferLease::release() {
  if (pool_ != nullptr) std::exchange(pool_, nullptr)->give_back(std::move(buffer_));
}

BufferPool::BufferPool(std::size_t count, std::size_t capacity_bytes, Reuse reuse)
    : count_(count), capacity_bytes_(capacity_bytes), reuse_(reuse), never_allocated_(count) {
  assert(count > 0);
  free_.reserve(count);  // to give a buffer back must not fail
}

BufferPool::~BufferPool() {
  assert(free_.size() + never_allocated_ == count_);
}

std::optional<BufferLease> BufferPool::try_acquire() {
  const std::lock_guard lock(mutex_);
  if (!waiters_.empty()) return std::nullopt;
  if (!free_.empty()) {
    ByteBuffer buffer = std::move(free_.back());
    free_.pop_back();
    return BufferLease(this, std::move(buffer));
  }
  if (never_allocated_ == 0) return std::nullopt;
  ByteBuffer buffer;
  buffer.reserve(capacity_bytes_);
  --never_allocated_;
  return BufferLease(this, std::move(buffer));
}

std::uint64_t BufferPool::acquire(std::function<void(BufferLease)> on_ready) {
  if (auto lease = try_acquire()) {
    on_ready(std::move(*lease));
    return 0;
  }
  std::unique_lock lock(mutex_);
  // A buffer may have come back between the two locks.
  if (waiters_.empty() && !free_.empty()) {
    ByteBuffer buffer = std::move(free_.back());
    free_.pop_back();
    lock.unlock();
    on_ready(BufferLease(this, std::move(buffer)));
    return 0;
  }
  const std::uint64_t ticket = next_ticket_++;
  waiters_.push_back({ticket, std::move(on_ready)});
  return ticket;
}

bool BufferPool::cancel_wait(std::uint64_t ticket) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(waiters_, [&](const Waiter& waiter) { return waiter.ticket == ticket; }) != 0;
}

void BufferPool::give_back(ByteBuffer buffer) {
  if (reuse_ == Reuse::emptied) buffer.clear();
  if (buffer.capacity() > 2 * capacity_bytes_) {
    buffer = ByteBuffer();
    try {
      buffer.reserve(capacity_bytes_);
    } catch (const std::bad_alloc&) {
      // In the destructor of a lease: whoever fills the buffer next will see.
    }
  }
  std::unique_lock lock(mutex_);
  if (waiters_.empty()) {
    free_.push_back(std::move(buffer));
    return;
  }
  const Waiter waiter = std::move(waiters_.front());
  waiters_.erase(waiters_.begin());
  lock.unlock();
  waiter.on_ready(BufferLease(this, std::move(buffer)));
}

}  // namespace pgark
