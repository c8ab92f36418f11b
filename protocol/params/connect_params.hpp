// Connection parameters as libpq understands them.
// Source: PostgreSQL documentation, "Database Connection Control Functions", sections Connection
// Strings and Parameter Key Words, and "Environment Variables", "The Password File", "The Connection Service
// File".
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace pgark::params {

enum class SslMode : std::uint8_t { disable, allow, prefer, require, verify_ca, verify_full };
enum class SslNegotiation : std::uint8_t { postgres, direct };
enum class ChannelBinding : std::uint8_t { disable, prefer, require };
enum class TargetSessionAttrs : std::uint8_t { any, read_write, read_only, primary, standby, prefer_standby };

// One authentication method of require_auth; see AuthPolicy.
enum class AuthMethod : std::uint8_t { none, password, md5, gss, sspi, scram_sha_256 };

// require_auth: the methods the client accepts. Bit (1 << AuthMethod).
struct AuthPolicy {
  std::uint32_t allowed = ~0u;
  bool restricted = false;  // require_auth was given
  bool allows(AuthMethod method) const { return (allowed >> static_cast<unsigned>(method) & 1u) != 0; }
};

// One entry of the host list, in the order of trial.
struct HostAddress {
  std::string host;      // name, or directory of the Unix socket when it starts with '/' or '@'
  std::string hostaddr;  // numeric address to dial instead of looking `host` up; may be empty
  std::uint16_t port = 5432;
  std::string password;  // from `password`, PGPASSWORD or the password file; never printed
  bool is_unix_socket() const;
  std::string describe() const;  // "db1:5432" or "/run/postgresql/.s.PGSQL.5432"
};

struct SslParams {
  SslMode mode = SslMode::prefer;
  SslNegotiation negotiation = SslNegotiation::postgres;
  std::string root_cert;  // path, or "system"; default ~/.postgresql/root.crt, whether or not it exists
  bool root_cert_given = false;
  // Paths; ~/.postgresql/postgresql.{crt,key} when they exist. An empty cert: none is sent.
  std::string cert, key;
  std::string key_password;
  std::string crl, crl_dir;  // crl defaults to ~/.postgresql/root.crl when that exists
  std::string min_protocol_version = "TLSv1.2";
  std::string max_protocol_version;
  bool sni = true;
};

struct ConnectParams {
  std::vector<HostAddress> hosts;  // at least one
  std::string user;
  std::string database;
  std::string application_name = "pgark";
  std::string options;          // startup packet field `options`
  std::string client_encoding;  // empty: the server's
  SslParams ssl;
  ChannelBinding channel_binding = ChannelBinding::prefer;
  AuthPolicy require_auth;
  TargetSessionAttrs target_session_attrs = TargetSessionAttrs::any;
  bool load_balance_random = false;
  int connect_timeout_s = 0;  // per host; 0 = wait for ever
  int tcp_user_timeout_ms = 0;
  bool keepalives = true;
  int keepalives_idle_s = 0, keepalives_interval_s = 0, keepalives_count = 0;  // 0 = system default
  bool replication = false;

  // "database on host:port as user", without secrets.
  std::string describe() const;
};

// Where defaults come from; tests give their own.
struct Environment {
  std::function<std::optional<std::string>(std::string_view name)> variable;
  std::string home_directory;   // for ~/.pgpass, ~/.pg_service.conf, ~/.postgresql
  std::string user_name;        // operating system user
  std::string system_conf_dir;  // for pg_service.conf (PGSYSCONFDIR default)
  // Where a server on this machine may listen, most likely first; the first that holds a socket is the
  // default host.
  std::vector<std::string> socket_directories = {"/var/run/postgresql", "/tmp"};
};
Environment process_environment();  // the only function here that reads the process's environment

// What the command line gave; empty = not given. `dbname` may be a name, a conninfo string or a URI,
// as with psql -d. The other options override what it contains.
struct CommandLineParams {
  std::string dbname;
  std::string host, port, user;
};

// Precedence, strongest first: command line options, conninfo, service file, PG* variables, DATABASE_URL
// (only when neither a conninfo nor any of PGHOST/PGSERVICE/PGDATABASE names a database or host), built-in
// defaults. Fails with ErrorCode::usage and names the offending keyword or value. A password file whose
// permissions are too wide is ignored, as libpq does, and `warnings` says so.
struct Resolved {
  ConnectParams params;
  std::vector<std::string> warnings;
};
Result<Resolved> resolve(const CommandLineParams& command_line, const Environment& environment);

}  // namespace pgark::params
