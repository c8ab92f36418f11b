#include "cli/notify/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/text.hpp"

namespace pgark::cli {
namespace {

using nlohmann::json;

// Below what the receivers take: Discord 1024 for a field and 256 for a title, PagerDuty 1024 and 255.
constexpr std::size_t kTextBytesMax = 900;
constexpr std::size_t kTitleBytesMax = 200;
constexpr std::size_t kKeyBytesMax = 250;
constexpr std::size_t kVariableBytesMax = std::size_t{8} << 10;

// Without a character of UTF-8 cut in two.
std::string shortened(std::string text, std::size_t bytes_max) {
  constexpr std::string_view kRest = "...";
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max - kRest.size();
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end).append(kRest);
}

std::string shown(const std::string& text) {
  return shortened(printable(text), kTextBytesMax);
}

json facts_of(const RunReport& report) {
  const json facts = json::parse(report.facts, nullptr, /*allow_exceptions=*/false);
  return facts.is_object() ? facts : json::object();
}

// "pgark backup of shop FAILED on db1"
std::string title(const RunReport& report) {
  const std::string& what = !report.database.empty() ? report.database : report.archive;
  const std::string of = what.empty() ? std::string() : " of " + printable(what);
  return shortened(fmt::format("pgark {}{} {} on {}", report.command, of,
                               report.failed() ? "FAILED" : "succeeded", printable(report.host)),
                   kTitleBytesMax);
}

struct Fact {
  std::string name, value;
};

void add_number(std::vector<Fact>& facts, const json& result, const char* key, const char* name,
                std::string (*text)(std::uint64_t)) {
  const auto found = result.find(key);
  if (found != result.end() && found->is_number_unsigned())
    facts.push_back({name, text(found->get<std::uint64_t>())});
}

// What a person wants to see of it.
std::vector<Fact> facts_shown(const RunReport& report) {
  std::vector<Fact> facts;
  const auto add = [&facts](const char* name, const std::string& value) {
    if (!value.empty()) facts.push_back({name, shown(value)});
  };
  add("error", report.error_text());
  add("what to do", report.hint_text());
  add("archive", report.archive);
  if (report.archive.empty()) add("place", report.place);
  if (report.failed()) add("exit status", fmt::format("{} ({})", report.exit_status, report.code()));
  add("time", human_duration(report.duration_seconds));
  const json result = facts_of(report);
  add_number(facts, result, "rows", "rows", human_count);
  add_number(facts, result, "file_bytes", "size", human_bytes);
  return facts;
}

// Slack documentation, "Formatting text for app surfaces": these three, and nothing else, begin markup that
// reaches people.
std::string escape_slack(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

json slack_message(const RunReport& report) {
  json fields = json::array();
  for (const Fact& fact : facts_shown(report))
    fields.push_back({{"title", fact.name}, {"value", escape_slack(fact.value)}, {"short", false}});
  const json attachment = {{"color", report.failed() ? "danger" : "good"},
                           {"fallback", escape_slack(shown(report.error_text()))},
                           {"fields", fields}};
  return {{"text", escape_slack(title(report))}, {"attachments", json::array({attachment})}};
}

// Discord's Markdown: a backslash takes the meaning from a character that has one.
std::string escape_discord(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("\\*_~`|>[]()#").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

json discord_message(const RunReport& report) {
  constexpr int kRed = 0xd73a4a;
  constexpr int kGreen = 0x2da44e;
  constexpr std::size_t kFieldBytesMax = 1000;  // escaped
  json fields = json::array();
  for (const Fact& fact : facts_shown(report)) {
    fields.push_back({{"name", fact.name}, {"value", shortened(escape_discord(fact.value), kFieldBytesMax)}});
  }
  const json embed = {{"title", shortened(escape_discord(title(report)), kTitleBytesMax)},
                      {"color", report.failed() ? kRed : kGreen},
                      {"timestamp", storage::time_text(report.finished)},
                      {"fields", fields}};
  return {{"username", "pgark"},
          {"embeds", json::array({embed})},
          {"allowed_mentions", {{"parse", json::array()}}}};
}

// PagerDuty documentation, "Events API v2". A success resolves what a failure of the same has triggered.
json pagerduty_message(const RunReport& report, const std::string& routing_key) {
  const std::string asked = report.place + "/" + report.asked_database;
  const std::string& target = asked.size() > 1 ? asked : report.archive;
  json event = {
      {"routing_key", routing_key},
      {"event_action", report.failed() ? "trigger" : "resolve"},
      {"dedup_key", shortened(printable(fmt::format("pgark/{}/{}/{}", report.host, report.command, target)),
                              kKeyBytesMax)}};
  if (!report.failed()) return event;
  const std::string summary = title(report) + ": " + report.error_text();
  event["payload"] = {{"summary", shortened(summary, kTextBytesMax)},
                      {"source", printable(report.host)},
                      {"severity", "error"},
                      {"timestamp", storage::time_text(report.finished)},
                      {"component", report.command},
                      {"custom_details", generic_message(report)}};
  event["client"] = "pgark " + report.pgark_version;
  return event;
}

}  // namespace

std::optional<MessageFormat> parse_message_format(std::string_view name) {
  if (name == "generic") return MessageFormat::generic;
  if (name == "slack") return MessageFormat::slack;
  if (name == "discord") return MessageFormat::discord;
  if (name == "pagerduty") return MessageFormat::pagerduty;
  return std::nullopt;
}

json generic_message(const RunReport& report) {
  json message = {{"schema", "pgark-notification"},
                  {"version", 1},
                  {"event", report.event()},
                  {"command", report.command},
                  {"database", shown(report.database)},
                  {"archive", shown(report.archive)},
                  {"place", shown(report.place)},
                  {"exit_status", report.exit_status},
                  {"code", report.code()},
                  {"error", shown(report.error_text())},
                  {"hint", shown(report.hint_text())},
                  {"started", storage::time_text(report.started)},
                  {"finished", storage::time_text(report.finished)},
                  {"duration_seconds", report.duration_seconds},
                  {"host", shown(report.host)},
                  {"pgark_version", report.pgark_version},
                  {"result", json::object()}};
  const json facts = facts_of(report);  // named: items() borrows
  for (const auto& [name, value] : facts.items())
    message["result"][name] = value.is_string() ? json(shown(value.get<std::string>())) : value;
  return message;
}

std::string message_body(MessageFormat format, const RunReport& report, const std::string& routing_key) {
  json message;
  switch (format) {
    case MessageFormat::generic: message = generic_message(report); break;
    case MessageFormat::slack: message = slack_message(report); break;
    case MessageFormat::discord: message = discord_message(report); break;
    case MessageFormat::pagerduty: message = pagerduty_message(report, routing_key); break;
  }
  return message.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::vector<std::pair<std::string, std::string>> message_variables(const RunReport& report) {
  std::vector<std::pair<std::string, std::string>> variables = {
      {"PGARK_EVENT", report.event()},
      {"PGARK_COMMAND", report.command},
      {"PGARK_DATABASE", report.database},
      {"PGARK_ARCHIVE", report.archive},
      {"PGARK_PLACE", report.place},
      {"PGARK_EXIT_STATUS", std::to_string(report.exit_status)},
      {"PGARK_CODE", report.code()},
      {"PGARK_ERROR", report.error_text()},
      {"PGARK_HINT", report.hint_text()},
      {"PGARK_STARTED", storage::time_text(report.started)},
      {"PGARK_FINISHED", storage::time_text(report.finished)},
      {"PGARK_DURATION_SECONDS", fmt::format("{:.3f}", report.duration_seconds)},
      {"PGARK_HOST", report.host},
      {"PGARK_TITLE", title(report)}};
  for (auto& [name, value] : variables) value = shortened(std::move(value), kVariableBytesMax);
  return variables;
}

}  // namespace pgark::cli
