// Tells people and programs how a command has ended: --notify-url, --notify-command and their like.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "cli/notify/webhook.hpp"
#include "cli/run_report.hpp"

namespace pgark::cli {

// As given; empty: from the environment.
struct NotifyOptions {
  std::set<std::string> commands;  // that have these options
  std::vector<std::string> urls;
  std::string format, command, on;
};

// --notify-url, --notify-format, --notify-command, --notify-on.
void add_notify_options(CLI::App& command, NotifyOptions& options);

class Notifier {
 public:
  // Reads options, environment and, for whom to trust, a file. Nobody is told by a pgark that runs inside of
  // such a notification. Throws Exception (usage).
  explicit Notifier(const NotifyOptions& options);

  // Tells all at the same time, and waits for them no longer than their limits. What fails is a warning.
  void tell(const RunReport& report, Console& console) const;

 private:
  bool wants(const RunReport& report) const;

  std::vector<Webhook> webhooks_;
  std::shared_ptr<const storage::http::TlsTrust> trust_;
  std::string routing_key_;
  std::string command_;
  bool on_failure_ = false, on_success_ = false;
};

}  // namespace pgark::cli
