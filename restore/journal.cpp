#include "restore/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/restore_record.hpp"
#include "base/sql_quote.hpp"
#include "base/sqlstate.hpp"
#include "format/checksum.hpp"
#include "restore/ddl_runner.hpp"
#include "restore/foreign_keys.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::TocEntry;
using protocol::Connection;
using restore_record::kComment;
using restore_record::kLiveComment;

namespace {

// Advisory locks of the database. The first is held, exclusively, by the one attempt that is at work; the
// second, shared, by each of its connections, so that a later attempt can wait for those that are still
// dying. "pgark" in ASCII.
constexpr std::int64_t kClaim = 482804457068, kWork = 482804457067;

std::string lock_sql(const char* function, std::int64_t key) {
  return fmt::format("SELECT pg_catalog.{}({})", function, key);
}

[[noreturn]] void refuse(std::string message, std::string hint) {
  Error error;
  error.code = ErrorCode::usage;
  error.message = std::move(message);
  error.hint = std::move(hint);
  throw Exception(std::move(error));
}

asio::awaitable<bool> try_lock(Connection& connection, std::int64_t key) {
  std::string sql = lock_sql("pg_try_advisory_lock", key);
  const wire::ResultSet got = co_await connection.query(std::move(sql));
  co_return got.boolean(0, 0);
}

asio::awaitable<void> lock(Connection& connection, std::int64_t key) {
  std::string sql = lock_sql("pg_advisory_lock", key);
  co_await connection.execute(std::move(sql));
}

asio::awaitable<void> unlock(Connection& connection, std::int64_t key) {
  std::string sql = lock_sql("pg_advisory_unlock", key);
  co_await connection.execute(std::move(sql));
}

bool is_unlogged(const format::Toc& toc, const TocEntry& data) {
  return std::ranges::any_of(data.dependencies, [&toc](format::EntryId id) {
    const TocEntry& needed = *toc.find(id);
    return !needed.create.empty() && needed.create.front().sql.starts_with("CREATE UNLOGGED");
  });
}

}  // namespace

std::string Journal::identity(const format::Toc& toc, const Selection& selection,
                              const RestoreOptions& options, int target_version_num) {
  std::string text =
      fmt::format("{} {} {}{}\n", options.role, options.disable_triggers, options.enable_row_security,
                  options.drop_foreign_keys ? " without foreign keys" : "");
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
      "SELECT coalesce(pg_catalog.obj_description(n.oid, 'pg_namespace'), '')"
      " FROM pg_catalog.pg_namespace n WHERE n.nspname = 'pgark_restore'");
  if (found.empty()) co_return Found::none;
  const bool live = found.text(0, 0) == kLiveComment;
  if (!live && found.text(0, 0) != kComment) co_return Found::foreign;
  for (const std::int64_t key : {kClaim, kWork}) {
    const bool is_free = co_await try_lock(connection, key);
    if (!is_free) co_return Found::running;
    co_await unlock(connection, key);
  }
  co_return live ? Found::live : Found::interrupted;
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
  error.hint = found == Found::running ? "wait for its end; one that was cut off goes on with --resume"
               : found == Found::live  ? "it took its rows from a running backup, which cannot be resumed: "
                                         "--clean begins anew"
                                       : "--resume goes on with it, --clean begins anew";
  if (found == Found::interrupted) {
    const ForeignKeys keys = co_await recorded_foreign_keys(connection);
    const auto open =
        std::ranges::count_if(keys, [](const ForeignKey& key) { return key.state != KeyState::done; });
    if (open != 0)
      error.message += fmt::format("; {} foreign keys that it dropped are not made again yet", open);
  }
  throw Exception(std::move(error));
}

bool Journal::has_run(const Step& step) const {
  const auto found = loaded_.find(step.entry->id);
  return found != loaded_.end() && std::ranges::any_of(found->second, [&step](const ChunkRun& run) {
           return run.first == step.first_chunk && run.count == step.chunks.size();
         });
}

asio::awaitable<std::optional<std::string>> Journal::create(Connection& connection, std::string identity,
                                                            bool resumable) {
  const Found found = co_await look(connection);
  if (found == Found::interrupted || found == Found::live)
    co_return "there is one of a restore that was cut off";
  if (found == Found::foreign) co_return "a schema of somebody else's has its name, pgark_restore";
  const bool claimed = found == Found::none && co_await try_lock(connection, kClaim);
  if (!claimed) co_return "another restore keeps one";
  const wire::ResultSet published =
      co_await connection.query("SELECT FROM pg_catalog.pg_publication WHERE puballtables");
  std::optional<std::string> refused;
  if (!published.empty()) refused = "a publication of all tables would send it to subscribers";
  if (!refused) refused = co_await make_schema(connection, std::move(identity), resumable);
  if (refused) co_await unlock(connection, kClaim);
  co_return refused;
}

asio::awaitable<std::optional<std::string>> Journal::make_schema(Connection& connection, std::string identity,
                                                                 bool resumable) {
  // Deleting from a table needs a replica identity where a publication of the archive's takes all tables.
  std::string sql =
      "CREATE SCHEMA pgark_restore; COMMENT ON SCHEMA pgark_restore IS " +
      quote_literal(resumable ? kComment : kLiveComment) +
      "; CREATE TABLE pgark_restore.restores (identity text NOT NULL, begun timestamptz NOT NULL DEFAULT"
      " pg_catalog.now());"
      "CREATE TABLE pgark_restore.units (entry bigint, unit bigint, PRIMARY KEY (entry, unit));"
      "CREATE TABLE pgark_restore.loads (entry bigint, first_chunk bigint, chunks bigint NOT NULL,"
      " PRIMARY KEY (entry, first_chunk));"
      // Empty after a crash of the server, as the archive's unlogged tables are.
      "CREATE UNLOGGED TABLE pgark_restore.unlogged (filled boolean PRIMARY KEY);"
      "INSERT INTO pgark_restore.unlogged VALUES (true);"
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

// Some seconds for what is dying.
asio::awaitable<bool> Journal::lock_soon(Connection& connection, std::int64_t key) {
  co_await connection.execute("SET lock_timeout = '10s'");
  std::optional<Error> failed;
  try {
    co_await lock(connection, key);
  } catch (const Exception& exception) {
    if (!is_statement_failure(exception.error(), connection)) throw;
    failed = exception.error();
  }
  // In a transaction that has failed there is nothing to set back.
  if (connection.transaction_status() != 'E') co_await connection.execute("SET lock_timeout = 0");
  co_return !failed;
}

asio::awaitable<void> Journal::drop_left_behind(Connection& connection, EventSink& events) {
  const Found found = co_await look(connection);
  if (found == Found::none || found == Found::foreign) co_return;
  for (const std::int64_t key : {kClaim, kWork}) {
    const bool is_free = co_await lock_soon(connection, key);
    if (!is_free) {
      Error error;
      error.code = ErrorCode::target_not_empty;
      error.message = "another restore is at work in this database";
      error.object = connection.peer();
      error.hint = "wait for its end before anything is dropped";
      throw Exception(std::move(error));
    }
    co_await unlock(connection, key);
  }
  const Found still = co_await look(connection);
  if (still != Found::interrupted && still != Found::live) co_return;
  const ForeignKeys keys = co_await recorded_foreign_keys(connection);
  tell_of_foreign_keys(keys, events);
  co_await connection.execute("DROP SCHEMA pgark_restore CASCADE");
}

asio::awaitable<void> Journal::claim_again(Connection& connection) {
  const bool claimed = co_await lock_soon(connection, kClaim);
  if (!claimed) refuse("another restore has gone on with this one", "let it come to its end");
}

asio::awaitable<void> Journal::resume(Connection& connection, std::string identity, const format::Toc& toc,
                                      EventSink& events) {
  const Found found = co_await look(connection);
  if (found == Found::none || found == Found::foreign) {
    refuse("there is no interrupted restore in the target database",
           "it came to its end, or was cut off before it had done anything: pgark verify ARCHIVE -d tells "
           "which; leave --resume out to begin, and give --clean where something is in the way");
  }
  if (found == Found::live) {
    refuse(
        "the interrupted restore in the target database took its rows from a running backup, and cannot be "
        "resumed",
        "begin anew with --clean");
  }
  if (found == Found::running)
    events.message(Severity::notice, "waiting for the connections of the interrupted restore to end", {});
  co_await lock(connection, kClaim);
  co_await lock(connection, kWork);
  co_await unlock(connection, kWork);
  const Found still = co_await look(connection);
  if (still != Found::interrupted)
    refuse("the interrupted restore has come to its end meanwhile",
           "look at the target, or compare it with verify -d");
  const std::vector<wire::ResultSet> results = co_await connection.query_all(
      "SELECT identity FROM pgark_restore.restores; SELECT entry, unit FROM pgark_restore.units;"
      "SELECT entry, first_chunk, chunks FROM pgark_restore.loads ORDER BY entry, first_chunk;"
      "SELECT filled FROM pgark_restore.unlogged");
  if (results.size() != 4 || results[0].empty() || results[0].text(0, 0) != identity) {
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
  if (results[3].empty()) co_await forget_unlogged(connection, toc);
}

// The server has crashed: what was in unlogged tables and sequences is gone.
asio::awaitable<void> Journal::forget_unlogged(Connection& connection, const format::Toc& toc) {
  std::string sql = "INSERT INTO pgark_restore.unlogged VALUES (true)";
  for (const TocEntry& entry : toc.entries) {
    const bool sequence = entry.kind == "SEQUENCE SET";
    if (!sequence && !(entry.kind == "TABLE DATA" && is_unlogged(toc, entry))) continue;
    sql += "; " + (sequence ? fmt::format("DELETE FROM pgark_restore.units WHERE entry = {}", entry.id)
                            : forget_sql(entry.id));
    loaded_.erase(entry.id);
    std::erase_if(units_, [&entry](const auto& unit) { return unit.first == entry.id; });
  }
  co_await connection.execute(std::move(sql));
}

asio::awaitable<void> Journal::hold(Connection& connection) {
  std::string sql = lock_sql("pg_advisory_lock_shared", kWork);
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
  const bool in_transaction = connection.transaction_status() != 'I';
  if (in_transaction) co_await connection.execute("SAVEPOINT pgark_record");
  std::optional<Error> refused;
  try {
    co_await connection.execute("DROP SCHEMA pgark_restore CASCADE");
  } catch (const Exception& exception) {
    if (!is_statement_failure(exception.error(), connection)) throw;
    refused = exception.error();
  }
  if (!refused) co_return;
  if (in_transaction) co_await connection.execute("ROLLBACK TO SAVEPOINT pgark_record");
  events.message(Severity::warning,
                 "the restore's own schema could not be dropped: " + refused->message +
                     "; nothing is left to resume: DROP SCHEMA pgark_restore CASCADE",
                 "pgark_restore");
}

std::string Journal::record_sql(std::span<const DdlUnit> units) {
  std::string sql;
  for (const DdlUnit& unit : units) {
    if (!unit.recorded) continue;
    sql += sql.empty() ? "INSERT INTO pgark_restore.units (entry, unit) VALUES " : ", ";
    sql += fmt::format("({}, {})", unit.entry->id, unit.number);
  }
  return sql;
}

std::string Journal::record_sql(const Step& step) {
  return fmt::format("INSERT INTO pgark_restore.loads (entry, first_chunk, chunks) VALUES ({}, {}, {})",
                     step.entry->id, step.first_chunk, step.chunks.size());
}

Error Journal::lost(Error refused) {
  if (sqlstate::is(refused, sqlstate::kDiskFull)) return refused;
  refused.code = ErrorCode::mismatch;
  refused.object = "pgark_restore";
  refused.message = "the record of this restore cannot be written any more: " + refused.message;
  refused.hint = "has somebody dropped it? begin anew with --clean";
  return refused;
}

std::string Journal::forget_sql(format::EntryId entry) {
  return fmt::format("DELETE FROM pgark_restore.loads WHERE entry = {}", entry);
}

}  // namespace pgark::restore
