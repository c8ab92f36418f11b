// Threads that carry parts to the store, a bounded number of them at a time: this, times the size of a part,
// is the memory that uploads take. Shared by all uploads of a store. Thread safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace pgark::storage::object {

class TransferPool {
 public:
  // The threads begin with the first job.
  explicit TransferPool(unsigned threads) : threads_max_(threads) {}
  TransferPool(const TransferPool&) = delete;
  TransferPool& operator=(const TransferPool&) = delete;
  ~TransferPool();  // jobs that wait are still done

  // Waits until there is room for one more. Jobs do not throw.
  void submit(std::function<void()> job);

 private:
  void run(const std::stop_token& stop);

  const unsigned threads_max_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable_any work_;
  std::condition_variable room_;
  std::deque<std::function<void()>> waiting_;
  unsigned under_way_ = 0;  // waiting ones included
  std::vector<std::jthread> threads_;
};

}  // namespace pgark::storage::object
