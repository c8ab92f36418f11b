#include "protocol/connection_errors.hpp"

#include <fmt/format.h>

#include <boost/asio/error.hpp>
#include <cerrno>

namespace pgark::protocol {
namespace {

std::string_view sqlstate_of(const Error& error) {
  return error.server ? std::string_view(error.server->sqlstate) : std::string_view();
}

std::string_view dial_hint(int value, bool is_unix) {
  switch (value) {
    case ECONNREFUSED:
      return is_unix ? "no server listens on that socket any more: is it running?"
                     : "is the server running there, and does its listen_addresses include that address?";
    case ENOENT: return "no server listens there: is it running, and are folder and port right?";
    case EACCES:
    case EPERM:
      return is_unix ? "this user may not enter that folder" : "a firewall on this machine forbids it";
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH: return "check address, network and firewalls";
    default: return {};
  }
}

std::string_view startup_hint(std::string_view sqlstate) {
  if (sqlstate == "28P01") {
    return "check user and password; a password comes from the connection string, PGPASSWORD or the password "
           "file "
           "~/.pgpass, which is ignored when others can read it (chmod 0600)";
  }
  if (sqlstate == "28000") return "the server's pg_hba.conf decides who may connect, from where and how";
  if (sqlstate == "3D000") return "create the database, or name another one";
  if (sqlstate == "57P03") return "try again in a moment";
  if (sqlstate == "53300") return "use fewer jobs, or raise max_connections on the server";
  return {};
}

// Admin shutdown, crash shutdown, cannot connect now, idle session and idle transaction timeouts.
bool ends_session(std::string_view sqlstate) {
  return sqlstate == "57P01" || sqlstate == "57P02" || sqlstate == "57P03" || sqlstate == "57P05" ||
         sqlstate == "25P03";
}

}  // namespace

std::string describe_target(const params::HostAddress& host, const SocketAddress& address) {
  const std::string name = host.describe();
  const std::string dialled = address.describe();
  return name == dialled ? name : fmt::format("{} ({})", name, dialled);
}

Error dial_error(const boost::system::error_code& error, const SocketAddress& address) {
  Error result;
  result.code = ErrorCode::connect;
  result.message = "cannot connect: " + error.message();
  result.hint = dial_hint(error.value(), address.is_unix());
  return result;
}

Error connect_timeout_error(int timeout_s) {
  Error result;
  result.code = ErrorCode::connect;
  result.message = fmt::format("no connection within {} s", timeout_s);
  result.hint = "check address, network and firewalls, or raise connect_timeout";
  return result;
}

Error startup_error(Error error) {
  if (error.code == ErrorCode::connection_lost || error.code == ErrorCode::server)
    error.code = ErrorCode::connect;
  if (error.hint.empty()) error.hint = startup_hint(sqlstate_of(error));
  if (error.hint.empty() && error.code == ErrorCode::auth && !error.server) {
    error.hint = "loosen require_auth or channel_binding, or change the method or encryption in pg_hba.conf";
  }
  return error;
}

Error session_error(Error error, std::string_view peer) {
  const bool is_fatal =
      error.server && (error.server->severity == "FATAL" || error.server->severity == "PANIC");
  if (is_fatal || ends_session(sqlstate_of(error))) error.code = ErrorCode::connection_lost;
  const bool is_broken = error.code == ErrorCode::connection_lost || error.code == ErrorCode::protocol;
  if (!is_broken) return error;
  if (error.object.empty()) error.object = peer;
  if (error.hint.empty() && error.code == ErrorCode::connection_lost) {
    error.hint = error.server
                     ? "the server ended the session; run the command again once it is up"
                     : "the server's log, or the network between, tells why; then run the command again";
  }
  return error;
}

}  // namespace pgark::protocol
