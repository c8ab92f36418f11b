#include "dumper/privileges.hpp"

#include <functional>
#include <utility>

#include "base/array_text.hpp"

namespace pgark::dumper {
namespace {

// $1 tables to lock, $2 sequences to read, $3 tables whose rows must be complete. A relation that has gone
// since answers NULL, and is left to the locks to find. LOCK TABLE and COPY ask for SELECT on the whole
// table.
constexpr std::string_view kSql =
    "WITH me(name) AS (SELECT pg_catalog.quote_ident(CURRENT_USER)),"
    " wanted(oid) AS (SELECT pg_catalog.unnest($1::pg_catalog.oid[] || $2::pg_catalog.oid[])),"
    " relations AS (SELECT c.oid, c.relkind, n.oid AS schema, pg_catalog.quote_ident(n.nspname) AS "
    "schema_sql,"
    " pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS sql"
    " FROM wanted w JOIN pg_catalog.pg_class c ON c.oid = w.oid"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace)"
    " SELECT p.object, p.cause, p.remedy FROM ("
    "SELECT 1, 'SCHEMA ' || s.schema_sql, 'USAGE is not granted',"
    " 'GRANT USAGE ON SCHEMA ' || s.schema_sql || ' TO ' || me.name"
    " FROM (SELECT DISTINCT schema, schema_sql FROM relations) s, me"
    " WHERE NOT pg_catalog.has_schema_privilege(s.schema, 'USAGE')"
    " UNION ALL SELECT CASE r.relkind WHEN 'S' THEN 3 ELSE 2 END,"
    " CASE r.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || r.sql, 'SELECT is not granted',"
    " 'GRANT SELECT ON ' || CASE r.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || r.sql || ' TO ' ||"
    " me.name"
    " FROM relations r, me WHERE NOT pg_catalog.has_table_privilege(r.oid, 'SELECT')"
    " UNION ALL SELECT 4, 'TABLE ' || r.sql, 'row-level security would hide rows (' ||"
    " COALESCE((SELECT 'policy ' || pg_catalog.string_agg(pg_catalog.quote_ident(p.polname), ', ' ORDER BY "
    "p.polname)"
    " FROM pg_catalog.pg_policy p WHERE p.polrelid = r.oid), 'no policy') || ')',"
    " 'ALTER ROLE ' || me.name || ' BYPASSRLS'"
    " FROM pg_catalog.unnest($3::pg_catalog.oid[]) AS t(oid) JOIN relations r ON r.oid = t.oid, me"
    " WHERE pg_catalog.row_security_active(r.oid)"
    ") AS p(place, object, cause, remedy) ORDER BY p.place, p.object";

std::string oids_of(const Catalog& catalog, const std::function<bool(const Relation&)>& wanted) {
  std::vector<Oid> oids;
  for (const Relation& relation : catalog.relations) {
    if (wanted(relation)) oids.push_back(relation.oid);
  }
  return encode_oid_array(oids);
}

bool is_table(const Relation& relation) {
  return relation.kind == 'r' || relation.kind == 'p';
}

}  // namespace

boost::asio::awaitable<std::vector<Unreadable>> find_unreadable(protocol::Connection& connection,
                                                                const Catalog& catalog, bool row_security) {
  std::vector<Unreadable> found;
  // Kept up to date by the server, SET ROLE included; no policy applies to a superuser.
  if (connection.parameter("is_superuser") == "on") co_return found;
  const std::string tables = oids_of(catalog, [](const Relation& relation) {
    const bool read = relation.kind == 'f' && (relation.components & kData) != 0;
    return read || (is_table(relation) && (relation.components & (kDefinition | kData | kPolicy)) != 0);
  });
  const std::string sequences = oids_of(catalog, [](const Relation& relation) {
    return relation.kind == 'S' && (relation.components & kData) != 0;
  });
  const std::string complete = oids_of(catalog, [row_security](const Relation& relation) {
    return !row_security && relation.kind == 'r' && (relation.components & kData) != 0;
  });
  std::vector<protocol::Statement> statements;
  statements.push_back({std::string(kSql), {tables, sequences, complete}});
  const auto results = co_await connection.pipeline(std::move(statements));
  const wire::ResultSet& rows = results.at(0);
  for (std::size_t i = 0; i < rows.row_count(); ++i) {
    found.push_back(
        {std::string(rows.text(i, 0)), std::string(rows.text(i, 1)), std::string(rows.text(i, 2))});
  }
  co_return found;
}

}  // namespace pgark::dumper
