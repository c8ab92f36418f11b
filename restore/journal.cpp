#include "restore/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/sql_quote.hpp"
#include "format/checksum.hpp"
#include "restore/ddl_runner.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::TocEntry;
using protocol::Connection;

namespace {

// "pgark" in ASCII; the lock is the database's own.
constexpr const char* kLock = "482804457067";
// By which our schema is known.
constexpr const char* kComment = "'a restore that has not come to its end: pgark restore --resume goes on'";

std::string lock_sql(const char* function) {
  return fmt::format("SELECT pg_catalog.{}({})", function, kLock);
}

[[noreturn]] void refuse(std::string message, std::string hint) {
  Error error;
  error.code = ErrorCode::usage;
  error.message = std::move(message);
  error.hint = std::move(hint);
  throw Exception(std::move(error));
}

asio::awaitable<bool> try_lock(Connection& connection) {
  std::string sql = lock_sql("pg_try_advisory_lock");
  const wire::ResultSet got = co_await connection.query(std::move(sql));
  co_return got.boolean(0, 0);
}

}  // namespace

std::string Journal::identity(const format::Toc& toc, const Selection& selection,
                              const RestoreOptions& options, int target_version_num) {
  std::string text;
  for (const TocEntry& entry : toc.entries) {
    if (!selection.contains(entry.id)) continue;
    fmt::format_to(std::back_inserter(text), "{} {} {}\n", entry.id, entry.kind, qualified_name(entry));
    for (const DdlUnit& unit : create_units(entry, options, target_version_num)) {
      for (const std::string& sql : unit.statements) text.append(sql).append(";\n");
    }
    if (const format::DataSummary* data = toc.find_data(entry.id)) {
      fmt::format_to(std::back_inserter(text), "{} {} {} {}\n", data->rows, data->digest.hex(),
                     data->stored_bytes, data->chunks);
    }
  }
  return fmt::format("{:016x}", format::checksum64(as_bytes(text)));
}

asio::awaitable<Journal::Found> Journal::look(Connection& connection) {
  const wire::ResultSet found = co_await connection.query(
      std::string("SELECT pg_catalog.obj_description(n.oid, 'pg_namespace') IS NOT DISTINCT FROM ") +
      kComment + " FROM pg_catalog.pg_namespace n WHERE n.nspname = 'pgark_restore'");
  if (found.empty()) co_return Found::none;
  if (!found.boolean(0, 0)) co_return Found::foreign;
  if (!co_await try_lock(connection)) co_return Found::running;
  std::string unlock = lock_sql("pg_advisory_unlock");
  co_await connection.execute(std::move(unlock));
  co_return Found::interrupted;
}

asio::awaitable<void> Journal::check_none(Connection& connection, bool alone) {
  const Found found = co_await look(connection);
  if (found == Found::none || found == Found::foreign || (found == Found::running && !alone)) co_return;
  Error error;
  error.code = ErrorCode::target_not_empty;
  error.message = found == Found::running
                      ? "another restore is at work in this database, or was cut off just now"
                      : "a restore into this database was cut off";
  error.object = connection.peer();
  error.hint = "--resume goes on with it, --clean begins anew";
  throw Exception(std::move(error));
}

bool Journal::has_run(const Step& step) const {
  const auto found = loaded_.find(step.entry->id);
  return found != loaded_.end() && std::ranges::any_of(found->second, [&step](const ChunkRun& run) {
           return run.first == step.first_chunk && run.count == step.chunks.size();
         });
}

asio::awaitable<std::optional<std::string>> Journal::create(Connection& connection, std::string identity) {
  const Found found = co_await look(connection);
  if (found == Found::running) co_return "another restore keeps one";
  if (found == Found::foreign) co_return "a schema of somebody else's has its name, pgark_restore";
  const wire::ResultSet published =
      co_await connection.query("SELECT FROM pg_catalog.pg_publication WHERE puballtables");
  if (!published.empty()) co_return "a publication of all tables would send it to subscribers";
  co_await hold(connection);
  std::string sql = found == Found::interrupted ? "DROP SCHEMA pgark_restore CASCADE; " : "";
  sql += std::string("CREATE SCHEMA pgark_restore; COMMENT ON SCHEMA pgark_restore IS ") + kComment +
         "; CREATE TABLE pgark_restore.restores (identity text NOT NULL, begun timestamptz NOT NULL DEFAULT"
         " pg_catalog.now());"
         "CREATE TABLE pgark_restore.units (entry bigint NOT NULL, unit bigint NOT NULL);"
         "CREATE TABLE pgark_restore.loads (entry bigint NOT NULL, first_chunk bigint NOT NULL, chunks "
         "bigint NOT NULL);"
         // The archive may bring a publication of all tables, which would forbid to delete from others.
         "ALTER TABLE pgark_restore.loads REPLICA IDENTITY FULL;"
         "INSERT INTO pgark_restore.restores (identity) VALUES (" +
         quote_literal(identity) + ")";
  try {
    co_await connection.execute(std::move(sql));
  } catch (const Exception& exception) {
    if (!is_statement_failure(exception.error(), connection)) throw;
    co_return exception.error().message;
  }
  co_return std::nullopt;
}

asio::awaitable<void> Journal::resume(Connection& connection, std::string identity, EventSink& events) {
  const Found found = co_await look(connection);
  if (found == Found::none || found == Found::foreign) {
    refuse("there is no interrupted restore in the target database",
           "leave --resume out; what an earlier attempt left behind without a record goes with --clean");
  }
  if (found == Found::running) {
    events.message(Severity::notice,
                   "waiting for the server to end the connections of the interrupted restore", {});
    std::string lock = lock_sql("pg_advisory_lock");
    co_await connection.execute(std::move(lock));
    std::string unlock = lock_sql("pg_advisory_unlock");
    co_await connection.execute(std::move(unlock));
  }
  co_await hold(connection);
  const std::vector<wire::ResultSet> results = co_await connection.query_all(
      "SELECT identity FROM pgark_restore.restores; SELECT entry, unit FROM pgark_restore.units;"
      "SELECT entry, first_chunk, chunks FROM pgark_restore.loads ORDER BY entry, first_chunk");
  if (results.size() != 3 || results[0].empty() || results[0].text(0, 0) != identity) {
    refuse("the interrupted restore in the target database was of another archive, or had other options",
           "give the same archive and the same options, or begin anew with --clean");
  }
  for (std::size_t row = 0; row < results[1].row_count(); ++row) {
    units_.emplace(static_cast<format::EntryId>(results[1].integer(row, 0)),
                   static_cast<std::uint32_t>(results[1].integer(row, 1)));
  }
  for (std::size_t row = 0; row < results[2].row_count(); ++row) {
    loaded_[static_cast<format::EntryId>(results[2].integer(row, 0))].push_back(
        {static_cast<std::size_t>(results[2].integer(row, 1)),
         static_cast<std::size_t>(results[2].integer(row, 2))});
  }
}

asio::awaitable<void> Journal::hold(Connection& connection) {
  std::string sql = lock_sql("pg_advisory_lock_shared");
  co_await connection.execute(std::move(sql));
  // A statement whose client is gone ends soon, where the server (14) and its system can tell.
  try {
    co_await connection.execute(
        "SELECT pg_catalog.set_config(name, '5s', false) FROM pg_catalog.pg_settings"
        " WHERE name = 'client_connection_check_interval'");
  } catch (const Exception& exception) {
    if (!is_statement_failure(exception.error(), connection)) throw;
  }
}

asio::awaitable<void> Journal::remove(Connection& connection, EventSink& events) {
  try {
    co_await connection.execute("DROP SCHEMA pgark_restore CASCADE");
  } catch (const Exception& exception) {
    if (!is_statement_failure(exception.error(), connection)) throw;
    events.message(Severity::warning,
                   "the restore's own schema could not be dropped: " + exception.error().message,
                   "pgark_restore");
  }
}

std::string Journal::record_sql(std::span<const DdlUnit> units) {
  std::string sql;
  for (const DdlUnit& unit : units) {
    sql += sql.empty() ? "INSERT INTO pgark_restore.units (entry, unit) VALUES " : ", ";
    sql += fmt::format("({}, {})", unit.entry->id, unit.number);
  }
  return sql;
}

std::string Journal::record_sql(const Step& step) {
  return fmt::format("INSERT INTO pgark_restore.loads (entry, first_chunk, chunks) VALUES ({}, {}, {})",
                     step.entry->id, step.first_chunk, step.chunks.size());
}

std::string Journal::forget_sql(format::EntryId entry) {
  return fmt::format("DELETE FROM pgark_restore.loads WHERE entry = {}", entry);
}

}  // namespace pgark::restore
