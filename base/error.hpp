// The one error type of pgark, and Result<T>.
//
// Pure layers (base, protocol/wire, protocol/params, format, dumper/graph, dumper/ddl) return
// Result<T>. The asynchronous layers throw Exception, which carries the same Error. Only cli
// catches, prints and maps the code to an exit status (docs/exit-codes.md).
//
// An error says what failed, on which object and where; `hint` says what to do about it. Neither
// ever contains a password.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace pgark {

// Frozen: each code has an exit status and a row in docs/exit-codes.md.
enum class ErrorCode : std::uint8_t {
  internal,             // a bug in pgark or an exhausted machine
  usage,                // bad option, bad conninfo, unreadable service file, ...
  connect,              // cannot reach the server: name, refused, TLS, timeout, no such database
  auth,                 // the server, or our own policy, refused the authentication
  server,               // the server refused a statement (see Error::server)
  connection_lost,      // an established connection broke or the server shut down
  protocol,             // the peer sent bytes that are not the protocol
  io,                   // a local file could not be read or written
  no_space,             // no space left on the device
  archive_damaged,      // checksum, truncation, impossible length
  archive_unsupported,  // not an archive, or written by a newer major version
  target_not_empty,     // the restore target holds user objects and --clean was not given
  mismatch,             // rows, digests or objects differ from what the archive says
  incomplete,           // finished, but some entries failed or were skipped
  snapshot,             // lock not available, snapshot gone, table changed under the dump
  interrupted,          // SIGINT or SIGTERM
};

// Stable lower-case name of a code, as printed in JSON ("archive_damaged").
std::string_view error_code_name(ErrorCode code);

// Fields of an ErrorResponse or NoticeResponse.
// PostgreSQL documentation, "Error and Notice Message Fields".
struct ServerMessage {
  std::string severity;  // not localised (field V), e.g. "ERROR"
  std::string sqlstate;  // five characters
  std::string message;
  std::string detail;
  std::string hint;
  std::string where;
  std::string schema, table, column, datatype, constraint;
  int position = 0;  // 1-based character of the statement, 0 = none
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;                  // lower case, without a final full stop
  std::string hint;                     // what to do; may be empty
  std::string object;                   // qualified name, file or host the error is about; may be empty
  std::string statement;                // at most one line of the SQL that failed; may be empty
  std::optional<std::uint64_t> offset;  // byte offset in `object`
  std::optional<ServerMessage> server;

  // One line: "object: message (SQLSTATE 42P01) at offset 17". The hint stays apart.
  std::string to_string() const;
};

template <class T = void>
using Result = tl::expected<T, Error>;

// Shorthand: `return fail(ErrorCode::io, "cannot open", path);`
tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string object = {},
                           std::string hint = {});

// Error from errno; ENOSPC and EDQUOT become no_space. `action` reads "cannot write".
Error errno_error(int errno_value, std::string_view action, std::string_view object);

class Exception : public std::exception {
 public:
  explicit Exception(Error error);
  const char* what() const noexcept override { return what_.c_str(); }
  const Error& error() const noexcept { return error_; }

 private:
  Error error_;
  std::string what_;
};

// The bridge at the asynchronous edge: the value, or a thrown Exception.
template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw Exception(std::move(result).error());
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

}  // namespace pgark
