// --create and --clean: see target.hpp.
#include <algorithm>
#include <utility>
#include <vector>

#include "base/array_text.hpp"
#include "base/lock_room.hpp"
#include "base/sql_quote.hpp"
#include "restore/ddl_runner.hpp"
#include "restore/plan.hpp"
#include "restore/session.hpp"
#include "restore/statements.hpp"
#include "restore/target.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::EntryId;
using format::Toc;
using format::TocEntry;
using protocol::Connection;

namespace {

constexpr const char* kNoSuchDatabase = "3D000";
// Statements sent before their answers are read.
constexpr std::size_t kDropsPerTrip = 256;

asio::awaitable<void> execute_for(Connection& connection, const TocEntry& entry, std::string sql) {
  std::optional<Error> failed;
  try {
    co_await connection.execute(sql);
  } catch (const Exception& exception) {
    failed = exception.error();
  }
  if (failed) throw Exception(with_entry(std::move(*failed), entry, sql));
}

asio::awaitable<void> drop_database(Connection& connection, const TocEntry& entry, bool is_template) {
  const std::string name = quote_identifier(entry.name);
  if (is_template) {
    std::string sql = "ALTER DATABASE " + name + " IS_TEMPLATE false";
    co_await execute_for(connection, entry, std::move(sql));
  }
  std::string sql = "DROP DATABASE " + name;
  co_await execute_for(connection, entry, std::move(sql));
}

// Makes room for the database, or throws because there is one and nobody asked to drop it.
asio::awaitable<void> make_room(Connection& connection, const TocEntry& entry, bool clean) {
  std::vector<protocol::Statement> statements(1);
  statements[0].sql = "SELECT d.datistemplate FROM pg_catalog.pg_database d WHERE d.datname = $1";
  statements[0].parameters.push_back(entry.name);
  const std::vector<wire::ResultSet> found = co_await connection.pipeline(std::move(statements));
  if (found.front().empty()) co_return;
  if (!clean) {
    Error error;
    error.code = ErrorCode::target_not_empty;
    error.message = "the database to create exists already";
    error.object = entry.name;
    error.hint = "give --clean to drop it first, or leave --create out and restore into another database";
    throw Exception(std::move(error));
  }
  co_await drop_database(connection, entry, found.front().boolean(0, 0));
}

// The drops still to be made, in order.
using Drops = std::vector<DdlUnit>;

bool may_be_kept(const TocEntry& entry) {
  return entry.kind == "SCHEMA" || entry.kind == "EXTENSION";
}

Drops collect_drops(const Toc& toc, const Selection& selection, int version) {
  Drops drops;
  for (auto entry = toc.entries.rbegin(); entry != toc.entries.rend(); ++entry) {
    const bool elsewhere = entry->kind == "DATABASE" || is_large_objects(*entry);
    if (!selection.contains(entry->id) || elsewhere) continue;
    for (DdlUnit& unit : drop_units(*entry, version)) drops.push_back(std::move(unit));
  }
  return drops;
}

struct DropFailure {
  std::size_t index = 0;
  Error error;
};

// Dropping a table locks its indexes and its TOAST table as well.
constexpr const char* kDropLocksSql =
    "WITH dropped AS (SELECT c.oid, c.reltoastrelid FROM pg_catalog.unnest($1::pg_catalog.text[]) AS n(name)"
    " JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(n.name))"
    " SELECT pg_catalog.count(*) + 2 * pg_catalog.count(*) FILTER (WHERE reltoastrelid <> 0) +"
    " (SELECT pg_catalog.count(*) FROM pg_catalog.pg_index i JOIN dropped d ON d.oid = i.indrelid) FROM "
    "dropped";

bool has_relation(const TocEntry& entry) {
  return entry.kind == "TABLE" || entry.kind == "VIEW" || entry.kind == "MATERIALIZED VIEW" ||
         entry.kind == "SEQUENCE" || entry.kind == "FOREIGN TABLE";
}

// All drops are one transaction: it holds their locks to its end.
asio::awaitable<void> check_lock_room(Connection& connection, const Drops& drops) {
  std::vector<ArrayItem> names;
  for (const DdlUnit& unit : drops) {
    if (has_relation(*unit.entry)) names.emplace_back(quote_qualified(unit.entry->schema, unit.entry->name));
  }
  std::vector<protocol::Statement> statements;
  statements.push_back({kDropLocksSql, {encode_text_array(names)}});
  statements.push_back({lock_room_sql(), {}});
  const auto results = co_await connection.pipeline(std::move(statements));
  const std::int64_t needed = results.at(0).integer(0, 0);
  const wire::ResultSet& row = results.at(1);
  const LockRoom room{row.integer(0, 0), row.integer(0, 1), row.integer(0, 2)};
  if (needed <= room.left()) co_return;
  Error error = not_enough_lock_room(room, needed, "dropping what the archive holds");
  error.hint = "or restore into a new database, without --clean; nothing has been changed";
  throw Exception(std::move(error));
}

asio::awaitable<std::optional<DropFailure>> try_drops(Connection& connection, const Drops& drops,
                                                      bool in_transaction) {
  std::string begin = in_transaction ? "SAVEPOINT drops" : "BEGIN";
  co_await connection.execute(std::move(begin));
  std::optional<DropFailure> failure;
  for (std::size_t from = 0; from < drops.size() && !failure; from += kDropsPerTrip) {
    const std::size_t to = std::min(from + kDropsPerTrip, drops.size());
    std::vector<protocol::Statement> statements;
    for (std::size_t i = from; i < to; ++i) statements.push_back({drops[i].statements.front(), {}});
    std::size_t failed = 0;
    try {
      co_await connection.pipeline(std::move(statements), &failed);
    } catch (const Exception& exception) {
      if (!is_statement_failure(exception.error(), connection)) throw;
      failure = DropFailure{std::min(from + failed, to - 1), exception.error()};
    }
  }
  std::string end = failure ? "ROLLBACK" : "COMMIT";
  if (in_transaction) end = failure ? "ROLLBACK TO SAVEPOINT drops" : "RELEASE SAVEPOINT drops";
  co_await connection.execute(std::move(end));
  co_return failure;
}

Error not_dropped(DropFailure failure, const DdlUnit& unit) {
  Error error = with_entry(std::move(failure.error), *unit.entry, unit.statements.front());
  const bool lock_table_full = error.server && error.server->sqlstate == "53200";
  error.hint =
      lock_table_full
          ? "raise max_locks_per_transaction on the target; nothing has been changed"
          : "drop or move what stands in the way, or restore into another database; nothing has been "
            "changed";
  return error;
}

}  // namespace

asio::awaitable<std::unique_ptr<Connection>> open_maintenance(asio::any_io_executor executor,
                                                              params::ConnectParams target,
                                                              std::string database, SessionChoice session,
                                                              EventSink& events) {
  std::vector<std::string> candidates;
  for (const std::string& name : {target.database, std::string("postgres"), std::string("template1")}) {
    if (!name.empty() && name != database) candidates.push_back(name);
  }
  std::optional<Error> first;
  for (const std::string& name : candidates) {
    target.database = name;
    try {
      co_return co_await open_session(executor, target, session, events);
    } catch (const Exception& exception) {
      const auto& server = exception.error().server;
      if (!server || server->sqlstate != kNoSuchDatabase) throw;
      if (!first) first = exception.error();
    }
  }
  throw Exception(std::move(*first));
}

asio::awaitable<CreatedDatabase> create_database(asio::any_io_executor executor, params::ConnectParams target,
                                                 const TocEntry& entry, const RestoreOptions& options,
                                                 SessionChoice session, EventSink& events) {
  const std::unique_ptr<Connection> connection =
      co_await open_maintenance(executor, std::move(target), entry.name, std::move(session), events);
  co_await make_room(*connection, entry, options.clean);
  CreatedDatabase created;
  created.name = entry.name;
  for (DdlUnit& unit : create_units(entry, options, connection->server_version_num())) {
    for (std::string& sql : unit.statements) {
      // One message each: CREATE DATABASE cannot share one.
      try {
        co_await execute_for(*connection, entry, std::move(sql));
      } catch (const Exception& exception) {
        if (unit.essential || exception.error().code != ErrorCode::server) throw;
        created.side_error = exception.error();
      }
    }
  }
  co_await connection->close();
  co_return created;
}

asio::awaitable<std::set<EntryId>> drop_selected(Connection& connection, const Toc& toc,
                                                 const Selection& selection, bool in_transaction,
                                                 EventSink& events) {
  std::set<EntryId> kept;
  Drops drops = collect_drops(toc, selection, connection.server_version_num());
  co_await check_lock_room(connection, drops);
  while (!drops.empty()) {
    std::optional<DropFailure> failure = co_await try_drops(connection, drops, in_transaction);
    if (!failure) break;
    const auto at = drops.begin() + static_cast<std::ptrdiff_t>(failure->index);
    const TocEntry& entry = *at->entry;
    const bool in_use = failure->error.server && failure->error.server->sqlstate == "2BP01";
    if (!in_use || !may_be_kept(entry)) throw Exception(not_dropped(std::move(*failure), *at));
    events.message(Severity::warning, "kept, because objects that are not in the archive depend on it",
                   describe(entry));
    kept.insert(entry.id);
    drops.erase(at);
  }
  co_return kept;
}

}  // namespace pgark::restore
