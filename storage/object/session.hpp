// Signed requests about one bucket or container, made again when that helps, with one clear error when it
// does not. Blocking; thread safe.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "storage/http/client.hpp"
#include "storage/http/retry.hpp"

namespace pgark::storage::object {

using Query = std::vector<std::pair<std::string, std::string>>;  // as it is, not encoded

// What a session takes from the world; tests bring their own.
struct World {
  std::function<std::chrono::system_clock::time_point()> now;
  std::function<double()> random;                       // from 0 up to but without 1
  std::function<void(std::chrono::milliseconds)> wait;  // returns early when `stop` says so
  std::function<bool()> stop;                           // the command is to end: nothing is begun any more
};
World real_world(std::function<bool()> stop);

struct Operation {
  std::string action;  // for messages: "cannot read"
  std::string method = "GET";
  std::string key;  // empty: the bucket
  Query query = {};
  std::vector<http::Header> headers = {};
  ByteSpan body = {};  // borrowed
  std::uint64_t text_bytes_max = std::uint64_t{1} << 20;
  std::vector<int> expected = {};                // statuses that are an answer although they are no success
  bool check_body = false;                       // a success may turn out to be an error that came late
  const std::atomic<bool>* abandoned = nullptr;  // borrowed; true: no further attempt
  bool cleanup = false;                          // goes on although the command is to end, but not for long
};

// How a kind of store wants to be spoken to. Thread safe.
class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual const http::Endpoint& server() const = 0;
  // "s3://bucket/key"
  virtual std::string name(const std::string& key) const = 0;
  // The operation as a signed request, with `more` headers. `keys_used` is what refuse_keys() wants to be
  // given.
  virtual Result<http::Request> prepare(const Operation& operation, const std::vector<http::Header>& more,
                                        std::chrono::system_clock::time_point now,
                                        std::string& keys_used) = 0;
  // The server has refused these keys as expired. True when others may be had.
  virtual bool refuse_keys(const std::string& keys_used) = 0;
};

struct SessionChoice {
  std::shared_ptr<const http::TlsTrust> trust;
  http::Timeouts timeouts;
  http::RetryChoice retry;
};

class Session {
 public:
  Session(std::unique_ptr<Dialect> dialect, SessionChoice choice, World world);

  // An answer with success or of an expected status.
  // `attempts` (may be null): how many it took.
  Result<http::Response> call(const Operation& operation, int* attempts = nullptr);
  // Fills `out` from `offset`, or less when the object ends before; goes on where a broken answer has ended.
  // `etag`: of which version; empty for the current one.
  struct Piece {
    std::size_t bytes = 0;
    std::uint64_t object_bytes = 0;
    std::string etag;
  };
  Result<Piece> read_range(const std::string& key, const std::string& etag, std::uint64_t offset,
                           MutableByteSpan out);

  // Whether there is an object of that name which carries the mark: one that an earlier attempt has made,
  // whose answer was lost.
  Result<bool> has_mark(const std::string& key, std::string_view header, const std::string& mark);

  const World& world() const { return world_; }
  std::string name(const std::string& key) const { return dialect_->name(key); }

 private:
  struct Range;  // a part of an object that is being read
  class Attempts;
  Result<http::Call> prepare(const Operation& operation, Range* range, std::string& keys_used);
  Result<http::Response> run(const Operation& operation, Range* range, int* count);
  bool is_to_stop(const Operation& operation) const;
  void learn_time(const http::Response& response);

  const std::unique_ptr<Dialect> dialect_;
  const SessionChoice choice_;
  const World world_;
  http::Client client_;
  http::Client cleanup_client_;                  // does not stop
  std::atomic<std::int64_t> clock_ahead_ms_{0};  // of the server, compared with ours
};

}  // namespace pgark::storage::object
