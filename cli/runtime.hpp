// Owns what runs a command: the io_context and its threads, the CPU pool and the signals.
//
// SIGINT, SIGTERM and SIGHUP cancel the root coroutine; a second one ends the process at once (the unfinished
// archive stays behind as .partial and is never mistaken for a whole one). A signal that was ignored when the
// program started stays ignored, so that nohup and the background jobs of a script keep their promise.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>

#include "base/async/cpu_pool.hpp"
#include "base/events.hpp"

namespace pgark::cli {

struct RuntimeTools {
  boost::asio::any_io_executor executor;  // of the io_context; make strands from it
  async::CpuPool& cpu;
};

// Runs `root` to its end on as many I/O threads as `jobs` can use. Rethrows what it threw; a cancellation by
// signal becomes Exception with ErrorCode::interrupted; `events` tells of it as soon as it arrives.
void run_to_completion(int jobs, EventSink& events,
                       const std::function<boost::asio::awaitable<void>(RuntimeTools)>& root);

// For connections that stay open, idle, from one step of a command to another: all on one thread, that of
// run(), as above. What is left in it must be destroyed before it.
class LastingRuntime {
 public:
  explicit LastingRuntime(EventSink& events);
  ~LastingRuntime();
  void run(const std::function<boost::asio::awaitable<void>(RuntimeTools)>& root);

 private:
  struct Impl;
  EventSink& events_;
  std::unique_ptr<Impl> impl_;
};

// Threads for CPU-heavy work on this machine.
unsigned cpu_thread_count();

// Threads that wait for and serve the sockets of `jobs` connections.
unsigned io_thread_count(int jobs);

}  // namespace pgark::cli
