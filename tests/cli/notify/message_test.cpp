#include "cli/notify/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

namespace pgark::cli {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

RunReport failure() {
  RunReport report;
  report.database = "shop";
  report.archive = "/backups/shop.pgark";
  report.asked_database = "shop";
  report.command = "backup";
  report.exit_status = 5;
  report.error = fail(ErrorCode::server, "permission denied", "table \"t\"", "grant it").value();
  report.error->statement = "SELECT 'geheim'";
  report.started = *storage::parse_time("2026-01-15T14:30:00.000Z");
  report.finished = *storage::parse_time("2026-01-15T14:30:01.500Z");
  report.duration_seconds = 1.5;
  report.host = "db1";
  report.pgark_version = "0.1.0";
  return report;
}

RunReport success() {
  RunReport report = failure();
  report.exit_status = 0;
  report.error.reset();
  report.facts = R"({"command":"backup","rows":1000110,"file_bytes":12000,"complete":true})";
  return report;
}

json body(MessageFormat format, const RunReport& report) {
  return json::parse(message_body(format, report, "key"));
}

TEST(Message, GenericHasTheFacts) {
  const json message = body(MessageFormat::generic, failure());
  EXPECT_EQ(message.dump(1), json::parse(R"({
    "schema": "pgark-notification", "version": 1, "event": "failure", "command": "backup", "database": "shop",
    "archive": "/backups/shop.pgark", "place": "", "exit_status": 5, "code": "server",
    "error": "table \"t\": permission denied", "hint": "grant it", "started": "2026-01-15T14:30:00.000Z",
    "finished": "2026-01-15T14:30:01.500Z", "duration_seconds": 1.5, "host": "db1", "pgark_version": "0.1.0",
    "result": {}})")
                                 .dump(1));
  const json good = body(MessageFormat::generic, success());
  EXPECT_EQ(good["event"], "success");
  EXPECT_EQ(good["code"], "ok");
  EXPECT_EQ(good["error"], "");
  EXPECT_EQ(good["result"]["rows"], 1000110);
}

TEST(Message, TheMissedObjectiveHasAName) {
  RunReport report = failure();
  report.exit_status = 16;
  EXPECT_EQ(body(MessageFormat::generic, report)["code"], "objective_missed");
}

TEST(Message, AFailureWithoutAnErrorSaysSo) {
  RunReport report = failure();
  report.error.reset();
  EXPECT_EQ(body(MessageFormat::generic, report)["error"], "it gave no reason");
}

TEST(Message, NothingSecretLeaves) {
  RunReport report = failure();
  report.error->message = "cannot connect to postgresql://u:geheim@h/d";
  report.error->hint = "is password=geheim right?";
  report.error->server = ServerMessage{};
  report.error->server->detail = "geheim";
  for (const auto format :
       {MessageFormat::generic, MessageFormat::slack, MessageFormat::discord, MessageFormat::pagerduty})
    EXPECT_THAT(message_body(format, report, "key"), Not(HasSubstr("geheim")));
  for (const auto& [name, value] : message_variables(report)) EXPECT_THAT(value, Not(HasSubstr("geheim")));
}

TEST(Message, SlackMentionsNobody) {
  RunReport report = failure();
  report.database = "<!channel> & <@U1>";
  const std::string text = message_body(MessageFormat::slack, report, {});
  EXPECT_THAT(text, AllOf(Not(HasSubstr("<!")), Not(HasSubstr("<@")), HasSubstr("&lt;!channel&gt; &amp; ")));
  const json message = json::parse(text);
  EXPECT_EQ(message["attachments"][0]["color"], "danger");
  EXPECT_THAT(message["text"], HasSubstr("FAILED on db1"));
  EXPECT_EQ(body(MessageFormat::slack, success())["attachments"][0]["color"], "good");
}

TEST(Message, DiscordMentionsNobodyAndKeepsItsLimits) {
  RunReport report = failure();
  report.database = "@everyone **x**";
  report.error->message = std::string(5000, '*');
  const json message = body(MessageFormat::discord, report);
  EXPECT_EQ(message["allowed_mentions"]["parse"], json::array());
  EXPECT_THAT(message["embeds"][0]["title"], HasSubstr("\\*\\*x\\*\\*"));
  EXPECT_LE(message["embeds"][0]["title"].get<std::string>().size(), 256u);
  EXPECT_EQ(message["embeds"][0]["timestamp"], "2026-01-15T14:30:01.500Z");
  for (const json& field : message["embeds"][0]["fields"]) {
    EXPECT_FALSE(field["value"].get<std::string>().empty());
    EXPECT_LE(field["value"].get<std::string>().size(), 1024u);
  }
}

TEST(Message, PagerDutyResolvesWhatItHasTriggered) {
  const json opened = body(MessageFormat::pagerduty, failure());
  const json closed = body(MessageFormat::pagerduty, success());
  EXPECT_EQ(opened["routing_key"], "key");
  EXPECT_EQ(opened["event_action"], "trigger");
  EXPECT_EQ(opened["payload"]["severity"], "error");
  EXPECT_EQ(opened["payload"]["source"], "db1");
  EXPECT_THAT(opened["payload"]["summary"], HasSubstr("permission denied"));
  EXPECT_EQ(opened["payload"]["custom_details"]["exit_status"], 5);
  EXPECT_EQ(closed["event_action"], "resolve");
  EXPECT_EQ(opened["dedup_key"], closed["dedup_key"]);
  RunReport other = failure();
  other.asked_database = "crm";
  EXPECT_NE(body(MessageFormat::pagerduty, other)["dedup_key"], opened["dedup_key"]);
  other.asked_database = std::string(1000, 'x');
  EXPECT_LE(body(MessageFormat::pagerduty, other)["dedup_key"].get<std::string>().size(), 255u);
  other.error->message = std::string(5000, 'x');
  EXPECT_LE(body(MessageFormat::pagerduty, other)["payload"]["summary"].get<std::string>().size(), 1024u);
}

TEST(Message, AnyBytesBecomeValidText) {
  RunReport report = failure();
  report.database = "a\nb\x01\xff\"\\";
  report.archive = std::string(899, 'x') + "\xc3\xa4\xc3\xa4\xc3\xa4";
  report.facts = "no JSON";
  for (const auto format :
       {MessageFormat::generic, MessageFormat::slack, MessageFormat::discord, MessageFormat::pagerduty})
    EXPECT_TRUE(json::accept(message_body(format, report, "key")));
  EXPECT_THAT(body(MessageFormat::generic, report)["archive"].get<std::string>(),
              AllOf(HasSubstr("x..."), Not(HasSubstr("\xef\xbf\xbd"))));
  EXPECT_EQ(body(MessageFormat::generic, report)["database"], "a\\x0ab\\x01\\xff\"\\");
}

TEST(Message, VariablesAreTheFactsAsTheyAre) {
  RunReport report = failure();
  report.database = "$(touch x)\n\"";
  const auto list = message_variables(report);
  const std::map<std::string, std::string> variables(list.begin(), list.end());
  EXPECT_EQ(variables.at("PGARK_EVENT"), "failure");
  EXPECT_EQ(variables.at("PGARK_COMMAND"), "backup");
  EXPECT_EQ(variables.at("PGARK_DATABASE"), report.database);
  EXPECT_EQ(variables.at("PGARK_EXIT_STATUS"), "5");
  EXPECT_EQ(variables.at("PGARK_ERROR"), "table \"t\": permission denied");
  EXPECT_EQ(variables.at("PGARK_DURATION_SECONDS"), "1.500");
}

}  // namespace
}  // namespace pgark::cli
