#include "cli/after_run.hpp"

#include <unistd.h>

#include <array>

#include "cli/metrics/metrics_file.hpp"
#include "storage/interruption.hpp"

namespace pgark::cli {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "an unknown host";
}

}  // namespace

AfterRun::AfterRun(const Invocation& invocation)
    : invocation_(invocation),
      started_(storage::time_now()),
      clock_started_(std::chrono::steady_clock::now()) {
  if (invocation.notify.commands.contains(invocation.command)) notifier_.emplace(invocation.notify);
}

RunReport AfterRun::report(int exit_status, const Console& console) const {
  RunReport report;
  static_cast<RunRecord&>(report) = console.record();
  report.command = invocation_.command;
  report.exit_status = exit_status;
  report.started = started_;
  report.finished = storage::time_now();
  report.duration_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - clock_started_).count();
  report.host = host_name();
  report.pgark_version = PGARK_VERSION;
  return report;
}

bool AfterRun::measures() const {
  return invocation_.metrics.commands.contains(invocation_.command) &&
         !metrics_file(invocation_.metrics).empty();
}

void AfterRun::end(int exit_status, Console& console) const {
  if (!notifier_ && !measures()) return;
  console.stop_progress();
  storage::resume_network();  // an interrupt was for the command
  const RunReport report = this->report(exit_status, console);
  if (measures()) {
    const std::string file = metrics_file(invocation_.metrics);
    if (const auto updated = update_metrics(file, report); !updated)
      console.message(Severity::warning, "the metrics are not up to date: " + updated.error().to_string(),
                      file);
  }
  if (notifier_) notifier_->tell(report, console);
}

}  // namespace pgark::cli
