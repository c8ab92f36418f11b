#include "cli/notify/webhook.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "storage/http/client.hpp"
#include "storage/object/session.hpp"

namespace pgark::cli {
namespace {

namespace http = storage::http;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kAnswerBytesMax = std::uint64_t{16} << 10;

bool is_host(std::string_view host, std::string_view domain) {
  if (!host.ends_with(domain)) return false;
  return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

// By the documented addresses of the services.
MessageFormat format_for(const Webhook& webhook) {
  const std::string& host = webhook.server.host;
  if (is_host(host, "hooks.slack.com") || is_host(host, "hooks.slack-gov.com")) return MessageFormat::slack;
  const bool of_discord = is_host(host, "discord.com") || is_host(host, "discordapp.com");
  if (of_discord && webhook.target.starts_with("/api/webhooks/")) {
    const std::string path = webhook.target.substr(0, webhook.target.find('?'));
    return path.ends_with("/slack") ? MessageFormat::slack : MessageFormat::discord;
  }
  if (is_host(host, "events.pagerduty.com") || is_host(host, "events.eu.pagerduty.com"))
    return MessageFormat::pagerduty;
  return MessageFormat::generic;
}

std::optional<std::string> refusal_of(const http::Outcome<http::Response>& answer) {
  if (!answer) return answer.error().reason;
  if (answer->ok()) return std::nullopt;
  return fmt::format("the server answers {}", answer->status);
}

}  // namespace

Result<Webhook> parse_webhook(std::string_view url, std::optional<MessageFormat> format) {
  const auto refuse = [](const std::string& message) {
    return fail(ErrorCode::usage, message, "URL of a notification",
                "give it like https://HOST/PATH, in PGARK_NOTIFY_URL or the configuration file");
  };
  const std::size_t scheme = url.find("://");
  const std::size_t path = scheme == std::string_view::npos ? scheme : url.find_first_of("/?#", scheme + 3);
  auto server = http::parse_endpoint(url.substr(0, path));
  if (!server) return refuse(server.error().message);
  Webhook webhook{std::move(*server), "/", MessageFormat::generic};
  if (path != std::string_view::npos) webhook.target = url.substr(path);
  if (webhook.target.front() == '?') webhook.target.insert(0, "/");
  const auto allowed = [](unsigned char c) { return c > ' ' && c < 0x7f && c != '#'; };
  if (!std::ranges::all_of(webhook.target, allowed))
    return refuse("the path has a character that does not belong there");
  webhook.format = format ? *format : format_for(webhook);
  return webhook;
}

std::string masked_webhooks(const std::string& urls) {
  std::istringstream words(urls);
  std::string text;
  for (std::string url; words >> url;) {
    const auto webhook = parse_webhook(url, std::nullopt);
    text += (text.empty() ? "" : " ") + (webhook ? webhook->shown() + "/***" : std::string("***"));
  }
  return text;
}

Result<> post(const Webhook& webhook, const std::string& body,
              const std::shared_ptr<const http::TlsTrust>& trust, const PostLimits& limits) {
  const Clock::time_point end = Clock::now() + limits.whole;
  const auto too_late = [end] { return Clock::now() >= end; };
  const storage::object::World world = storage::object::real_world(too_late);
  http::Client client({limits.timeouts, trust, too_late});
  http::Backoff backoff(limits.retry, world.random);
  http::Call call;
  call.request.method = "POST";
  call.request.target = webhook.target;
  call.request.headers = {{"Content-Type", "application/json"}, {"User-Agent", "pgark"}};
  call.request.body = as_bytes(body);
  call.text_bytes_max = kAnswerBytesMax;
  while (true) {
    const auto answer = client.exchange(webhook.server, call);
    const auto refusal = refusal_of(answer);
    if (!refusal) return {};
    std::optional<http::Milliseconds> wait;
    std::optional<http::Milliseconds> asked;
    if (answer) asked = http::parse_retry_after(answer->header("Retry-After").value_or(""), world.now());
    if (answer ? http::is_transient(answer->status) : http::is_transient(answer.error().kind))
      wait = backoff.next(asked);
    if (!wait || too_late()) {
      const bool stopped = !answer && answer.error().kind == http::FailureKind::interrupted;
      return fail(answer ? ErrorCode::io : ErrorCode::connect,
                  "a notification was not sent: " + (stopped ? "no answer in time" : *refusal),
                  webhook.shown());
    }
    world.wait(*wait);
  }
}

}  // namespace pgark::cli
