#include "restore/foreign_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/array_text.hpp"
#include "base/sql_quote.hpp"
#include "base/sqlstate.hpp"
#include "restore/ddl_runner.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using protocol::Connection;

namespace {

// Of every key that rows of the tables are checked against the topmost, and beside it those that partitions
// have of it under names or with comments of their own, the deepest first. A key that is not enforced (18),
// or whose checks are switched off already, keeps nobody from loading.
constexpr const char* kKeysSql = R"sql(
WITH RECURSIVE given AS MATERIALIZED (
  SELECT DISTINCT pg_catalog.to_regclass(n) AS id FROM pg_catalog.unnest($1::pg_catalog.text[]) n),
tables AS (
  SELECT id::pg_catalog.oid FROM given WHERE id IS NOT NULL
  UNION SELECT p.relid::pg_catalog.oid FROM given, pg_catalog.pg_partition_tree(given.id) p),
up AS (
  SELECT c.oid, c.conparentid FROM pg_catalog.pg_constraint c JOIN tables t ON c.conrelid = t.id
   WHERE c.contype = 'f' AND COALESCE((pg_catalog.to_jsonb(c) ->> 'conenforced')::pg_catalog.bool, true)
     AND EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgconstraint = c.oid AND t.tgrelid = c.conrelid
                    AND t.tgtype & 4 <> 0 AND t.tgenabled <> 'D')
  UNION SELECT c.oid, c.conparentid FROM up JOIN pg_catalog.pg_constraint c ON c.oid = up.conparentid),
tree AS (
  SELECT u.oid, u.oid AS root, 0 AS depth FROM up u WHERE u.conparentid = 0
  UNION ALL SELECT c.oid, t.root, t.depth + 1 FROM tree t JOIN pg_catalog.pg_constraint c ON c.conparentid = t.oid)
SELECT t.root, t.depth, c.conrelid::pg_catalog.regclass, pg_catalog.quote_ident(c.conname),
       pg_catalog.pg_get_constraintdef(c.oid), c.convalidated, r.relkind = 'p' OR f.relkind = 'p',
       pg_catalog.obj_description(c.oid, 'pg_constraint'), c.conname = COALESCE(above.conname, c.conname),
       EXISTS (SELECT FROM pg_catalog.pg_trigger g WHERE g.tgconstraint = c.oid AND g.tgenabled <> 'O')
  FROM tree t JOIN pg_catalog.pg_constraint c ON c.oid = t.oid JOIN pg_catalog.pg_constraint top ON top.oid = t.root
  LEFT JOIN pg_catalog.pg_constraint above ON above.oid = c.conparentid
  JOIN pg_catalog.pg_class r ON r.oid = c.conrelid JOIN pg_catalog.pg_class f ON f.oid = c.confrelid
 WHERE t.depth = 0 OR (c.conrelid <> top.conrelid AND c.confrelid = top.confrelid)
 ORDER BY top.conrelid::pg_catalog.regclass::pg_catalog.text, top.conname, t.root, t.depth DESC, 3, 4)sql";
enum Column : std::uint8_t {
  kRoot,
  kDepth,
  kTable,
  kName,
  kDefinition,
  kValidated,
  kPartitioned,
  kComment,
  kSameName,
  kUnusualTriggers
};

constexpr const char* kCreateSql =
    "CREATE TABLE IF NOT EXISTS pgark_restore.foreign_keys (number bigint PRIMARY KEY, of_table text NOT "
    "NULL,"
    " name text NOT NULL, definition text NOT NULL, add_sql text NOT NULL, validate_sql text NOT NULL,"
    " state int NOT NULL); ";

constexpr const char* kLockTimeoutSql = "SET LOCAL lock_timeout = '30s'";

std::string with_separator(std::string sql, const std::string& more) {
  if (!sql.empty()) sql += "; ";
  return sql + more;
}

class KeyReader {
 public:
  explicit KeyReader(const wire::ResultSet& rows) : rows_(rows) {}

  ForeignKeys read() {
    ForeignKeys keys;
    ForeignKey key;
    std::string comments, long_definition;
    for (std::size_t row = 0; row < rows_.row_count(); ++row) {
      const bool is_root = rows_.text(row, kDepth) == "0";
      if (rows_.boolean(row, kUnusualTriggers))
        unusual_.push_back(text(row, kTable) + " " + text(row, kName));
      if (const auto comment = rows_.get(row, kComment)) {
        comments =
            with_separator(std::move(comments), "COMMENT ON CONSTRAINT " + text(row, kName) + " ON " +
                                                    text(row, kTable) + " IS " + quote_literal(*comment));
      }
      const std::string sql = "ALTER TABLE " + text(row, kTable) + " ADD CONSTRAINT " + text(row, kName) +
                              " " + text(row, kDefinition);
      if (!is_root) {
        if (!rows_.boolean(row, kSameName)) key.add_sql = with_separator(std::move(key.add_sql), sql);
        continue;
      }
      key.number = rows_.integer(row, kRoot);
      key.table = text(row, kTable);
      key.name = text(row, kName);
      key.definition = with_separator(key.add_sql, sql);
      // Over partitioned tables one statement does both.
      const bool two_steps = rows_.boolean(row, kValidated) && !rows_.boolean(row, kPartitioned);
      key.add_sql = with_separator(std::move(key.add_sql), two_steps ? sql + " NOT VALID" : sql);
      if (two_steps) key.validate_sql = "ALTER TABLE " + key.table + " VALIDATE CONSTRAINT " + key.name;
      if (!comments.empty()) {
        key.definition = with_separator(std::move(key.definition), comments);
        key.add_sql = with_separator(std::move(key.add_sql), comments);
      }
      keys.push_back(std::exchange(key, {}));
      comments.clear();
    }
    return keys;
  }
  // Those that would come back with other states of their triggers.
  const std::vector<std::string>& unusual() const { return unusual_; }

 private:
  std::string text(std::size_t row, Column column) const { return std::string(rows_.text(row, column)); }

  const wire::ResultSet& rows_;
  std::vector<std::string> unusual_;
};

std::string set_state_sql(const ForeignKey& key, KeyState state) {
  return fmt::format("UPDATE pgark_restore.foreign_keys SET state = {} WHERE number = {}",
                     static_cast<int>(state), key.number);
}

std::string record_sql(const ForeignKey& key) {
  return fmt::format(
      "INSERT INTO pgark_restore.foreign_keys VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (number) DO "
      "UPDATE SET state = excluded.state",
      key.number, quote_literal(key.table), quote_literal(key.name), quote_literal(key.definition),
      quote_literal(key.add_sql), quote_literal(key.validate_sql), static_cast<int>(KeyState::dropped));
}

Error not_dropped(Error error, const ForeignKey* key, bool again) {
  if (key != nullptr) error.object = key->describe();
  error.message = (again ? "could not be made again: " : "could not be dropped: ") + error.message;
  if (sqlstate::is(error, sqlstate::kLockNotAvailable))
    error.hint = "another session holds one of its tables for long: end it, then try again";
  if (sqlstate::is(error, sqlstate::kInsufficientPrivilege) && again)
    error.hint = "the owner of the referring table needs REFERENCES on the one referred to";
  error.hint += error.hint.empty() ? "" : "; ";
  error.hint += "no foreign key has been dropped";
  return error;
}

// Inside the transaction: all are dropped, made again and dropped once more by going back.
asio::awaitable<void> try_keys(Connection& connection, const ForeignKeys& keys, bool recorded,
                               const ForeignKey*& at, bool& again) {
  if (recorded) co_await connection.execute(kCreateSql);
  for (const ForeignKey& key : keys) {
    at = &key;
    std::string sql = key.drop_sql();
    if (recorded) sql += "; " + record_sql(key);
    co_await connection.execute(std::move(sql));
  }
  again = true;
  co_await connection.execute("SAVEPOINT pgark_foreign_keys");
  for (const ForeignKey& key : keys) {
    at = &key;
    co_await connection.execute(key.add_sql);
  }
  at = nullptr;
  co_await connection.execute(
      "ROLLBACK TO SAVEPOINT pgark_foreign_keys; RELEASE SAVEPOINT pgark_foreign_keys");
}

asio::awaitable<bool> is_there(Connection& connection, const ForeignKey& key) {
  std::vector<protocol::Statement> statements;
  statements.push_back(
      {"SELECT FROM pg_catalog.pg_constraint c WHERE c.contype = 'f' AND c.conrelid ="
       " pg_catalog.to_regclass($1) AND pg_catalog.quote_ident(c.conname) = $2",
       {key.table, key.name}});
  const std::vector<wire::ResultSet> found = co_await connection.pipeline(std::move(statements));
  co_return !found.front().empty();
}

}  // namespace

asio::awaitable<ForeignKeys> find_foreign_keys(Connection& connection, std::vector<std::string> tables) {
  if (tables.empty()) co_return ForeignKeys();
  std::vector<protocol::Statement> statements;
  statements.push_back({kKeysSql, {encode_text_array(std::vector<ArrayItem>(tables.begin(), tables.end()))}});
  const std::vector<wire::ResultSet> results = co_await connection.pipeline(std::move(statements));
  KeyReader reader(results.front());
  ForeignKeys keys = reader.read();
  if (reader.unusual().empty()) co_return keys;
  Error error;
  error.code = ErrorCode::mismatch;
  error.object = connection.peer();
  error.message =
      fmt::format("foreign keys whose triggers were switched by hand would not come back like that: {}",
                  fmt::join(reader.unusual(), ", "));
  error.hint =
      "ALTER TABLE ... ENABLE TRIGGER ALL first, or load as a superuser with --disable-triggers; "
      "nothing has been changed";
  throw Exception(std::move(error));
}

asio::awaitable<void> drop_foreign_keys(Connection& connection, const ForeignKeys& keys, bool recorded) {
  if (recorded) {
    co_await connection.execute("BEGIN");
    co_await connection.execute(kLockTimeoutSql);
  }
  const ForeignKey* at = nullptr;
  bool again = false;
  std::optional<Error> refused;
  try {
    co_await try_keys(connection, keys, recorded, at, again);
  } catch (const Exception& exception) {
    if (!is_statement_failure(exception.error(), connection)) throw;
    refused = not_dropped(exception.error(), at, again);
  }
  if (recorded) co_await connection.execute(refused ? "ROLLBACK" : "COMMIT");
  if (refused) throw Exception(std::move(*refused));
}

asio::awaitable<ForeignKeys> recorded_foreign_keys(Connection& connection) {
  ForeignKeys keys;
  const wire::ResultSet table =
      co_await connection.query("SELECT pg_catalog.to_regclass('pgark_restore.foreign_keys') IS NOT NULL");
  if (!table.boolean(0, 0)) co_return keys;
  const wire::ResultSet rows = co_await connection.query(
      "SELECT number, of_table, name, definition, add_sql, validate_sql, state FROM"
      " pgark_restore.foreign_keys ORDER BY of_table, name");
  for (std::size_t row = 0; row < rows.row_count(); ++row) {
    const auto text = [&rows, row](std::size_t column) { return std::string(rows.text(row, column)); };
    ForeignKey key{rows.integer(row, 0), text(1), text(2), text(3), text(4), text(5), KeyState::dropped};
    const std::int64_t state = std::clamp<std::int64_t>(rows.integer(row, 6), 0, 2);
    key.state = static_cast<KeyState>(state);
    keys.push_back(std::move(key));
  }
  co_return keys;
}

asio::awaitable<std::optional<Error>> restore_foreign_key(Connection& connection, ForeignKey& key,
                                                          bool recorded) {
  const bool validates = key.state == KeyState::added;
  const KeyState next = validates || key.validate_sql.empty() ? KeyState::done : KeyState::added;
  std::string sql = validates ? key.validate_sql : key.add_sql;
  // One message is one transaction.
  if (recorded) sql += "; " + set_state_sql(key, next);
  std::optional<Error> failed;
  try {
    co_await connection.execute(std::move(sql));
    key.state = next;
    co_return std::nullopt;
  } catch (const Exception& exception) {
    if (!is_statement_failure(exception.error(), connection)) throw;
    failed = exception.error();
  }
  failed->statement = key.definition;
  if (!recorded || validates) co_return failed;
  const bool there = co_await is_there(connection, key);
  if (!there) co_return failed;
  co_await connection.execute(set_state_sql(key, KeyState::done));
  key.state = KeyState::done;
  co_return std::nullopt;
}

void tell_of_foreign_keys(const ForeignKeys& keys, EventSink& events) {
  for (const ForeignKey& key : keys) {
    if (key.state == KeyState::done) continue;
    const bool there = key.state == KeyState::added;
    events.message(Severity::warning,
                   (there ? "was dropped for the rows and made again, but not compared with them: "
                          : "was dropped for the rows and is not made again yet: ") +
                       one_line(there ? key.validate_sql : key.definition),
                   one_line(key.describe()));
  }
}

}  // namespace pgark::restore
