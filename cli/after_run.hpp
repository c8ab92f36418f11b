// What is done when a command has ended, however it has: it is measured (cli/metrics) and told (cli/notify).
#pragma once

#include <chrono>
#include <optional>

#include "cli/command.hpp"
#include "cli/notify/notify.hpp"

namespace pgark::cli {

class AfterRun {
 public:
  // Before the command begins: a notification that could not be sent is an error now. Throws Exception.
  explicit AfterRun(const Invocation& invocation);

  // Never throws for what goes wrong on the way: that is a warning, and the exit status stays.
  void end(int exit_status, Console& console) const;

 private:
  bool measures() const;
  RunReport report(int exit_status, const Console& console) const;

  const Invocation& invocation_;
  const storage::TimePoint started_;
  const std::chrono::steady_clock::time_point clock_started_;
  std::optional<Notifier> notifier_;  // none: the command has no such options
};

}  // namespace pgark::cli
