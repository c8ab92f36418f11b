#include "dumper/session.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "base/row_settings.hpp"
#include "base/sql_quote.hpp"
#include "protocol/statement_timeout.hpp"

namespace pgark::dumper {
namespace {

struct Setting {
  const char* name;
  const char* value;
  int since_major = 0;
};

// A1.3 to A1.18 but for the ones that need a query and those of base/row_settings.hpp. Values are SQL
// literals or keywords.
constexpr Setting kSettings[] = {
    {"standard_conforming_strings", "on"},
    {"array_nulls", "on"},
    {"synchronize_seqscans", "off"},
    {"statement_timeout", "0"},
    {"lock_timeout", "0"},
    {"idle_in_transaction_session_timeout", "0"},
    {"idle_session_timeout", "0", 14},
    {"transaction_timeout", "0", 17},
    {"row_security", "off"},
    {"quote_all_identifiers", "off"},
    {"jit", "off"},
    {"max_parallel_workers_per_gather", "0"},
};

// A1.1: before anything else is looked up by name.
constexpr const char* kEmptySearchPath = "SELECT pg_catalog.set_config('search_path', '', false)";
// A1.2: unless asked for, no conversion of anything; it could lose what another encoding lacks.
constexpr const char* kServerEncoding =
    "SELECT pg_catalog.set_config('client_encoding', pg_catalog.current_setting('server_encoding'), false)";
constexpr const char* kBegin = "BEGIN; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";
// Waits for a moment at which no serializable transaction can disturb what is read.
constexpr const char* kBeginDeferrable =
    "BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE";

constexpr const char* kSnapshotFacts =
    "SELECT pg_catalog.pg_is_in_recovery(), CASE WHEN pg_catalog.pg_is_in_recovery()"
    " THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END,"
    " pg_catalog.current_setting('client_encoding')";

std::string version_text(int server_version_num) {
  return std::to_string(server_version_num / 10000) + '.' + std::to_string(server_version_num % 10000);
}

}  // namespace

// A1.17: came with minor releases, so the server is asked. Nothing may run a view's or foreign table's code,
// should a table be swapped for one during the dump.
std::string restrict_relations_sql(bool foreign_tables) {
  return std::string("SELECT pg_catalog.set_config(name, '") +
         (foreign_tables ? "view, foreign-table" : "view") +
         "', false) FROM pg_catalog.pg_settings WHERE name = 'restrict_nonsystem_relation_kind'";
}

Result<> check_server_version(int server_version_num) {
  if (server_version_num >= kOldestMajor * 10000) return {};
  return fail(ErrorCode::usage,
              "the server's version " + version_text(server_version_num) + " is not supported", {},
              "pgark backs up servers of version " + std::to_string(kOldestMajor) + " and newer");
}

std::string session_settings_sql(int server_version_num, const SessionOptions& options) {
  std::string sql = kEmptySearchPath;
  sql.append("; ");
  if (options.encoding.empty()) {
    sql.append(kServerEncoding);
  } else {
    sql.append("SET client_encoding = ").append(quote_literal(options.encoding));
  }
  // A1.19: the role before the rest, so that its rights decide.
  if (!options.role.empty()) sql.append("; SET ROLE ").append(quote_identifier(options.role));
  for (const RowSetting& setting : kRowSettings)
    sql.append("; SET ").append(setting.name).append(" = ").append(setting.value);
  for (const Setting& setting : kSettings) {
    if (server_version_num < setting.since_major * 10000) continue;
    sql.append("; SET ").append(setting.name).append(" = ").append(setting.value);
  }
  if (options.extra_float_digits)
    sql.append("; SET extra_float_digits = ").append(std::to_string(*options.extra_float_digits));
  if (options.enable_row_security) sql.append("; SET row_security = on");
  if (options.quote_all_identifiers) sql.append("; SET quote_all_identifiers = on");
  return sql.append("; ").append(restrict_relations_sql(/*foreign_tables=*/true));
}

boost::asio::awaitable<void> pin_session(protocol::Connection& connection, const SessionOptions& options) {
  const int version = connection.server_version_num();
  value_or_throw(check_server_version(version));
  co_await protocol::lift_statement_timeout(connection);
  co_await connection.execute(session_settings_sql(version, options));
}

namespace {

// 22023: not an identifier of a snapshot, or no longer there; 0A000: serializable on a standby.
[[noreturn]] void rethrow_begin(Error error, const SessionOptions& options) {
  const std::string state = error.server ? error.server->sqlstate : std::string();
  if (state == "0A000" && options.serializable_deferrable) {
    error.code = ErrorCode::usage;
    error.hint = "a standby cannot give a serializable snapshot: leave --serializable-deferrable out";
  } else if (!options.snapshot.empty() && (state == "22023" || state == "42704" || state == "55000")) {
    error.code = ErrorCode::snapshot;
    error.message = "cannot use the snapshot that was asked for: " + error.message;
    error.object = options.snapshot;
    error.hint = "the session that exported it must stay in its transaction, in the same database";
  }
  throw Exception(std::move(error));
}

}  // namespace

boost::asio::awaitable<Snapshot> begin_snapshot(protocol::Connection& leader, bool export_it,
                                                const SessionOptions& options) {
  const bool is_given = !options.snapshot.empty();
  export_it = export_it && !is_given;
  std::string sql = options.serializable_deferrable ? kBeginDeferrable : kBegin;
  if (is_given) sql += "; SET TRANSACTION SNAPSHOT " + quote_literal(options.snapshot);
  sql.append("; ").append(kSnapshotFacts);
  if (export_it) sql += "; SELECT pg_catalog.pg_export_snapshot()";
  std::vector<wire::ResultSet> results;
  std::optional<Error> failure;
  try {
    results = co_await leader.query_all(std::move(sql));
  } catch (const Exception& exception) {
    failure = exception.error();
  }
  if (failure) rethrow_begin(std::move(*failure), options);
  const std::size_t facts = export_it ? results.size() - 2 : results.size() - 1;
  Snapshot snapshot;
  snapshot.server_version_num = leader.server_version_num();
  snapshot.in_recovery = results.at(facts).boolean(0, 0);
  snapshot.lsn = results.at(facts).text(0, 1);
  snapshot.encoding = results.at(facts).text(0, 2);
  snapshot.id = export_it ? std::string(results.back().text(0, 0)) : options.snapshot;
  co_return snapshot;
}

boost::asio::awaitable<void> import_snapshot(protocol::Connection& worker, const Snapshot& snapshot) {
  constexpr const char* kHint =
      "all connections must reach the same database of the same server; a connection pooler or a host name "
      "with "
      "several servers behind it makes this impossible, as does a first connection that was closed meanwhile";
  if (worker.server_version_num() != snapshot.server_version_num) {
    throw Exception({ErrorCode::snapshot,
                     "this connection reached a server of version " +
                         version_text(worker.server_version_num()) + ", the first one of version " +
                         version_text(snapshot.server_version_num),
                     kHint,
                     worker.peer(),
                     {},
                     {},
                     {}});
  }
  std::string sql = std::string(kBegin) + "; SET TRANSACTION SNAPSHOT " + quote_literal(snapshot.id);
  try {
    co_await worker.execute(std::move(sql));
  } catch (const Exception& exception) {
    if (exception.error().code != ErrorCode::server) throw;
    Error error = exception.error();
    error.code = ErrorCode::snapshot;
    error.message = "cannot import the dump's snapshot: " + error.message;
    error.hint = kHint;
    throw Exception(std::move(error));
  }
}

Error explain_standby_conflict(Error error, bool in_recovery) {
  const bool conflict = in_recovery && error.server && error.server->sqlstate == "40001";
  if (!conflict) return error;
  error.code = ErrorCode::snapshot;
  error.hint =
      "the standby replayed changes that the dump still had to see; raise max_standby_streaming_delay, or "
      "set "
      "hot_standby_feedback = on, on the standby";
  return error;
}

}  // namespace pgark::dumper
