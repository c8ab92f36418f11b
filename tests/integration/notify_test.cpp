// Who is told how a command has ended, and what: docs/notifications.md.
#include <gmock/gmock.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli_fixture.hpp"
#include "support/http_server.hpp"

namespace pgark::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class NotifyTest : public CliFixture {
 protected:
  void SetUp() override {
    cluster_.create_database("shop", "TEMPLATE template0");
    cluster_.sql("shop", "CREATE TABLE t AS SELECT generate_series(1, 100) AS a");
  }
  void TearDown() override { cluster_.drop_database("shop"); }

  HttpReply take(const HttpRequest& request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    return {.status = answer_};
  }
  std::vector<json> told() {
    const std::lock_guard lock(mutex_);
    std::vector<json> messages;
    for (const HttpRequest& request : std::exchange(requests_, {}))
      messages.push_back(json::parse(request.body));
    return messages;
  }
  std::string url(const std::string& path = "/geheim") const { return server_.url() + path; }
  // With the URL in the environment.
  Command telling(Words words) const {
    Command command = pgark(std::move(words));
    command.environment.emplace_back("PGARK_NOTIFY_URL", url());
    return command;
  }
  Words backup_words(const std::string& database = "shop") const {
    return {"backup", "-q", "-d", cluster_.conninfo(database), "-o", archive_, "--overwrite"};
  }
  std::string content(const std::string& name) const {
    std::stringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }
  static void expect_no_secret(const ProcessResult& result) {
    EXPECT_THAT(result.out + result.err, Not(HasSubstr("geheim"))) << result.describe();
  }

  std::mutex mutex_;  // guards what follows
  std::vector<HttpRequest> requests_;
  std::atomic<int> answer_ = 200;
  HttpServer server_{[this](const HttpRequest& request) { return take(request); }};  // last: uses the others
};

TEST_F(NotifyTest, AFailureIsToldAndASuccessIsNot) {
  expect(run(telling(backup_words())), 0, {});
  EXPECT_THAT(told(), testing::IsEmpty());
  const ProcessResult failed = run(telling(backup_words("nothing_here")));
  expect(failed, 3, {"nothing_here"});
  expect_no_secret(failed);
  const auto messages = told();
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0]["event"], "failure");
  EXPECT_EQ(messages[0]["command"], "backup");
  EXPECT_EQ(messages[0]["database"], "nothing_here");
  EXPECT_EQ(messages[0]["archive"], archive_);
  EXPECT_EQ(messages[0]["exit_status"], 3);
  EXPECT_EQ(messages[0]["code"], "connect");
  EXPECT_THAT(messages[0]["error"].get<std::string>(), HasSubstr("nothing_here"));
}

TEST_F(NotifyTest, WhenIsForTheUserToSay) {
  const auto count = [this](const std::string& when, const std::string& database) {
    static_cast<void>(run(telling(joined(backup_words(database), {"--notify-on", when}))));
    return told().size();
  };
  EXPECT_EQ(count("always", "shop"), 1u);
  EXPECT_EQ(count("success", "shop"), 1u);
  EXPECT_EQ(count("never", "shop"), 0u);
  EXPECT_EQ(count("always", "nothing_here"), 1u);
  EXPECT_EQ(count("success", "nothing_here"), 0u);
  EXPECT_EQ(count("never", "nothing_here"), 0u);
  static_cast<void>(run(telling(joined(backup_words(), {"--notify-on", "always"}))));
  const auto messages = told();
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0]["event"], "success");
  EXPECT_EQ(messages[0]["result"]["rows"], 100);
}

TEST_F(NotifyTest, EveryLongCommandTells) {
  const std::string there = cluster_.conninfo("nothing_here");
  const std::vector<std::pair<Words, int>> cases = {
      {{"restore", "missing.pgark", "-d", there}, 8},
      {{"copy", "--from", there, "--to", cluster_.conninfo("shop")}, 3},
      {{"verify", "missing.pgark"}, 8},
      {{"drill", "--backup-dir", "nowhere"}, 2},
      {{"prune", "--backup-dir", "/dev/null/x"}, 8},
      {{"upload", "missing.pgark", "x.pgark"}, 8},
      {{"status", "--backup-dir", "nowhere"}, 16},
      {{"rollback", "-d", cluster_.conninfo("nothing_here")}, 2}};
  for (const auto& [words, status] : cases) {
    const ProcessResult result = run(telling(words));
    EXPECT_NE(result.exit_status, 0) << result.describe();
    const auto messages = told();
    ASSERT_EQ(messages.size(), 1u) << result.describe();
    EXPECT_EQ(messages[0]["command"], words[0]);
    EXPECT_EQ(messages[0]["exit_status"], result.exit_status);
    EXPECT_NE(messages[0]["error"], "it gave no reason") << messages[0];
  }
}

TEST_F(NotifyTest, AnInterruptIsAFailureAndTheUrlIsNotAmongTheArguments) {
  Process holder(cluster_.client(
      "psql", {"-Xq", "-d", "shop", "-c", "BEGIN", "-c", "LOCK TABLE t", "-c", "SELECT pg_sleep(100)"}));
  wait_until([this] { return sessions("query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()") == "1"; });
  Process backup(pgark(joined(backup_words(), {"--notify-url", url(), "--notify-url=" + url("/x?geheim")})));
  wait_until([this] { return sessions("wait_event_type = 'Lock'") == "1"; });
  std::stringstream arguments;
  arguments << std::ifstream("/proc/" + std::to_string(backup.pid()) + "/cmdline").rdbuf();
  EXPECT_THAT(arguments.str(), HasSubstr(server_.url() + "***"));
  EXPECT_THAT(arguments.str(), Not(HasSubstr("geheim")));
  backup.send(SIGTERM);
  EXPECT_EQ(backup.wait().exit_status, 130) << backup.wait().describe();
  holder.send(SIGINT);
  const auto messages = told();
  ASSERT_EQ(messages.size(), 2u);
  for (const json& message : messages) EXPECT_EQ(message["code"], "interrupted");
}

TEST_F(NotifyTest, ANotificationThatFailsIsAWarning) {
  answer_ = 404;
  const ProcessResult failed = run(telling(backup_words("nothing_here")));
  expect(failed, 3, {"warning: " + server_.url() + ": a notification was not sent: the server answers 404"});
  expect_no_secret(failed);
  const ProcessResult good = run(telling(joined(backup_words(), {"--notify-on", "always", "--json"})));
  expect(good, 0, {R"("severity":"warning")", "the server answers 404"});
  expect_no_secret(good);
  const ProcessResult command =
      run_pgark(joined(backup_words(), {"--notify-on", "success", "--notify-command", "exit 7"}));
  expect(command, 0, {"ended with status 7"});
}

TEST_F(NotifyTest, WhatCannotBeSentIsRefusedBeforeTheCommandBegins) {
  for (const Words& options :
       {Words{"--notify-url", "geheim"}, Words{"--notify-url", "https://events.pagerduty.com/v2/geheim"},
        Words{"--notify-on", "sometimes"}, Words{"--notify-format", "smoke"}}) {
    const ProcessResult result = run_pgark(joined(backup_words(), options));
    EXPECT_EQ(result.exit_status, 2) << result.describe();
    expect_no_secret(result);
    EXPECT_FALSE(fs::exists(archive_));
  }
  Command command = pgark(backup_words());
  command.environment.emplace_back("PGARK_NOTIFY_ON", "sometimes");
  expect(run(std::move(command)), 2, {"is no time for notifications"});
}

TEST_F(NotifyTest, ACommandGetsTheFactsAndNothingIsInjected) {
  const std::string hostile = "a\"; touch x; $(touch y)`touch z` 'b";
  const std::string quoted = "a\"\"; touch x; $(touch y)`touch z` 'b";  // between double quotes
  cluster_.create_database(quoted, "TEMPLATE template0");
  Command command = pgark(joined(
      {"backup", "-d",
       "host=127.0.0.1 port=" + std::to_string(cluster_.port()) +
           " user=postgres dbname='a\"; touch x; $(touch y)`touch z` \\'b'"},
      {"-o", "-", "--notify-on", "always", "--notify-command",
       "printf %s \"$PGARK_DATABASE\" >database; printf %s \"$PGARK_EVENT $PGARK_EXIT_STATUS\" >event; "
       "env >environment; cat >input; echo to the log"}));
  command.environment.emplace_back("PGARK_PAGERDUTY_ROUTING_KEY", "geheim");
  const ProcessResult result = run(std::move(command));
  cluster_.drop_database(quoted);
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(content("database"), hostile);
  EXPECT_EQ(content("event"), "success 0");
  EXPECT_THAT(content("environment"), Not(HasSubstr("geheim")));
  EXPECT_EQ(json::parse(content("input"))["database"], hostile);
  EXPECT_THAT(result.err, HasSubstr("to the log"));
  EXPECT_THAT(result.out, Not(HasSubstr("to the log")));
  for (const char* name : {"x", "y", "z"}) EXPECT_FALSE(fs::exists(folder_ / name)) << name;
}

TEST_F(NotifyTest, APgarkInsideOfACommandTellsNobody) {
  const std::string inner = pgark_binary().string() + " verify missing.pgark";
  Command command = pgark({"verify", "missing.pgark"});
  command.environment.emplace_back("PGARK_NOTIFY_COMMAND", "echo told >>log; " + inner);
  expect(run(std::move(command)), 8, {});
  EXPECT_EQ(content("log"), "told\n");
}

TEST_F(NotifyTest, TheLogAsJson) {
  const ProcessResult json_log = run_pgark({"verify", "missing.pgark", "--log-format", "json"});
  expect(json_log, 8, {});
  const json event = json::parse(json_log.out);
  EXPECT_EQ(event["event"], "error");
  EXPECT_EQ(event["code"], "io");
  EXPECT_THAT(event["time"].get<std::string>(), testing::MatchesRegex("20[0-9T:.-]+Z"));
  const ProcessResult text = run_pgark({"verify", "missing.pgark", "--log-format", "text"});
  EXPECT_EQ(text.out, "") << text.describe();
  expect(run_pgark({"verify", "missing.pgark", "--log-format", "xml"}), 2, {"--log-format"});
}

class NotifyConfigTest : public NotifyTest {
 protected:
  ProcessResult with_file(const std::string& text, Words words, unsigned mode = 0600) {
    std::ofstream(folder_ / "pgark.toml") << text;
    fs::permissions(folder_ / "pgark.toml", fs::perms(mode));
    Command command = pgark(std::move(words));
    command.environment.emplace_back("PGARK_CONFIG", (folder_ / "pgark.toml").string());
    return run(std::move(command));
  }
};

TEST_F(NotifyConfigTest, SeveralUrlsOfTheFile) {
  const std::string list = "['" + url() + "', '" + url("/other") + "']";
  expect(with_file("notify-url = " + list, {"verify", "missing.pgark"}), 8, {});
  EXPECT_EQ(told().size(), 2u);
  expect(with_file("notify-on = 'never'\nnotify-url = " + list, {"verify", "missing.pgark"}), 8, {});
  EXPECT_EQ(told().size(), 0u);
  expect(with_file("[verify]\nnotify-format = 'slack'\nnotify-url = " + list, {"verify", "missing.pgark"}), 8,
         {});
  const auto messages = told();
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_THAT(messages[0]["text"].get<std::string>(), HasSubstr("pgark verify of missing.pgark FAILED"));
}

TEST_F(NotifyConfigTest, AUrlIsASecretOfTheFile) {
  for (const std::string table : {"", "[verify]\n"}) {
    const std::string text = table + "notify-url = '" + url() + "'\n";
    const ProcessResult open = with_file(text, {"list"}, 0644);
    expect(open, 2, {"\"notify-url\" may hold a secret", "chmod 600"});
    expect_no_secret(open);
    for (const Words& words : {Words{"config", "show"}, Words{"config", "show", "--json"}}) {
      const ProcessResult shown = with_file(text, words);
      expect(shown, 0, {"notify-url", "***"});
      expect_no_secret(shown);
    }
  }
  expect(with_file("notify-url = '" + url() + "'\npagerduty-routing-key = 'geheim'\n", {"config", "show"}), 0,
         {server_.url() + "/***"});
  const ProcessResult key = with_file("pagerduty-routing-key = 'geheim'\n", {"config", "show"});
  expect_no_secret(key);
  expect(with_file("pagerduty-routing-key = 'geheim'\n", {"list"}, 0644), 2, {"may hold a secret"});
}

}  // namespace
}  // namespace pgark::test
