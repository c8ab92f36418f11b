#include "cli/runtime.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/strand.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <csignal>
#include <memory>
#include <thread>
#include <vector>

#include "base/async/spawned.hpp"
#include "base/error.hpp"
#include "cli/exit_code.hpp"
#include "storage/interruption.hpp"

namespace pgark::cli {

namespace asio = boost::asio;

namespace {

// timeout(1) signals its child and then the whole group: both are one wish.
constexpr std::chrono::seconds kSameSignal{1};

// Cancels the root once; the second signal, a moment later, gives up waiting.
class SignalCancel {
 public:
  SignalCancel(const asio::any_io_executor& strand, EventSink& events) : events_(events), signals_(strand) {
    for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
      if (!ignored(signal_number)) signals_.add(signal_number);
    }
    wait();
  }
  void set_target(std::shared_ptr<async::Spawned> root) { root_ = std::move(root); }
  bool interrupted() const { return interrupted_; }
  void stop() { signals_.cancel(); }

 private:
  static bool ignored(int signal_number) {
    struct sigaction inherited {};
    return sigaction(signal_number, nullptr, &inherited) == 0 && inherited.sa_handler == SIG_IGN;
  }

  void wait() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      const auto now = std::chrono::steady_clock::now();
      if (interrupted_ && now - interrupted_at_ > kSameSignal) _exit(exit_code(ErrorCode::interrupted));
      wait();
      if (std::exchange(interrupted_, true)) return;
      interrupted_at_ = now;
      events_.message(Severity::notice, "interrupted: stopping what is under way; once more to end at once",
                      {});
      storage::interrupt_network();
      root_->cancel();
    });
  }

  EventSink& events_;
  asio::signal_set signals_;
  std::shared_ptr<async::Spawned> root_;  // set before the context runs
  bool interrupted_ = false;
  std::chrono::steady_clock::time_point interrupted_at_;
};

// A thread receives some gigabytes a second. With a second one each arrival wakes the other thread, which
// costs more than it brings until the first is busy all the time.
#ifdef __SANITIZE_THREAD__
constexpr unsigned kConnectionsPerIoThread = 1;  // threads are what is being looked at
#else
constexpr unsigned kConnectionsPerIoThread = 4;
#endif

// sched(7), SCHED_BATCH, for this thread and those that it starts: at an arrival, a thread that receives does
// not push aside the backend that sends on the same processor. It waits for its turn, and receives more at
// once.
class BatchScheduling {
 public:
  BatchScheduling() : is_changed_(::sched_getscheduler(0) == SCHED_OTHER && set(SCHED_BATCH)) {}
  BatchScheduling(const BatchScheduling&) = delete;
  BatchScheduling& operator=(const BatchScheduling&) = delete;
  ~BatchScheduling() {
    if (is_changed_) set(SCHED_OTHER);
  }

 private:
  static bool set(int policy) {
    const sched_param no_priority{};
    return ::sched_setscheduler(0, policy, &no_priority) == 0;
  }

  const bool is_changed_;
};

[[noreturn]] void rethrow(std::exception_ptr error, bool interrupted) {
  if (interrupted) {
    Error cause;
    cause.code = ErrorCode::interrupted;
    cause.message = "interrupted by a signal";
    throw Exception(std::move(cause));
  }
  std::rethrow_exception(std::move(error));
}

void run_root(asio::io_context& context, unsigned io_threads, unsigned cpu_threads, EventSink& events,
              const std::function<asio::awaitable<void>(RuntimeTools)>& root) {
  // An interrupt ends one run. What comes after it, a safety backup that is put back, needs the network
  // again.
  storage::resume_network();
  const BatchScheduling batch;
  async::CpuPool cpu(cpu_threads);
  const asio::any_io_executor strand = asio::make_strand(context);
  SignalCancel signals(strand, events);

  std::exception_ptr failure;
  const RuntimeTools tools{context.get_executor(), cpu};
  const auto main = std::make_shared<async::Spawned>(strand);
  signals.set_target(main);
  main->start([&root, &tools] { return root(tools); },
              [&](std::exception_ptr error) {
                failure = std::move(error);
                signals.stop();
              });

  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < io_threads; ++i) threads.emplace_back([&context] { context.run(); });
  context.run();
  threads.clear();
  if (failure) rethrow(failure, signals.interrupted());
}

}  // namespace

unsigned cpu_thread_count() {
  return std::max(1u, std::thread::hardware_concurrency());
}

unsigned io_thread_count(int jobs) {
  const unsigned useful = std::min(cpu_thread_count(), static_cast<unsigned>(std::max(jobs, 1)));
  return std::max(1u, useful / kConnectionsPerIoThread);
}

void run_to_completion(int jobs, EventSink& events,
                       const std::function<asio::awaitable<void>(RuntimeTools)>& root) {
  const unsigned io_threads = io_thread_count(jobs);
  asio::io_context context(static_cast<int>(io_threads));
  run_root(context, io_threads, cpu_thread_count(), events, root);
}

struct LastingRuntime::Impl {
  asio::io_context context{1};
};

LastingRuntime::LastingRuntime(EventSink& events) : events_(events), impl_(std::make_unique<Impl>()) {}

LastingRuntime::~LastingRuntime() = default;

void LastingRuntime::run(const std::function<asio::awaitable<void>(RuntimeTools)>& root) {
  impl_->context.restart();
  run_root(impl_->context, 1, 1, events_, root);
}

}  // namespace pgark::cli
