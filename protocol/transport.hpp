// A byte stream to a server: TCP or a Unix socket, in clear or under TLS.
//
// Operations report errors rather than throw. Cancelled, or closed under way, they end with
// operation_aborted (start_tls throws it, for its result has no place for it). One read and one write may run
// at a time, both on the executor given to the constructor. The transport outlives its operations.
#pragma once

#include <sys/socket.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "protocol/params/connect_params.hpp"
#include "protocol/tls.hpp"

namespace pgark::protocol {

namespace asio = boost::asio;

// A socket address to dial.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  bool is_unix() const { return storage.ss_family == AF_UNIX; }
  std::string describe() const;  // "10.0.0.1:5432" or "/run/postgresql/.s.PGSQL.5432"
};

// The address of a Unix socket; fails when the path is longer than the system allows. A leading '@' is the
// abstract name space of Linux.
Result<SocketAddress> unix_address(const std::string& path);

struct SocketOptions {
  bool keepalives = true;
  int keepalives_idle_s = 0, keepalives_interval_s = 0, keepalives_count = 0;  // 0 = system default
  int user_timeout_ms = 0;
};
SocketOptions socket_options(const params::ConnectParams& params);

struct IoResult {
  std::size_t bytes = 0;
  boost::system::error_code error;  // asio::error::eof when the peer has closed, also under TLS
};

class Transport {
 public:
  explicit Transport(const asio::any_io_executor& executor);
  ~Transport();  // closes
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  asio::awaitable<boost::system::error_code> connect(const SocketAddress& address,
                                                     const SocketOptions& options);
  // The handshake and the check of the peer. REQUIRES: connected, nothing received and unread.
  asio::awaitable<Result<>> start_tls(std::unique_ptr<TlsSession> session, bool alpn_required);
  bool uses_tls() const;
  std::vector<std::byte> end_point_binding() const;  // empty without TLS

  asio::awaitable<IoResult> read_some(MutableByteSpan into);
  // While on, reads wait until a good deal has arrived, or a moment has passed: a server sends COPY data in
  // pieces of 8 KiB, and waking up for each costs more CPU than all else together. For bulk data over TCP in
  // clear; no effect otherwise.
  void set_bulk_reading(bool on);
  // The socket has bytes to read now. Under TLS they need not hold any data.
  bool has_input() const;
  // All of `first`, then all of `second`, in one system call when possible.
  asio::awaitable<boost::system::error_code> write(ByteSpan first, ByteSpan second = {});
  // Says goodbye under TLS; no wait longer than `timeout`. Then closes.
  asio::awaitable<void> shutdown(std::chrono::milliseconds timeout);
  // Ends running operations with operation_aborted. May be called again.
  void close() noexcept;

 private:
  asio::awaitable<IoResult> read_bulk(MutableByteSpan into);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pgark::protocol
