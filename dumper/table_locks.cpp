#include "dumper/table_locks.hpp"

#include "base/array_text.hpp"
#include "base/lock_room.hpp"
#include "base/sql_quote.hpp"
#include "base/sqlstate.hpp"

namespace pgark::dumper {
namespace {

constexpr const char* kLockBegin = "LOCK TABLE ";
// ONLY: a partition is locked for its own sake, when it is dumped.
constexpr const char* kOnly = "ONLY ";
constexpr const char* kLockEnd = " IN ACCESS SHARE MODE";

// to_regclass and pg_relation_filenode see what is committed now, pg_class what the snapshot sees. A TRUNCATE
// is not undone by an older snapshot: the table would come out empty.
constexpr const char* kChangedTables =
    "SELECT t.name, pg_catalog.to_regclass(t.name) IS NULL"
    " FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.oid[]), pg_catalog.unnest($2::pg_catalog.text[]))"
    " AS t (oid, name) JOIN pg_catalog.pg_class AS c ON c.oid = t.oid"
    " WHERE pg_catalog.to_regclass(t.name)::pg_catalog.oid IS DISTINCT FROM t.oid"
    " OR (c.relkind = 'r' AND pg_catalog.pg_relation_filenode(t.oid) IS DISTINCT FROM c.relfilenode) LIMIT 1";

[[noreturn]] void throw_changed(Error error, std::string_view what) {
  error.code = ErrorCode::snapshot;
  error.message = std::string(what) + (error.message.empty() ? "" : ": " + error.message);
  error.hint = "run the dump again";
  throw Exception(std::move(error));
}

}  // namespace

std::vector<std::string> lock_statements(const std::vector<TableToLock>& tables) {
  std::vector<std::string> statements;
  std::string sql;
  for (const TableToLock& table : tables) {
    if (!sql.empty() && sql.size() + table.name_sql.size() > kLockStatementBytesMax - 64) {
      statements.push_back(sql + kLockEnd);
      sql.clear();
    }
    sql += sql.empty() ? kLockBegin : ", ";
    sql += kOnly + table.name_sql;
  }
  if (!sql.empty()) statements.push_back(sql + kLockEnd);
  return statements;
}

namespace {

[[noreturn]] void rethrow_lock_failure(Error error, const std::string& wait_timeout) {
  error.statement.clear();  // up to 100 kB of names
  const std::string state = error.server ? error.server->sqlstate : std::string();
  if (state == "42P01" || state == "3F000") {
    throw_changed(std::move(error), "a table or schema was dropped or renamed while the dump began");
  }
  if (state == sqlstate::kLockNotAvailable && !wait_timeout.empty()) {
    error.code = ErrorCode::snapshot;
    error.message = "a table could not be locked within " + wait_timeout + ": " + error.message;
    error.hint =
        "another session holds or waits for an exclusive lock (see pg_locks); run the dump again later, or "
        "with a longer --lock-wait-timeout";
  }
  throw Exception(std::move(error));
}

}  // namespace

boost::asio::awaitable<void> check_unchanged(protocol::Connection& leader, std::vector<TableToLock> tables) {
  std::vector<std::uint32_t> oids;
  std::vector<ArrayItem> names;
  for (const TableToLock& table : tables) {
    oids.push_back(table.oid);
    names.emplace_back(table.name_sql);
  }
  std::vector<protocol::Statement> statements;
  statements.push_back({kChangedTables, {encode_oid_array(oids), encode_text_array(names)}});
  const auto results = co_await leader.pipeline(std::move(statements));
  if (results.at(0).empty()) co_return;
  Error error;
  error.object = results.at(0).text(0, 0);
  throw_changed(std::move(error), results.at(0).boolean(0, 1)
                                      ? "the table was dropped or renamed while the dump began"
                                      : "the table was truncated or rewritten while the dump began");
}

boost::asio::awaitable<bool> may_lock_all(protocol::Connection& leader, std::int64_t count,
                                          std::int64_t budget) {
  if (budget > 0 && count > budget) co_return false;
  const wire::ResultSet row = co_await leader.query(lock_room_sql());
  const LockRoom room{row.integer(0, 0), row.integer(0, 1), row.integer(0, 2)};
  if (count <= room.left()) co_return true;
  if (budget > 0) co_return false;
  Error error = not_enough_lock_room(room, count, "the backup");
  error.hint = "or give --lock-budget, and tables are locked only while their rows are read (docs/locks.md)";
  throw Exception(std::move(error));
}

boost::asio::awaitable<void> lock_tables(protocol::Connection& leader, std::vector<TableToLock> tables,
                                         std::string wait_timeout) {
  if (tables.empty()) co_return;
  std::vector<protocol::Statement> statements;
  // The reading of catalogs sets a bound of its own, before and after.
  statements.push_back(
      {"SET lock_timeout = " + quote_literal(wait_timeout.empty() ? "0" : wait_timeout), {}});
  for (std::string& sql : lock_statements(tables)) statements.push_back({std::move(sql), {}});
  statements.push_back({"SET lock_timeout = 0", {}});
  try {
    co_await leader.pipeline(std::move(statements));
  } catch (const Exception& exception) {
    rethrow_lock_failure(exception.error(), wait_timeout);
  }
  co_await check_unchanged(leader, std::move(tables));
}

boost::asio::awaitable<void> lock_table(protocol::Connection& worker, TableToLock table) {
  std::vector<TableToLock> tables;
  tables.push_back(std::move(table));
  std::string no_timeout;
  co_await lock_tables(worker, std::move(tables), std::move(no_timeout));
}

std::string lock_at_once_sql(const std::string& qualified_sql) {
  return std::string(kLockBegin) + kOnly + qualified_sql + kLockEnd + " NOWAIT";
}

Error not_lockable(const Error& refusal, const std::string& qualified_sql) {
  return {ErrorCode::snapshot,
          "another session waits for an exclusive lock on this table",
          "the dump cannot share the table among its connections behind that session; run it again when "
          "nobody alters the table, or with -j 1",
          qualified_sql,
          {},
          {},
          refusal.server};
}

}  // namespace pgark::dumper
