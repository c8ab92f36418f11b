// When a request is made again, and after how long: exponential back-off with full jitter. Pure: the clock,
// the random numbers and the waiting are the caller's. Source: RFC 9110, section 10.2.3 (Retry-After);
// "Exponential Backoff And Jitter", AWS Architecture Blog.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "storage/http/message.hpp"

namespace pgark::storage::http {

using Milliseconds = std::chrono::milliseconds;
using WallTime = std::chrono::system_clock::time_point;

struct RetryChoice {
  int attempts_max = 14;  // the first one included: a minute or two in all
  Milliseconds first{100};
  Milliseconds longest{20'000};
  Milliseconds retry_after_max{120'000};  // a server that asks for more is not waited for that long
  Milliseconds whole_max{180'000};        // after so long there is no further attempt: each may stall
};

// Answers that may be others the next time: 408, 429, 500, 502, 503, 504.
bool is_transient(int status);
// Failures that may pass: all but tls, too_large and interrupted. What is malformed may come from a proxy.
bool is_transient(FailureKind kind);

// One per request.
class Backoff {
 public:
  // `random` gives numbers from 0 up to but without 1.
  Backoff(const RetryChoice& choice, std::function<double()> random)
      : choice_(choice), random_(std::move(random)) {}

  // How long to wait before the next attempt, or nothing when there have been enough. `retry_after` is what
  // the server asks for at least.
  std::optional<Milliseconds> next(std::optional<Milliseconds> retry_after = std::nullopt);
  int attempts() const { return attempts_; }  // begun so far

 private:
  const RetryChoice choice_;
  const std::function<double()> random_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  int attempts_ = 1;
};

// "120" or "Fri, 31 Dec 1999 23:59:59 GMT"; nothing when it is neither.
std::optional<Milliseconds> parse_retry_after(std::string_view value, WallTime now);

// IMF-fixdate, RFC 9110, section 5.6.7.
std::optional<WallTime> parse_http_date(std::string_view text);
std::string http_date(WallTime time);

}  // namespace pgark::storage::http
