// One connection to a PostgreSQL server: the only place where protocol machines meet a socket.
//
// One operation at a time: every coroutine below REQUIRES that the previous one has finished, and
// runs on the executor given to connect() (a strand when the io_context has several threads).
// Failures throw Exception; the error's code says what happened:
//   connect / auth    the connection was never established
//   server            a statement failed; the connection is idle and usable again
//   connection_lost, protocol   the connection is broken and must be destroyed
// Cancellation (asio, terminal) throws boost::system::system_error(operation_aborted) and leaves
// the connection broken; use CancelHandle to stop the statement on the server.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer_pool.hpp"
#include "base/error.hpp"
#include "protocol/params/connect_params.hpp"
#include "protocol/wire/result_set.hpp"

namespace pgark::protocol {

namespace asio = boost::asio;

using NoticeHandler = std::function<void(const ServerMessage&)>;

// Asks the server to cancel what the connection is doing. Copyable, usable from any executor, also after the
// connection is gone. Speaks over the same transport (TLS included) as the connection did.
class CancelHandle {
 public:
  // Sends the request on a connection of its own and waits until the server closed it. Errors are
  // swallowed: the request is best effort by nature. `timeout_ms` bounds the whole attempt.
  asio::awaitable<void> cancel(int timeout_ms = 5000) const;

  struct Target;
  explicit CancelHandle(std::shared_ptr<const Target> target) : target_(std::move(target)) {}

 private:
  std::shared_ptr<const Target> target_;
};

enum class Status : std::uint8_t { idle, busy, copy_out, copy_in, broken };

// A statement for pipeline(): text parameters only.
struct Statement {
  std::string sql;
  std::vector<std::string> parameters;
};

class Connection {
 public:
  // Tries the hosts in order until one accepts and satisfies target_session_attrs. `on_notice` is called on
  // the connection's executor for every NoticeResponse and may be empty.
  static asio::awaitable<std::unique_ptr<Connection>> connect(asio::any_io_executor executor,
                                                              params::ConnectParams params,
                                                              NoticeHandler on_notice);
  ~Connection();  // closes the socket without ceremony

  Status status() const;
  asio::any_io_executor executor() const;
  std::uint32_t backend_pid() const;
  // Value of a reported parameter (server_version, server_encoding, ...); empty when not reported.
  std::string_view parameter(std::string_view name) const;
  int server_version_num() const;  // 150018 for 15.18
  // 'I' idle, 'T' in a transaction, 'E' in a failed transaction (last ReadyForQuery).
  char transaction_status() const;
  bool uses_tls() const;
  // The host this connection reached, as HostAddress::describe().
  const std::string& peer() const;
  CancelHandle cancel_handle() const;

  // Simple query protocol; `sql` may hold several statements, whose results come in order. COPY is not
  // allowed here.
  asio::awaitable<std::vector<wire::ResultSet>> query_all(std::string sql);
  // As query_all, for a single statement: its result set.
  asio::awaitable<wire::ResultSet> query(std::string sql);
  // As query_all, results discarded.
  asio::awaitable<void> execute(std::string sql);

  // Extended protocol: all statements in one round trip, one Sync at the end, results in order. The first
  // failing statement's error is thrown, with Error::statement set and `failed_index` (if given) set to its
  // position; the ones after it did not run. Without an open transaction the whole pipeline is one
  // transaction.
  asio::awaitable<std::vector<wire::ResultSet>> pipeline(std::vector<Statement> statements,
                                                         std::size_t* failed_index = nullptr);

  // COPY ... TO STDOUT. Starts it; then read_copy until it returns false.
  asio::awaitable<void> begin_copy_out(std::string sql);
  // Appends COPY data to `out` until it holds at least `soft_limit_bytes` and ends at a CopyData message
  // boundary (a whole row: the server sends one row per message), or until the stream ends.
  // Returns false when the stream has ended and the connection is idle again; `out` may hold a last piece
  // then. A row larger than the limit makes `out` grow to that row's size.
  asio::awaitable<bool> read_copy(ByteBuffer& out, std::size_t soft_limit_bytes);
  // Row count from the command tag; valid after read_copy returned false.
  std::uint64_t copy_row_count() const;

  // COPY ... FROM STDIN. Starts it; then write_copy any number of times; then end_copy or abort_copy.
  asio::awaitable<void> begin_copy_in(std::string sql);
  // Sends `data` (any cut) as CopyData messages of at most 256 KiB. The caller keeps `data` alive until it
  // returns. Reads while writing: when the server has failed meanwhile, throws that error once the connection
  // is idle again.
  asio::awaitable<void> write_copy(ByteSpan data);
  asio::awaitable<std::uint64_t> end_copy();             // rows, from the command tag
  asio::awaitable<void> abort_copy(std::string reason);  // CopyFail; swallows the resulting error

  // Sends Terminate and closes in an orderly way; never throws.
  asio::awaitable<void> close();

 private:
  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pgark::protocol
