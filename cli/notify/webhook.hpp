// Posts a message to a URL. The URL is a secret: whoever has its path and query can write there. So nothing
// here, errors included, shows more of it than scheme, host and port.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "cli/notify/message.hpp"
#include "storage/http/connection.hpp"
#include "storage/http/retry.hpp"

namespace pgark::cli {

struct Webhook {
  storage::http::Endpoint server;  // without a path
  std::string target;              // path and query
  MessageFormat format = MessageFormat::generic;

  std::string shown() const { return server.to_string(); }
};

// `format`: none when it goes by the host. Errors: usage, without the URL.
Result<Webhook> parse_webhook(std::string_view url, std::optional<MessageFormat> format);

// "https://hooks.slack.com/***", of several URLs each; what is none is "***".
std::string masked_webhooks(const std::string& urls);

struct PostLimits {
  std::chrono::milliseconds whole{20'000};  // all attempts together
  storage::http::Timeouts timeouts{std::chrono::milliseconds(5'000), std::chrono::milliseconds(10'000)};
  storage::http::RetryChoice retry{3, std::chrono::milliseconds(1'000), std::chrono::milliseconds(4'000),
                                   std::chrono::milliseconds(5'000)};
};

// Blocking; any thread. Any 2xx answer is a success, redirections are not followed. An interrupt of the
// command does not end it. Errors: connect, io.
Result<> post(const Webhook& webhook, const std::string& body,
              const std::shared_ptr<const storage::http::TlsTrust>& trust, const PostLimits& limits);

}  // namespace pgark::cli
