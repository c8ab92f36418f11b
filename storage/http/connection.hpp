// One connection over which HTTP/1.1 exchanges go, one after the other. Blocking: every call returns when it
// is done, has failed, nothing has moved for as long as its timeout says, or the caller wants to stop.
//
// Each connection has an io_context of its own, which the calling thread runs: no other thread is needed, and
// a deadline ends every wait. One thread at a time. The look-up of a name is the system's and cannot be cut
// short. Source: RFC 9112; Boost.Beast does the framing, OpenSSL the TLS.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "storage/http/endpoint.hpp"
#include "storage/http/message.hpp"

namespace pgark::storage::http {

struct Timeouts {
  std::chrono::milliseconds connect{10'000};  // name, TCP and TLS, each
  std::chrono::milliseconds idle{60'000};     // nothing sent or received
};

// Whom to trust. Shared by all connections; immutable.
class TlsTrust {
 public:
  // `ca_file`: PEM certificates in place of the system's; empty: the system's. Errors: usage (the file cannot
  // be read or has no certificate).
  static Result<std::shared_ptr<const TlsTrust>> create(const std::string& ca_file);
  ~TlsTrust();
  TlsTrust(const TlsTrust&) = delete;
  TlsTrust& operator=(const TlsTrust&) = delete;

 private:
  friend class Connection;
  struct Impl;
  explicit TlsTrust(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct ConnectionChoice {
  Timeouts timeouts;
  std::shared_ptr<const TlsTrust> trust;  // REQUIRED where the endpoint has TLS
  std::function<bool()> stop;             // asked several times a second; may be empty
};

class Connection {
 public:
  static Outcome<std::unique_ptr<Connection>> open(const Endpoint& endpoint, const ConnectionChoice& choice);
  ~Connection();

  // Sends the request and receives the answer, whatever its status. After a failure the connection is closed.
  Outcome<Response> exchange(const Call& call);
  // The last exchange has left it open, and the server has not closed it since or sent what nobody asked for.
  bool reusable() const;

 private:
  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pgark::storage::http
