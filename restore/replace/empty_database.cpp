#include "restore/replace/empty_database.hpp"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/sql_quote.hpp"
#include "base/sqlstate.hpp"
#include "restore/target.hpp"
#include "restore/user_objects.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using protocol::Connection;

namespace {

// Statements in one message.
constexpr std::size_t kDropsPerMessage = 32;
// What a round drops may uncover what was hidden (a table of an extension that went).
constexpr int kRounds = 5;
constexpr const char* kBeginSql = "BEGIN; SET LOCAL lock_timeout = '30s'";

constexpr const char* kPreparedSql =
    "SELECT pg_catalog.string_agg(pg_catalog.quote_literal(gid), ', ' ORDER BY gid) FROM"
    " pg_catalog.pg_prepared_xacts WHERE database = pg_catalog.current_database()";

// Kind, name, and how the server itself calls the object. What goes with another object, as the sequence of
// an identity column does, cannot be dropped by itself; columns go with their table (objsubid), as those of a
// partition key do. What could interfere goes first, schemas last.
constexpr const char* kObjectsSql =
    "SELECT o.kind, o.name, i.type, i.identity FROM objects o LEFT JOIN LATERAL"
    " pg_catalog.pg_identify_object(o.class, o.oid, 0) i ON o.kind NOT IN ('subscription', 'large object')"
    " WHERE o.kind <> 'default privileges' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE"
    " d.classid = o.class AND d.objid = o.oid AND d.objsubid = 0 AND d.deptype = 'i') ORDER BY CASE o.kind"
    " WHEN 'event trigger' THEN 0 WHEN 'subscription' THEN 1 WHEN 'publication' THEN 2 WHEN 'schema' THEN 4"
    " ELSE 3 END, o.kind, o.name";

// A name of NULL stands for the default privileges in all schemas, which are gone when they are what they
// would be without being said.
constexpr const char* kDefaultPrivilegesSql = R"sql(
WITH kinds (letter, keyword) AS (VALUES ('r', 'TABLES'), ('S', 'SEQUENCES'), ('f', 'FUNCTIONS'), ('T', 'TYPES'),
                                        ('n', 'SCHEMAS'), ('L', 'LARGE OBJECTS'))
SELECT pg_catalog.format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s ', r.rolname, ' IN SCHEMA ' || pg_catalog.quote_ident(n.nspname)),
       s.sql
  FROM pg_catalog.pg_default_acl d JOIN kinds k ON k.letter::"char" = d.defaclobjtype
  JOIN pg_catalog.pg_roles r ON r.oid = d.defaclrole LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace,
 LATERAL (SELECT 1, pg_catalog.format('REVOKE ALL ON %s FROM %s', k.keyword, g.name)
            FROM (SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END AS name
                    FROM pg_catalog.aclexplode(d.defaclacl) a) g
          UNION ALL
          SELECT 2, pg_catalog.format('GRANT %s ON %s TO %s', a.privilege_type, k.keyword,
                                      CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END)
            FROM pg_catalog.aclexplode(pg_catalog.acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END::"char", d.defaclrole)) a
           WHERE d.defaclnamespace = 0) AS s (step, sql)
 ORDER BY d.oid, s.step)sql";

// Extensions, and whether rows of theirs belong into a dump. plpgsql is there from the beginning.
constexpr const char* kExtensionsSql =
    "SELECT e.extname, e.extconfig IS NOT NULL FROM pg_catalog.pg_extension e WHERE e.oid >= 16384 ORDER BY "
    "e.oid DESC";

// Its privileges when the database was made, which are what an archive of it starts from.
constexpr const char* kPublicSql = R"sql(
WITH public AS (SELECT n.oid, n.nspacl, i.initprivs FROM pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_init_privs i
                  ON i.objoid = n.oid AND i.classoid = n.tableoid AND i.objsubid = 0
                 WHERE n.nspname = 'public' AND n.nspacl::text IS DISTINCT FROM i.initprivs::text AND i.initprivs IS NOT NULL),
named AS (SELECT s.step, a.privilege_type, a.is_grantable,
                 CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END AS name
            FROM public p, LATERAL (VALUES (1, p.nspacl), (2, p.initprivs)) s (step, acl), LATERAL pg_catalog.aclexplode(s.acl) a)
SELECT sql FROM (
  SELECT DISTINCT 1, 'REVOKE ALL ON SCHEMA public FROM ' || name FROM named WHERE step = 1
  UNION ALL
  SELECT 2, pg_catalog.format('GRANT %s ON SCHEMA public TO %s%s', privilege_type, name, CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM named WHERE step = 2) AS s (step, sql) ORDER BY step)sql";

// DROP TRANSFORM wants other words than those the server names one with.
std::string transform_drop(std::string identity) {
  constexpr std::string_view kOn = " on language ";
  const std::size_t at = identity.rfind(kOn);
  if (at != std::string::npos) identity.replace(at, kOn.size(), " LANGUAGE ");
  return "DROP TRANSFORM IF EXISTS " + identity + " CASCADE";
}

std::string drop_sql(std::string_view kind, const std::string& name, std::string_view type,
                     const std::string& identity) {
  if (kind == "large object") return "SELECT pg_catalog.lo_unlink(" + name + ")";
  if (kind == "transform") return transform_drop(identity);
  std::string word(type);
  if (kind == "function" || kind == "procedure" || kind == "aggregate") word = "routine";
  if (kind == "foreign data wrapper") word = kind;
  if (kind == "statistics") word = kind;
  return "DROP " + word + " IF EXISTS " + identity + " CASCADE";
}

// Its slot at the publisher is left alone: it belongs to the subscription that a backup brings back.
asio::awaitable<void> drop_subscription(Connection& connection, std::string name) {
  co_await connection.execute("ALTER SUBSCRIPTION " + name + " DISABLE");
  co_await connection.execute("ALTER SUBSCRIPTION " + name + " SET (slot_name = NONE)");
  co_await connection.execute("DROP SUBSCRIPTION " + name);
}

asio::awaitable<bool> drop_objects(Connection& connection) {
  const wire::ResultSet objects = co_await connection.query(user_objects_sql() + kObjectsSql);
  std::string batch;
  std::size_t in_batch = 0;
  for (std::size_t row = 0; row < objects.row_count(); ++row) {
    const std::string name(objects.text(row, 1));
    if (objects.text(row, 0) == "subscription") {
      co_await drop_subscription(connection, name);
      continue;
    }
    batch += drop_sql(objects.text(row, 0), name, objects.text(row, 2), std::string(objects.text(row, 3)));
    batch += "; ";
    if (++in_batch < kDropsPerMessage && row + 1 < objects.row_count()) continue;
    co_await connection.execute(std::exchange(batch, {}));
    in_batch = 0;
  }
  if (!batch.empty()) co_await connection.execute(std::move(batch));
  co_return !objects.empty();
}

asio::awaitable<void> drop_default_privileges(Connection& connection) {
  const wire::ResultSet statements = co_await connection.query(kDefaultPrivilegesSql);
  for (std::size_t row = 0; row < statements.row_count(); ++row) {
    std::string sql(statements.text(row, 0));
    sql += statements.text(row, 1);
    co_await connection.execute(std::move(sql));
  }
}

asio::awaitable<void> drop_extensions(Connection& connection, const std::set<std::string>& kept) {
  const wire::ResultSet extensions = co_await connection.query(kExtensionsSql);
  for (std::size_t row = 0; row < extensions.row_count(); ++row) {
    const std::string name(extensions.text(row, 0));
    if (kept.contains(name) && !extensions.boolean(row, 1)) continue;
    std::string sql = "DROP EXTENSION IF EXISTS " + quote_identifier(name) + " CASCADE";
    co_await connection.execute(std::move(sql));
  }
}

asio::awaitable<void> reset_public(Connection& connection) {
  const wire::ResultSet statements = co_await connection.query(kPublicSql);
  for (std::size_t row = 0; row < statements.row_count(); ++row) {
    std::string sql(statements.text(row, 0));
    co_await connection.execute(std::move(sql));
  }
}

asio::awaitable<void> drop_everything(Connection& connection, const std::set<std::string>& kept_extensions) {
  bool found = true;
  for (int round = 0; found && round < kRounds; ++round) {
    found = co_await drop_objects(connection);
    if (round == 0) co_await drop_extensions(connection, kept_extensions);
  }
  co_await drop_default_privileges(connection);
  co_await reset_public(connection);
  // The restore that follows would refuse what is left, when it cannot be taken back any more.
  co_await check_empty(connection);
}

Error not_emptied(Error error) {
  if (error.code == ErrorCode::target_not_empty) error.hint = "what is named was not dropped; report this; ";
  if (sqlstate::is(error, sqlstate::kLockNotAvailable))
    error.hint = "another session holds something of the database for long: end it, then try again; ";
  if (error.server && error.server->sqlstate == "53200")
    error.hint = "raise max_locks_per_transaction on the server, or use --strategy swap; ";
  error.hint += "nothing has been dropped";
  return error;
}

asio::awaitable<void> refuse_prepared(Connection& connection) {
  const wire::ResultSet prepared = co_await connection.query(kPreparedSql);
  const auto transactions = prepared.get(0, 0);
  if (!transactions) co_return;
  Error error;
  error.code = ErrorCode::mismatch;
  error.object = connection.peer();
  error.message =
      "the database has prepared transactions, which may hold locks for ever: " + std::string(*transactions);
  error.hint = "COMMIT PREPARED or ROLLBACK PREPARED each of them; nothing has been dropped";
  throw Exception(std::move(error));
}

}  // namespace

asio::awaitable<void> empty_database(Connection& connection, std::set<std::string> kept_extensions,
                                     bool rehearse) {
  co_await refuse_prepared(connection);
  co_await connection.execute(kBeginSql);
  std::optional<Error> refused;
  try {
    co_await drop_everything(connection, kept_extensions);
  } catch (const Exception& exception) {
    const ErrorCode code = exception.error().code;
    const bool known = code == ErrorCode::server || code == ErrorCode::target_not_empty;
    if (!known || connection.status() != protocol::Status::idle) throw;
    refused = not_emptied(exception.error());
  }
  co_await connection.execute(refused || rehearse ? "ROLLBACK" : "COMMIT");
  if (refused) throw Exception(std::move(*refused));
}

}  // namespace pgark::restore
