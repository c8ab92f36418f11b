#include "storage/object/transfer_pool.hpp"

#include <utility>

namespace pgark::storage::object {

TransferPool::~TransferPool() {
  {
    const std::lock_guard lock(mutex_);
    for (std::jthread& thread : threads_) thread.request_stop();
  }
  work_.notify_all();
  threads_.clear();
}

void TransferPool::submit(std::function<void()> job) {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [this] { return under_way_ < threads_max_; });
  ++under_way_;
  waiting_.push_back(std::move(job));
  if (threads_.size() < under_way_) threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
  lock.unlock();
  work_.notify_one();
}

void TransferPool::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, stop, [this] { return !waiting_.empty(); });
    if (waiting_.empty()) return;
    {
      const std::function<void()> job = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      job();
    }
    lock.lock();
    --under_way_;
    room_.notify_one();
  }
}

}  // namespace pgark::storage::object
