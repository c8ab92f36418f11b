// A request and its answer, and how an exchange fails. Values, without sockets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/bytes.hpp"

namespace pgark::storage::http {

struct Header {
  std::string name, value;
};

// The value of a header, its name compared without regard to case; the first when there are several.
std::optional<std::string_view> find_header(const std::vector<Header>& headers, std::string_view name);

struct Request {
  std::string method = "GET";
  std::string target = "/";     // path and query, encoded
  std::vector<Header> headers;  // Host and Content-Length are added
  ByteSpan body;                // borrowed
};

// Where the body of an answer with success (2xx) goes instead of Response::body. `filled` counts on from what
// it is, also when the exchange fails: the rest can be asked for.
struct BodySpace {
  MutableByteSpan space;
  std::size_t filled = 0;
};

struct Response {
  int status = 0;
  std::vector<Header> headers;
  std::string body;  // bounded by Call::text_bytes_max

  bool ok() const { return status >= 200 && status < 300; }
  std::optional<std::string_view> header(std::string_view name) const { return find_header(headers, name); }
};

struct Call {
  Request request;
  BodySpace* into = nullptr;  // borrowed; null: the body is small
  std::uint64_t text_bytes_max = std::uint64_t{1} << 20;
};

enum class FailureKind : std::uint8_t {
  lookup,       // the name of the host is not known, or the resolver does not answer
  connect,      // refused, unreachable
  tls,          // the server is not the one it should be, or speaks no TLS: to try again does not help
  timed_out,    // nothing has moved for too long
  broken,       // reset or closed before the answer was complete
  malformed,    // the answer is not HTTP
  too_large,    // more than the caller takes
  interrupted,  // the caller has asked to stop
};

struct Failure {
  FailureKind kind = FailureKind::broken;
  std::string reason;  // lower case, without host: "connection refused"
};

template <class T>
using Outcome = tl::expected<T, Failure>;

}  // namespace pgark::storage::http
