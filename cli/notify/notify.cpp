#include "cli/notify/notify.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>

#include "cli/notify/message.hpp"
#include "cli/notify/shell_command.hpp"
#include "cli/option_group.hpp"

namespace pgark::cli {
namespace {

constexpr const char* kGroup = "Notifications";
constexpr const char* kRoutingKey = "PGARK_PAGERDUTY_ROUTING_KEY";
// What a command that tells somebody has no need of.
constexpr const char* kSettings = "PGARK_NOTIFY_";

std::string value_of(const std::string& given, const char* variable, const char* fallback = "") {
  if (!given.empty()) return given;
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0' ? value : fallback;
}

[[noreturn]] void refuse(const std::string& message, const std::string& object, const std::string& hint) {
  throw Exception(fail(ErrorCode::usage, message, object, hint).value());
}

std::vector<std::string> urls_of(const NotifyOptions& options) {
  if (!options.urls.empty()) return options.urls;
  std::istringstream words(value_of({}, "PGARK_NOTIFY_URL"));
  std::vector<std::string> urls;
  for (std::string url; words >> url;) urls.push_back(url);
  return urls;
}

std::optional<MessageFormat> format_of(const NotifyOptions& options) {
  const std::string name = value_of(options.format, "PGARK_NOTIFY_FORMAT", "auto");
  if (name == "auto") return std::nullopt;
  const auto format = parse_message_format(name);
  if (!format) refuse("is no format of notifications", name, "auto, generic, slack, discord or pagerduty");
  return format;
}

}  // namespace

void add_notify_options(CLI::App& command, NotifyOptions& options) {
  options.commands.insert(command.get_name());
  OptionGroup group(command, kGroup);
  group.list("--notify-url", options.urls, "URL",
             "post there how the command has ended, as JSON; it is a secret, which PGARK_NOTIFY_URL or the "
             "configuration file keeps better (docs/notifications.md)");
  group
      .value("--notify-format", options.format, "FORMAT",
             "generic, slack, discord or pagerduty (default: PGARK_NOTIFY_FORMAT, else auto: by the host)")
      ->check(CLI::IsMember({"auto", "generic", "slack", "discord", "pagerduty"}).description(""));
  group.value("--notify-command", options.command, "COMMAND",
              "run by /bin/sh, with what has happened in PGARK_EVENT, PGARK_ERROR, ... and as JSON on "
              "standard input (default: PGARK_NOTIFY_COMMAND)");
  group
      .value("--notify-on", options.on, "WHEN",
             "failure, success, always or never (default: PGARK_NOTIFY_ON, else failure)")
      ->check(CLI::IsMember({"failure", "success", "always", "never"}).description(""));
}

Notifier::Notifier(const NotifyOptions& options) {
  if (std::getenv("PGARK_EVENT") != nullptr) return;
  const std::string on = value_of(options.on, "PGARK_NOTIFY_ON", "failure");
  on_failure_ = on == "failure" || on == "always";
  on_success_ = on == "success" || on == "always";
  if (!on_failure_ && !on_success_ && on != "never")
    refuse("is no time for notifications", on, "failure, success, always or never");
  command_ = value_of(options.command, "PGARK_NOTIFY_COMMAND");
  const auto format = format_of(options);
  for (const std::string& url : urls_of(options))
    webhooks_.push_back(value_or_throw(parse_webhook(url, format)));
  routing_key_ = value_of({}, kRoutingKey);
  const bool pages = std::ranges::any_of(
      webhooks_, [](const Webhook& one) { return one.format == MessageFormat::pagerduty; });
  if (pages && routing_key_.empty())
    refuse("PagerDuty wants a routing key", kRoutingKey,
           "set it, or pagerduty-routing-key in the configuration file");
  if (std::ranges::any_of(webhooks_, [](const Webhook& one) { return one.server.tls; }))
    trust_ = value_or_throw(storage::http::TlsTrust::create(value_of({}, "PGARK_NOTIFY_CA_BUNDLE")));
}

bool Notifier::wants(const RunReport& report) const {
  return report.failed() ? on_failure_ : on_success_;
}

void Notifier::tell(const RunReport& report, Console& console) const {
  if (!wants(report)) return;
  std::vector<std::function<Result<>()>> tasks;
  for (const Webhook& webhook : webhooks_) {
    tasks.emplace_back([this, &webhook, &report] {
      return post(webhook, message_body(webhook.format, report, routing_key_), trust_, {});
    });
  }
  if (!command_.empty()) {
    tasks.emplace_back([this, &report] {
      ShellCommand command;
      command.command = command_;
      command.variables = message_variables(report);
      command.without = {kSettings, kRoutingKey};
      command.input = message_body(MessageFormat::generic, report, {}) + "\n";
      return run_shell(command);
    });
  }
  std::vector<Result<>> results(tasks.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t at = 0; at < tasks.size(); ++at)
      threads.emplace_back([&results, &tasks, at] { results[at] = tasks[at](); });
  }
  for (const Result<>& result : results) {
    if (!result) console.message(Severity::warning, result.error().message, result.error().object);
  }
}

}  // namespace pgark::cli
