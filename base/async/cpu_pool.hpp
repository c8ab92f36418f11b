// Threads for work above about a millisecond of CPU: compression, digests, disk writes.
//
// Jobs are plain callables; a JobGroup counts the jobs of one owner and lets a coroutine wait for
// them. The pool outlives its groups. Thread rule: submit() from any thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <stop_token>

namespace pgark::async {

namespace asio = boost::asio;

// std::function demands copyable targets; jobs own leases, so they are wrapped in shared_ptr.
class CpuPool {
 public:
  explicit CpuPool(std::size_t thread_count);
  CpuPool(const CpuPool&) = delete;
  CpuPool& operator=(const CpuPool&) = delete;
  ~CpuPool();  // runs what was submitted, then joins the threads

  std::size_t thread_count() const;
  void post(std::function<void()> job);
  // Index of the calling pool thread in [0, thread_count), for per-thread codec contexts.
  // REQUIRES: called from inside a job.
  static std::size_t current_thread();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Jobs of one owner. The first exception a job throws is kept: `on_failure` is called once from
// the pool thread, and wait() rethrows it.
class JobGroup {
 public:
  JobGroup(CpuPool& pool, asio::any_io_executor owner,
           std::function<void(std::exception_ptr)> on_failure = {});
  JobGroup(const JobGroup&) = delete;
  JobGroup& operator=(const JobGroup&) = delete;
  ~JobGroup();  // asserts that no job is outstanding

  void submit(std::function<void()> job);
  // Jobs that have not begun, and those submitted from now on, are destroyed instead of run, which gives
  // their leases back; those at work end, sooner when they look at stop_token(). For an owner that has failed
  // or was cancelled.
  void drop_waiting();
  // Asked to stop by drop_waiting(). Lives as long as a job holds it.
  std::stop_token stop_token() const;
  // Waits until no job is outstanding (cancellation alone does not abandon jobs: see drop_waiting),
  // then rethrows the first failure.
  asio::awaitable<void> wait();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pgark::async
