#include "restore/replace/schema_swap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <utility>

#include "base/array_text.hpp"
#include "base/sql_quote.hpp"
#include "base/sqlstate.hpp"
#include "restore/ddl_runner.hpp"
#include "restore/replace/schema_owners.hpp"
#include "restore/user_objects.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using protocol::Connection;

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kAttempts = 5;
constexpr std::size_t kNamedMax = 10;
// Whoever holds one of the tables for longer keeps all others waiting behind us.
constexpr const char* kBeginSql = "BEGIN; SET LOCAL lock_timeout = '1s'";

// Name; holds an extension; holds objects of users.
constexpr const char* kSchemasSql = R"sql(
SELECT n.nspname,
       EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE e.extnamespace = n.oid)
       OR EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN owners o ON o.class = d.classid AND o.id = d.objid
                   WHERE d.deptype = 'e' AND o.schema = n.oid)
       OR EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
                     AND d.objid = n.oid AND d.deptype = 'e')
  FROM pg_catalog.pg_namespace n
 WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'pgark_restore')
   AND n.nspname !~ '_pgark_(new|old|undone)_[0-9]{8}T[0-9]{6}Z$' ORDER BY 1)sql";

// Users' objects in one of the schemas $1.
constexpr const char* kInKeptSql =
    "SELECT o.kind || ' ' || o.name FROM objects o JOIN in_schemas i ON i.class = o.class AND i.oid = o.oid "
    "JOIN"
    " pg_catalog.pg_namespace n ON n.oid = i.schema WHERE n.nspname = ANY ($1::pg_catalog.text[]) ORDER BY 1";

// Those of $1 that the role does not own.
constexpr const char* kNotOwnedSql =
    "SELECT pg_catalog.quote_ident(n.nspname) || ' (of ' || pg_catalog.quote_ident(r.rolname) || ')' FROM"
    " pg_catalog.pg_namespace n JOIN pg_catalog.pg_roles r ON r.oid = n.nspowner WHERE n.nspname = ANY"
    " ($1::pg_catalog.text[]) AND NOT pg_catalog.pg_has_role(n.nspowner, 'USAGE') ORDER BY 1";
constexpr const char* kMayCreateSql =
    "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'),"
    " pg_catalog.quote_ident(pg_catalog.current_database()), pg_catalog.quote_ident(CURRENT_USER)";
constexpr const char* kPreparedSql =
    "SELECT pg_catalog.quote_literal(gid) FROM pg_catalog.pg_prepared_xacts WHERE database ="
    " pg_catalog.current_database() ORDER BY 1";
// They would publish, or fill, the tables that are set aside.
constexpr const char* kReplicationSql =
    "SELECT 'publication ' || pg_catalog.quote_ident(pubname) FROM pg_catalog.pg_publication UNION ALL SELECT"
    " 'subscription ' || pg_catalog.quote_ident(s.subname) FROM pg_catalog.pg_subscription s JOIN"
    " pg_catalog.pg_database d ON d.oid = s.subdbid WHERE d.datname = pg_catalog.current_database() ORDER BY "
    "1";
// They are for what is made from now on: in no schema, so that new objects beside would get them too.
constexpr const char* kDefaultPrivilegesSql =
    "SELECT DISTINCT 'of role ' || pg_catalog.quote_ident(r.rolname) FROM pg_catalog.pg_default_acl a JOIN"
    " pg_catalog.pg_roles r ON r.oid = a.defaclrole WHERE a.defaclnamespace = 0 ORDER BY 1";

// What is not in one of the schemas $1, nor a part of what is, and refers to something in them. What belongs
// to no schema has no owner in the list. Default privileges in a schema go with it.
constexpr const char* kReferringSql = R"sql(
SELECT DISTINCT pg_catalog.pg_describe_object(d.classid, d.objid, 0)
  FROM pg_catalog.pg_depend d JOIN owners r ON r.class = d.refclassid AND r.id = d.refobjid
  JOIN swapped s ON s.id = r.schema LEFT JOIN owners o ON o.class = d.classid AND o.id = d.objid
  LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.schema
 WHERE d.deptype <> 'i' AND (n.oid IS NULL OR (n.nspname !~ '^pg_' AND n.oid NOT IN (SELECT id FROM swapped)))
 ORDER BY 1)sql";

constexpr const char* kTablesSql =
    "SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ', ' ORDER BY c.oid) FROM"
    " pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r',"
    " 'p') AND n.nspname = ANY ($1::pg_catalog.text[])";
constexpr const char* kIncomingSql =
    "SELECT n.nspname, pg_catalog.left(n.nspname, -pg_catalog.length($1)) FROM pg_catalog.pg_namespace n "
    "WHERE"
    " pg_catalog.right(n.nspname, pg_catalog.length($1)) = $1 ORDER BY 1";
// A name in a search path stands in quotes, as it has capital letters.
constexpr const char* kSearchPathsSql =
    "SELECT pg_catalog.format('ALTER ROUTINE %s SET search_path TO %s', p.oid::pg_catalog.regprocedure,"
    " pg_catalog.replace(pg_catalog.substr(c, 13), $1, '')) FROM pg_catalog.pg_proc p,"
    " pg_catalog.unnest(p.proconfig) c WHERE c LIKE 'search\\_path=%' AND pg_catalog.strpos(c, $1) > 0";
constexpr const char* kLeftoversSql =
    "SELECT pg_catalog.pg_describe_object('pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, 0) FROM"
    " pg_catalog.pg_proc p WHERE pg_catalog.strpos(p.prosrc, $1) > 0 OR EXISTS (SELECT FROM"
    " pg_catalog.unnest(p.proconfig) c WHERE c NOT LIKE 'search\\_path=%' AND pg_catalog.strpos(c, $1) > 0)"
    " UNION ALL SELECT pg_catalog.pg_describe_object('pg_catalog.pg_ts_dict'::pg_catalog.regclass, d.oid, 0) "
    "FROM"
    " pg_catalog.pg_ts_dict d WHERE pg_catalog.strpos(d.dictinitoption, $1) > 0"
    " UNION ALL SELECT pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, c.oid, 0) "
    "FROM"
    " pg_catalog.pg_class c WHERE pg_catalog.strpos(c.reloptions::pg_catalog.text, $1) > 0 ORDER BY 1";
constexpr const char* kAsideSql =
    "SELECT n.nspname, (SELECT pg_catalog.sum(pg_catalog.pg_total_relation_size(c.oid))::pg_catalog.int8 FROM"
    " pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'm')) FROM"
    " pg_catalog.pg_namespace n WHERE n.nspname ~ '_pgark_(new|old|undone)_[0-9]{8}T[0-9]{6}Z$' ORDER BY 1";

using Rows = wire::ResultSet;

std::string array_of(const std::vector<std::string>& names) {
  return encode_text_array(std::vector<ArrayItem>(names.begin(), names.end()));
}

// `parameter`: $1, for statements that have one.
asio::awaitable<Rows> ask(Connection& connection, std::string sql, std::optional<std::string> parameter) {
  std::vector<protocol::Statement> statements(1);
  statements[0].sql = std::move(sql);
  if (parameter) statements[0].parameters.push_back(std::move(*parameter));
  std::vector<Rows> results = co_await connection.pipeline(std::move(statements));
  co_return std::move(results.front());
}

std::string listed(const Rows& rows) {
  std::string text;
  for (std::size_t row = 0; row < std::min(rows.row_count(), kNamedMax); ++row)
    text += (row == 0 ? "" : ", ") + one_line(rows.text(row, 0));
  if (rows.row_count() > kNamedMax) text += fmt::format(" and {} more", rows.row_count() - kNamedMax);
  return text;
}

// Looks with one query; its rows, if there are any, are what the text says of them.
asio::awaitable<void> look_for(Connection& connection, std::string sql, std::optional<std::string> parameter,
                               std::string text, std::string remedy, std::vector<Obstacle>& found) {
  const Rows rows = co_await ask(connection, std::move(sql), std::move(parameter));
  if (!rows.empty()) found.push_back({std::move(text) + ": " + listed(rows), std::move(remedy)});
}

std::string rename_sql(const std::string& from, const std::string& to) {
  return "ALTER SCHEMA " + quote_identifier(from) + " RENAME TO " + quote_identifier(to) + "; ";
}

bool may_try_again(const Error& error) {
  return sqlstate::is(error, sqlstate::kLockNotAvailable) || sqlstate::is(error, sqlstate::kDeadlockDetected);
}

class Exchange {
 public:
  Exchange(Connection& connection, std::string incoming, std::string outgoing)
      : connection_(connection), incoming_(std::move(incoming)), outgoing_(std::move(outgoing)) {}

  asio::awaitable<double> run() {
    co_await connection_.execute(kBeginSql);
    std::optional<Error> refused;
    double seconds = 0;
    try {
      const Clock::time_point start = Clock::now();
      co_await rename();
      co_await connection_.execute("COMMIT");
      const std::chrono::duration<double> waited = Clock::now() - start;
      seconds = waited.count();
    } catch (const Exception& exception) {
      if (!is_statement_failure(exception.error(), connection_)) throw;
      refused = exception.error();
    }
    if (!refused) co_return seconds;
    co_await connection_.execute("ROLLBACK");
    throw Exception(std::move(*refused));
  }

 private:
  asio::awaitable<void> rename() {
    const LiveSchemas live = co_await look_at_schemas(connection_);
    const Rows tables = co_await ask(connection_, kTablesSql, array_of(live.names));
    if (const auto names = tables.get(0, 0)) {
      std::string lock = "LOCK TABLE " + std::string(*names) + " IN SHARE ROW EXCLUSIVE MODE";
      co_await connection_.execute(std::move(lock));
    }
    const Rows coming = co_await ask(connection_, kIncomingSql, incoming_);
    const Rows paths = co_await ask(connection_, kSearchPathsSql, incoming_);
    std::string sql;
    for (std::size_t row = 0; row < paths.row_count(); ++row) sql += std::string(paths.text(row, 0)) + "; ";
    for (const std::string& name : live.names) sql += rename_sql(name, name + outgoing_);
    bool has_public = std::ranges::find(live.names, "public") == live.names.end();
    for (std::size_t row = 0; row < coming.row_count(); ++row) {
      has_public = has_public || coming.text(row, 1) == "public";
      sql += rename_sql(std::string(coming.text(row, 0)), std::string(coming.text(row, 1)));
    }
    // Every database has one.
    if (!has_public) sql += "CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC; ";
    if (!sql.empty()) co_await connection_.execute(std::move(sql));
  }

  Connection& connection_;
  const std::string incoming_, outgoing_;
};

}  // namespace

asio::awaitable<LiveSchemas> look_at_schemas(Connection& connection) {
  const Rows schemas = co_await connection.query(schema_owners_sql() + kSchemasSql);
  LiveSchemas live;
  for (std::size_t row = 0; row < schemas.row_count(); ++row) {
    std::string name(schemas.text(row, 0));
    if (schemas.boolean(row, 1)) {
      live.kept.schemas.insert(std::move(name));
    } else {
      live.names.push_back(std::move(name));
    }
  }
  const Rows extensions = co_await connection.query("SELECT extname FROM pg_catalog.pg_extension");
  for (std::size_t row = 0; row < extensions.row_count(); ++row)
    live.kept.extensions.emplace(extensions.text(row, 0));
  co_return live;
}

asio::awaitable<std::vector<Obstacle>> schema_obstacles(Connection& connection, const LiveSchemas& live,
                                                        bool makes) {
  std::vector<Obstacle> found;
  const std::string names = array_of(live.names);
  const std::string kept =
      array_of(std::vector<std::string>(live.kept.schemas.begin(), live.kept.schemas.end()));
  const Rows rights = co_await connection.query(kMayCreateSql);
  if (!rights.boolean(0, 0))
    found.push_back(
        {fmt::format("role {} may not create schemas in database {}", rights.text(0, 2), rights.text(0, 1)),
         fmt::format("GRANT CREATE ON DATABASE {} TO {}", rights.text(0, 1), rights.text(0, 2))});
  co_await look_for(connection, kNotOwnedSql, names,
                    "schemas that the role does not own, so that it cannot "
                    "rename them",
                    "connect as a role that owns all of them", found);
  co_await look_for(connection, kPreparedSql, std::nullopt, "the database has prepared transactions",
                    "COMMIT PREPARED or ROLLBACK PREPARED each of them", found);
  co_await look_for(connection, user_objects_sql() + kInKeptSql, kept,
                    "a schema that holds an extension stays, and has objects of yours beside it",
                    "ALTER EXTENSION ... SET SCHEMA to one of its own, or --strategy in-place", found);
  co_await look_for(connection, kReplicationSql, std::nullopt,
                    "replication would go on with the tables that are set aside",
                    "drop these and make them again afterwards, or --strategy in-place", found);
  if (makes)
    co_await look_for(
        connection, kDefaultPrivilegesSql, std::nullopt,
        "default privileges in no schema, which the restored objects would get beside their own",
        "ALTER DEFAULT PRIVILEGES ... REVOKE them first, or --strategy in-place", found);
  co_await look_for(connection, schema_owners_sql(names) + kReferringSql, std::nullopt,
                    "what belongs to none of these schemas would go on to refer to what is set aside",
                    "drop these and make them again afterwards, or --strategy in-place", found);
  for (const std::string& name : live.names) {
    if (name.size() <= kSwappedSchemaBytesMax) continue;
    found.push_back({fmt::format("the name of schema {} is too long to be set aside ({} bytes at most)",
                                 one_line(quote_identifier(name)), kSwappedSchemaBytesMax),
                     "ALTER SCHEMA ... RENAME TO, or --strategy in-place"});
  }
  co_return found;
}

asio::awaitable<double> exchange_schemas(Connection& connection, std::string incoming, std::string outgoing) {
  Exchange exchange(connection, std::move(incoming), std::move(outgoing));
  for (int attempt = 1;; ++attempt) {
    try {
      co_return co_await exchange.run();
    } catch (const Exception& exception) {
      if (!may_try_again(exception.error()) || attempt == kAttempts) throw;
    }
  }
}

asio::awaitable<std::vector<Obstacle>> text_leftovers(Connection& connection, std::string incoming) {
  std::vector<Obstacle> found;
  co_await look_for(connection, kLeftoversSql, std::move(incoming),
                    "texts name a schema by the name that it had while it was restored",
                    "--strategy in-place", found);
  co_return found;
}

asio::awaitable<std::vector<AsideSchemas>> find_aside_schemas(Connection& connection) {
  const Rows rows = co_await connection.query(kAsideSql);
  std::map<std::string, AsideSchemas, std::greater<>> sets;  // newest first
  for (std::size_t row = 0; row < rows.row_count(); ++row) {
    const std::string name(rows.text(row, 0));
    const auto parsed = parse_aside_name(name, name.substr(0, name.rfind("_pgark_")));
    if (!parsed) continue;
    AsideSchemas& set = sets[parsed->stamp + aside_suffix(parsed->role, parsed->stamp)];
    set.role = parsed->role;
    set.stamp = parsed->stamp;
    set.names.push_back(name);
    set.whole = set.whole && name.substr(0, name.rfind("_pgark_")) != kUnfinishedSchema;
    set.bytes += static_cast<std::uint64_t>(rows.integer(row, 1));
  }
  std::vector<AsideSchemas> found;
  for (auto& [key, set] : sets) found.push_back(std::move(set));
  co_return found;
}

std::string aside_suffix(Aside role, const std::string& stamp) {
  const std::string_view word = role == Aside::fresh ? "new" : role == Aside::old ? "old" : "undone";
  return fmt::format("_pgark_{}_{}", word, stamp);
}

asio::awaitable<void> drop_schemas(Connection& connection, std::vector<std::string> names) {
  std::vector<Obstacle> referring;
  co_await look_for(connection, schema_owners_sql(array_of(names)) + kReferringSql, std::nullopt,
                    "others depend on what is in them", "drop these first, or make them anew", referring);
  if (!referring.empty()) throw Exception(obstacles_error(referring, connection.peer()));
  std::string sql = "BEGIN; SET LOCAL lock_timeout = '30s'; DROP SCHEMA ";
  for (std::size_t i = 0; i < names.size(); ++i) sql += (i == 0 ? "" : ", ") + quote_identifier(names[i]);
  sql += " CASCADE; COMMIT";
  std::optional<Error> refused;
  try {
    co_await connection.execute(std::move(sql));
  } catch (const Exception& exception) {
    if (!is_statement_failure(exception.error(), connection)) throw;
    refused = exception.error();
  }
  if (!refused) co_return;
  co_await connection.execute("ROLLBACK");
  throw Exception(std::move(*refused));
}

}  // namespace pgark::restore
