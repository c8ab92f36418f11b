#include "cli/notify/webhook.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "support/http_server.hpp"
#include "support/temp_directory.hpp"

namespace pgark::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

Webhook parsed(const std::string& url) {
  return value_or_throw(parse_webhook(url, std::nullopt));
}

TEST(Webhook, TheFormatGoesByTheHost) {
  EXPECT_EQ(parsed("https://hooks.slack.com/services/T/B/x").format, MessageFormat::slack);
  EXPECT_EQ(parsed("https://discord.com/api/webhooks/1/x").format, MessageFormat::discord);
  EXPECT_EQ(parsed("https://canary.discord.com/api/webhooks/1/x?wait=true").format, MessageFormat::discord);
  EXPECT_EQ(parsed("https://discord.com/api/webhooks/1/x/slack").format, MessageFormat::slack);
  EXPECT_EQ(parsed("https://events.pagerduty.com/v2/enqueue").format, MessageFormat::pagerduty);
  EXPECT_EQ(parsed("https://events.eu.pagerduty.com/v2/enqueue").format, MessageFormat::pagerduty);
  for (const char* other : {"https://example.org/hooks.slack.com", "https://nothooks.slack.com.example.org/",
                            "https://xdiscord.com/api/webhooks/1/x", "https://discord.com/other"})
    EXPECT_EQ(parsed(other).format, MessageFormat::generic) << other;
  EXPECT_EQ(value_or_throw(parse_webhook("https://chat.example.org/x", MessageFormat::slack)).format,
            MessageFormat::slack);
}

TEST(Webhook, PathAndQueryStayAsTheyAre) {
  EXPECT_EQ(parsed("https://h/a/b/?key=1&t=%2F").target, "/a/b/?key=1&t=%2F");
  EXPECT_EQ(parsed("https://h").target, "/");
  EXPECT_EQ(parsed("https://h?x=1").target, "/?x=1");
  EXPECT_EQ(parsed("http://h:8080/x").shown(), "http://h:8080");
}

TEST(Webhook, WhatIsRefusedIsNotQuoted) {
  for (const char* url :
       {"geheim", "ftp://h/geheim", "https:///geheim", "https://u:geheim@h/", "https://h/geheim x",
        "https://h/geheim#x", "https://h:99999/geheim", "https://h/geheim\n", ""}) {
    const auto webhook = parse_webhook(url, std::nullopt);
    ASSERT_FALSE(webhook) << url;
    EXPECT_EQ(webhook.error().code, ErrorCode::usage);
    EXPECT_THAT(webhook.error().to_string() + webhook.error().hint, Not(HasSubstr("geheim")));
  }
  EXPECT_EQ(masked_webhooks("https://hooks.slack.com/geheim geheim"), "https://hooks.slack.com/*** ***");
}

class PostTest : public testing::Test {
 protected:
  // As quick as a test wants it.
  static PostLimits limits() {
    PostLimits limits;
    limits.whole = 1'500ms;
    limits.timeouts = {500ms, 500ms};
    limits.retry = {3, 1ms, 2ms, 5'000ms};
    return limits;
  }
  Result<> send(const std::string& url) {
    return post(parsed(url + "/geheim"), "{\"a\":1}", trust_, limits());
  }
  static void expect_failure(const Result<>& result, const std::string& part) {
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().to_string(), HasSubstr(part));
    EXPECT_THAT(result.error().to_string(), Not(HasSubstr("geheim")));
  }
  std::shared_ptr<const storage::http::TlsTrust> trust_;
};

TEST_F(PostTest, PostsJson) {
  test::HttpRequest seen;
  std::mutex mutex;
  test::HttpServer server([&](const test::HttpRequest& request) {
    const std::lock_guard lock(mutex);
    seen = request;
    return test::HttpReply{.status = 204};
  });
  const auto sent = send(server.url());
  EXPECT_TRUE(sent) << sent.error().to_string();
  const std::lock_guard lock(mutex);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.target, "/geheim");
  EXPECT_EQ(seen.header("content-type"), "application/json");
  EXPECT_EQ(seen.body, "{\"a\":1}");
}

TEST_F(PostTest, TriesAgainWhatMayPass) {
  std::atomic<int> requests = 0;
  test::HttpServer server([&](const test::HttpRequest&) {
    return ++requests < 3 ? test::HttpReply{.status = requests == 1 ? 503 : 429} : test::HttpReply{};
  });
  EXPECT_TRUE(send(server.url()));
  EXPECT_EQ(requests, 3);
}

TEST_F(PostTest, GivesUpAfterThreeAttempts) {
  std::atomic<int> requests = 0;
  test::HttpServer server([&](const test::HttpRequest&) {
    ++requests;
    return test::HttpReply{.status = 500, .body = "geheim"};
  });
  expect_failure(send(server.url()), "the server answers 500");
  EXPECT_EQ(requests, 3);
}

TEST_F(PostTest, ARefusalIsFinalAndARedirectionIsNotFollowed) {
  std::atomic<int> requests = 0;
  test::HttpServer server([&](const test::HttpRequest&) {
    ++requests;
    return requests == 1 ? test::HttpReply{.status = 404}
                         : test::HttpReply{.status = 302, .headers = {{"Location", "/other"}}};
  });
  expect_failure(send(server.url()), "the server answers 404");
  expect_failure(send(server.url()), "the server answers 302");
  EXPECT_EQ(requests, 2);
}

TEST_F(PostTest, ServersThatDoNotAnswerDelayNobodyForLong) {
  const auto start = std::chrono::steady_clock::now();
  {
    test::HttpServer silent([](const test::HttpRequest&) { return test::HttpReply{.silent = true}; });
    expect_failure(send(silent.url()), "no answer in time");
  }
  {
    test::HttpServer patient([](const test::HttpRequest&) {
      return test::HttpReply{.status = 503, .headers = {{"Retry-After", "3600"}}};
    });
    expect_failure(send(patient.url()), "the server answers 503");
  }
  expect_failure(send("http://127.0.0.1:1"), "refused");
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

TEST_F(PostTest, OverTlsTheServerMustBeTheOne) {
  const test::TempDirectory folder;
  const auto authority = test::Certificate::authority("authority");
  test::CertificateOptions options;
  options.ip_addresses = {"127.0.0.1"};
  const test::ServerTls tls(authority.issue(options));
  test::HttpServer server([](const test::HttpRequest&) { return test::HttpReply{}; }, &tls);
  trust_ = value_or_throw(
      storage::http::TlsTrust::create(test::write_file(folder / "ca.pem", authority.certificate_pem())));
  EXPECT_TRUE(send(server.url()));
  const auto stranger = test::Certificate::authority("stranger");
  trust_ = value_or_throw(
      storage::http::TlsTrust::create(test::write_file(folder / "other.pem", stranger.certificate_pem())));
  expect_failure(send(server.url()), "certificate");
}

}  // namespace
}  // namespace pgark::cli
