#include "restore/preflight.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/array_text.hpp"
#include "base/sql_quote.hpp"
#include "format/entry_kind.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::Toc;
using format::TocEntry;
using protocol::Connection;

namespace {

// Recovery; free connections; those that the database allows; superuser; may create in the database; in
// public; the role; the database.
constexpr const char* kFactsSql =
    "SELECT pg_catalog.pg_is_in_recovery(),"
    " pg_catalog.current_setting('max_connections')::int8 - CASE WHEN r.rolsuper THEN 0 ELSE"
    " pg_catalog.current_setting('superuser_reserved_connections')::int8 END - (SELECT pg_catalog.count(*) "
    "FROM"
    " pg_catalog.pg_stat_activity a WHERE a.backend_type = 'client backend'),"
    " CASE WHEN d.datconnlimit >= 0 AND NOT r.rolsuper THEN d.datconnlimit - (SELECT pg_catalog.count(*) FROM"
    " pg_catalog.pg_stat_activity a WHERE a.datid = d.oid AND a.backend_type = 'client backend') END,"
    " r.rolsuper, pg_catalog.has_database_privilege(d.oid, 'CREATE'),"
    " (SELECT pg_catalog.has_schema_privilege(n.oid, 'CREATE') FROM pg_catalog.pg_namespace n WHERE "
    "n.nspname ="
    " 'public'), r.rolname, d.datname"
    " FROM pg_catalog.pg_roles r, pg_catalog.pg_database d WHERE r.rolname = CURRENT_USER AND d.datname ="
    " pg_catalog.current_database()";
constexpr const char* kNoMemberSql =
    "SELECT n.name FROM pg_catalog.unnest($1::pg_catalog.text[]) n (name) JOIN pg_catalog.pg_roles r ON "
    "r.rolname ="
    " n.name WHERE NOT pg_catalog.pg_has_role(r.oid, ";
// Not there yet, and nobody but a superuser may change that.
constexpr const char* kUntrustedSql =
    "SELECT DISTINCT v.name FROM pg_catalog.pg_available_extensions() a JOIN"
    " pg_catalog.pg_available_extension_versions() v ON v.name = a.name AND v.version = a.default_version"
    " WHERE a.name = ANY ($1::pg_catalog.text[]) AND v.superuser AND NOT v.trusted AND NOT EXISTS"
    " (SELECT FROM pg_catalog.pg_extension e WHERE e.extname = a.name) ORDER BY 1";

constexpr std::string_view kCreateInDatabase[] = {"SCHEMA", "EXTENSION", "PUBLICATION"};

std::string names_in(const wire::ResultSet& rows) {
  std::string text;
  for (std::size_t row = 0; row < rows.row_count(); ++row)
    text += (row == 0 ? "" : ", ") + one_line(quote_identifier(rows.text(row, 0)));
  return text;
}

std::string array_of(const std::set<std::string>& names) {
  return encode_text_array(std::vector<ArrayItem>(names.begin(), names.end()));
}

struct Creates {
  bool in_database = false, in_public = false;
};

Creates what_is_created(const Toc& toc, const Selection& selection) {
  Creates result;
  for (const TocEntry& entry : toc.entries) {
    const bool created = selection.contains(entry.id) && !describes_another(entry) &&
                         selection.section(entry.id) == format::Section::pre_data && !entry.create.empty() &&
                         entry.create.front().sql.starts_with("CREATE");
    if (!created) continue;
    const bool in_database = std::ranges::find(kCreateInDatabase, entry.kind) != std::end(kCreateInDatabase);
    result.in_database = result.in_database || (in_database && entry.name != "public");
    result.in_public = result.in_public || entry.schema == "public";
  }
  return result;
}

}  // namespace

asio::awaitable<std::vector<Obstacle>> find_obstacles(Connection& connection, const Toc& toc,
                                                      const Selection& selection,
                                                      const RestoreOptions& options,
                                                      std::set<std::string> owners,
                                                      std::set<std::string> extensions) {
  std::vector<protocol::Statement> statements;
  statements.push_back({kFactsSql, {}});
  // From 16 on a member may lack the right to become the role.
  const char* right = connection.server_version_num() >= 160000 ? "'SET')" : "'MEMBER')";
  statements.push_back({std::string(kNoMemberSql) + right + " ORDER BY 1", {array_of(owners)}});
  statements.push_back({kUntrustedSql, {array_of(extensions)}});
  const std::vector<wire::ResultSet> results = co_await connection.pipeline(std::move(statements));
  const wire::ResultSet& facts = results[0];
  std::vector<Obstacle> found;
  if (facts.empty()) co_return found;
  if (facts.boolean(0, 0)) {
    found.push_back({"the server is a standby, which takes no writes",
                     "connect to the primary (target_session_attrs=primary finds it among several hosts)"});
  }
  // This connection is one of them.
  const std::int64_t more = options.jobs - 1;
  const std::int64_t free = std::min(facts.integer(0, 1), facts.integer(0, 2, facts.integer(0, 1)));
  if (free < more) {
    found.push_back(
        {fmt::format("-j {} needs {} connections more, the server has {} to give", options.jobs, more,
                     std::max<std::int64_t>(free, 0)),
         fmt::format("give -j {} or less, or end other sessions", 1 + std::max<std::int64_t>(free, 0))});
  }
  if (facts.boolean(0, 3)) co_return found;
  const std::string role = one_line(quote_identifier(facts.text(0, 6)));
  const Creates creates = what_is_created(toc, selection);
  if (creates.in_database && !options.create && !facts.boolean(0, 4)) {
    const std::string database = one_line(quote_identifier(facts.text(0, 7)));
    found.push_back(
        {fmt::format("role {} may not create schemas and extensions in database {}", role, database),
         fmt::format("GRANT CREATE ON DATABASE {} TO {}", database, role)});
  }
  if (creates.in_public && !options.create && facts.text(0, 5) == "f") {
    found.push_back({fmt::format("role {} may not create objects in schema public", role),
                     fmt::format("GRANT CREATE ON SCHEMA public TO {}", role)});
  }
  if (!results[1].empty()) {
    found.push_back(
        {fmt::format("role {} may not give objects to {}", role, names_in(results[1])),
         "connect as a superuser or a member of those roles, or leave owners out with --no-owner"});
  }
  if (!results[2].empty()) {
    found.push_back(
        {"by PostgreSQL's own rules only a superuser may create extension " + names_in(results[2]),
         "have them created in the target first, by somebody who may", false});
  }
  co_return found;
}

}  // namespace pgark::restore
