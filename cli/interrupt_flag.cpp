#include "cli/interrupt_flag.hpp"

#include <atomic>
#include <csignal>

#include "base/error.hpp"
#include "storage/interruption.hpp"

namespace pgark::cli {
namespace {

std::atomic<bool> flag{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void handle(int) {
  flag.store(true);
  storage::interrupt_network();
}

void set_handlers(void (*handler)(int)) {
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
    if (sigaction(signal_number, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) continue;
    action = {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART | SA_RESETHAND;  // a second one ends the process at once
    sigaction(signal_number, &action, nullptr);
  }
}

}  // namespace

InterruptFlag::InterruptFlag() {
  flag.store(false);
  storage::resume_network();
  set_handlers(handle);
}

InterruptFlag::~InterruptFlag() {
  set_handlers(SIG_DFL);
}

bool InterruptFlag::raised() {
  return flag.load();
}

void InterruptFlag::check() {
  if (raised()) throw Exception(fail(ErrorCode::interrupted, "interrupted by a signal").value());
}

}  // namespace pgark::cli
