#include "base/error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace pgark {

std::string_view error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::internal: return "internal";
    case ErrorCode::usage: return "usage";
    case ErrorCode::connect: return "connect";
    case ErrorCode::auth: return "auth";
    case ErrorCode::server: return "server";
    case ErrorCode::connection_lost: return "connection_lost";
    case ErrorCode::protocol: return "protocol";
    case ErrorCode::io: return "io";
    case ErrorCode::no_space: return "no_space";
    case ErrorCode::archive_damaged: return "archive_damaged";
    case ErrorCode::archive_unsupported: return "archive_unsupported";
    case ErrorCode::target_not_empty: return "target_not_empty";
    case ErrorCode::mismatch: return "mismatch";
    case ErrorCode::incomplete: return "incomplete";
    case ErrorCode::snapshot: return "snapshot";
    case ErrorCode::interrupted: return "interrupted";
  }
  return "internal";
}

std::string Error::to_string() const {
  std::string text;
  if (!object.empty()) text = object + ": ";
  text += message;
  if (server && !server->sqlstate.empty()) text += fmt::format(" (SQLSTATE {})", server->sqlstate);
  if (offset) text += fmt::format(" at offset {}", *offset);
  return text;
}

tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string object, std::string hint) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  error.object = std::move(object);
  error.hint = std::move(hint);
  return tl::unexpected<Error>(std::move(error));
}

Error errno_error(int errno_value, std::string_view action, std::string_view object) {
  Error error;
  const bool full = errno_value == ENOSPC || errno_value == EDQUOT;
  error.code = full ? ErrorCode::no_space : ErrorCode::io;
  error.message = fmt::format("{}: {}", action, std::generic_category().message(errno_value));
  error.object = std::string(object);
  if (full) error.hint = "free some space or choose another place, then run the command again";
  return error;
}

Exception::Exception(Error error) : error_(std::move(error)), what_(error_.to_string()) {}

}  // namespace pgark
