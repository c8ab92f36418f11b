#include "storage/object/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "storage/object/refusal.hpp"

namespace pgark::storage::object {
namespace {

using namespace std::chrono_literals;

constexpr int kCleanupAttempts = 4;
constexpr http::Timeouts kCleanupTimeouts{3s, 10s};
constexpr auto kWaitStep = 50ms;
constexpr int kPartialContent = 206;
constexpr int kNotFound = 404;
constexpr int kPreconditionFailed = 412;
constexpr int kRangeNotSatisfiable = 416;

// "bytes 0-9/100"
struct ContentRange {
  std::uint64_t first = 0, total = 0;
};
std::optional<ContentRange> parse_content_range(std::string_view text) {
  if (!text.starts_with("bytes ")) return std::nullopt;
  text.remove_prefix(6);
  const std::size_t slash = text.find('/');
  const std::size_t dash = text.find('-');
  if (slash == std::string_view::npos || dash == std::string_view::npos || dash > slash) return std::nullopt;
  ContentRange range;
  const auto number = [](std::string_view digits, std::uint64_t& value) {
    const char* const end = digits.data() + digits.size();
    const auto [at, failed] = std::from_chars(digits.data(), end, value);
    return failed == std::errc() && at == end;
  };
  const bool read = number(text.substr(0, dash), range.first) && number(text.substr(slash + 1), range.total);
  return read ? std::optional(range) : std::nullopt;
}

}  // namespace

World real_world(std::function<bool()> stop) {
  World world;
  world.now = [] { return std::chrono::system_clock::now(); };
  world.random = [] {
    static std::mutex mutex;
    static std::mt19937_64 generator{std::random_device{}()};
    const std::lock_guard lock(mutex);
    return std::uniform_real_distribution<double>(0, 1)(generator);
  };
  world.wait = [stop](std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end && !(stop && stop()))
      std::this_thread::sleep_for(kWaitStep);
  };
  world.stop = std::move(stop);
  return world;
}

struct Session::Range {
  std::uint64_t offset = 0;
  std::string etag;
  http::BodySpace space = {};
  std::size_t filled_before = 0;  // this attempt
};

// Counts and waits for one operation.
class Session::Attempts {
 public:
  Attempts(Session& session, const Operation& operation, const Range* range)
      : session_(session), operation_(operation), range_(range) {
    start();
  }

  // Waits for the next one, or returns the error with which it ends.
  Result<> again(Error error, std::optional<http::Milliseconds> retry_after = std::nullopt) {
    // A long answer that breaks off now and then is one that comes.
    if (range_ != nullptr && range_->space.filled > range_->filled_before) start();
    const auto wait = backoff_->next(retry_after);
    if (!wait) {
      if (backoff_->attempts() > 1)
        error.message += fmt::format(" (after {} attempts)", backoff_->attempts());
      return tl::unexpected<Error>(std::move(error));
    }
    session_.world_.wait(*wait);
    return {};
  }

  bool clock_was_set = false;
  bool keys_were_new = false;

 private:
  void start() {
    http::RetryChoice choice = session_.choice_.retry;
    if (operation_.cleanup) choice.attempts_max = std::min(choice.attempts_max, kCleanupAttempts);
    backoff_.emplace(choice, session_.world_.random);
  }

  Session& session_;
  const Operation& operation_;
  const Range* range_;
  std::optional<http::Backoff> backoff_;
};

Session::Session(std::unique_ptr<Dialect> dialect, SessionChoice choice, World world)
    : dialect_(std::move(dialect)),
      choice_(std::move(choice)),
      world_(std::move(world)),
      client_({choice_.timeouts, choice_.trust, world_.stop}),
      cleanup_client_({kCleanupTimeouts, choice_.trust, {}}) {}

Result<http::Call> Session::prepare(const Operation& operation, Range* range, std::string& keys_used) {
  http::Call call;
  std::vector<http::Header> more;
  if (range != nullptr) {
    const http::BodySpace& space = range->space;
    more.push_back({"Range", fmt::format("bytes={}-{}", range->offset + space.filled,
                                         range->offset + space.space.size() - 1)});
    if (!range->etag.empty()) more.push_back({"If-Match", range->etag});
    call.into = &range->space;
    range->filled_before = space.filled;
  }
  const auto now = world_.now() + std::chrono::milliseconds(clock_ahead_ms_.load());
  auto request = dialect_->prepare(operation, more, now, keys_used);
  if (!request) return tl::unexpected<Error>(std::move(request).error());
  call.request = std::move(*request);
  call.request.headers.push_back({"User-Agent", "pgark"});
  call.text_bytes_max = operation.text_bytes_max;
  return call;
}

void Session::learn_time(const http::Response& response) {
  const auto date = http::parse_http_date(response.header("Date").value_or(""));
  if (!date) return;
  clock_ahead_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(*date - world_.now()).count();
}

bool Session::is_to_stop(const Operation& operation) const {
  if (operation.abandoned != nullptr && *operation.abandoned) return true;
  return !operation.cleanup && world_.stop && world_.stop();
}

Result<http::Response> Session::run(const Operation& operation, Range* range, int* count) {
  const auto propagate = [](auto& result) { return tl::unexpected<Error>(result.error()); };
  const std::string object = name(operation.key);
  const http::Endpoint& server = dialect_->server();
  Attempts attempts(*this, operation, range);
  while (true) {
    if (is_to_stop(operation)) return fail(ErrorCode::interrupted, operation.action + ": stopped", object);
    std::string keys_used;
    const auto call = prepare(operation, range, keys_used);
    if (!call) return propagate(call);
    if (count != nullptr) ++*count;
    http::Client& client = operation.cleanup ? cleanup_client_ : client_;
    auto answer = client.exchange(server, *call);
    if (!answer) {
      Error error = to_error(answer.error(), operation.action, object, server.to_string());
      if (!http::is_transient(answer.error().kind)) return tl::unexpected<Error>(std::move(error));
      if (auto more = attempts.again(std::move(error)); !more) return propagate(more);
      continue;
    }
    const bool late_error = operation.check_body && answer->ok() && !parse_error(answer->body).code.empty();
    if (answer->ok() && !late_error) return std::move(*answer);
    Refusal refusal = refusal_of(*answer);
    if (late_error) refusal.status = 500;
    const bool expected = std::ranges::find(operation.expected, refusal.status) != operation.expected.end();
    const Remedy remedy = remedy_for(refusal);
    if (expected && remedy == Remedy::none) return std::move(*answer);
    Error error = to_error(refusal, operation.action, object);
    const bool sets_time = remedy == Remedy::set_time && !std::exchange(attempts.clock_was_set, true);
    if (sets_time) learn_time(*answer);
    const bool new_keys = remedy == Remedy::new_keys && !std::exchange(attempts.keys_were_new, true) &&
                          dialect_->refuse_keys(keys_used);
    if (!sets_time && !new_keys && remedy != Remedy::wait) return tl::unexpected<Error>(std::move(error));
    const auto retry_after =
        http::parse_retry_after(answer->header("Retry-After").value_or(""), world_.now());
    if (auto more = attempts.again(std::move(error), retry_after); !more) return propagate(more);
  }
}

Result<http::Response> Session::call(const Operation& operation, int* attempts) {
  return run(operation, nullptr, attempts);
}

Result<bool> Session::has_mark(const std::string& key, std::string_view header, const std::string& mark) {
  Operation operation;
  operation.action = "cannot look at what was written";
  operation.method = "HEAD";
  operation.key = key;
  operation.expected = {kNotFound};
  const auto answer = call(operation);
  if (!answer) return tl::unexpected<Error>(answer.error());
  return answer->ok() && answer->header(header) == mark;
}

Result<Session::Piece> Session::read_range(const std::string& key, const std::string& etag,
                                           std::uint64_t offset, MutableByteSpan out) {
  Piece piece;
  if (out.empty()) return piece;
  Operation operation;
  operation.action = "cannot read";
  operation.key = key;
  operation.expected = {kPreconditionFailed, kRangeNotSatisfiable};
  Range range{offset, etag, {out, 0}, 0};
  const auto answer = run(operation, &range, nullptr);
  if (!answer) return tl::unexpected<Error>(answer.error());
  if (answer->status == kPreconditionFailed) {
    return fail(ErrorCode::archive_damaged, "has been replaced while it was read", name(key),
                "run the command again");
  }
  if (answer->status == kRangeNotSatisfiable) return piece;
  piece.bytes = range.space.filled;
  piece.etag = answer->header("ETag").value_or("");
  piece.object_bytes = offset + range.space.filled;
  if (answer->status != kPartialContent) return piece;
  const auto sent = parse_content_range(answer->header("Content-Range").value_or(""));
  if (!sent || sent->first != offset + range.filled_before) {
    return fail(ErrorCode::protocol, "the server sends another part than was asked for", name(key),
                "is the endpoint really that of a store of this kind?");
  }
  piece.object_bytes = sent->total;
  return piece;
}

}  // namespace pgark::storage::object
