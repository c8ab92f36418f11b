#include "restore/preflight.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/array_text.hpp"
#include "base/sql_quote.hpp"
#include "format/entry_kind.hpp"
#include "restore/disk_room.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::Toc;
using format::TocEntry;
using protocol::Connection;

namespace {

// Recovery; free connections; those that the database allows; superuser; may create in the database; in
// public; the role; the database; other sessions in it, but for the one that keeps others out
// (replace/exclusion.hpp); the server's folder, for those who may know it; row security hides nothing.
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
    " 'public'), r.rolname, d.datname, (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity a WHERE"
    " a.datid = d.oid AND a.backend_type = 'client backend' AND a.pid <> pg_catalog.pg_backend_pid() AND"
    " a.application_name NOT LIKE 'pgark %'),"
    " (SELECT s.setting FROM pg_catalog.pg_settings s WHERE s.name = 'data_directory'), r.rolbypassrls"
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

constexpr const char* kForbiddenTablespacesSql =
    "SELECT n.name FROM pg_catalog.unnest($1::pg_catalog.text[]) n (name) JOIN pg_catalog.pg_tablespace t ON"
    " t.spcname = n.name WHERE NOT pg_catalog.has_tablespace_privilege(t.oid, 'CREATE') AND t.oid <> (SELECT"
    " d.dattablespace FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()) ORDER "
    "BY 1";

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

// Tables whose rows even their owner may not read whole.
std::string forced_row_security(const Toc& toc, const Selection& selection) {
  constexpr std::size_t kNamedMax = 10;
  std::string text;
  std::size_t count = 0;
  for (const TocEntry& entry : toc.entries) {
    const bool forces = selection.contains(entry.id) &&
                        std::ranges::any_of(entry.create, [](const format::SqlStatement& statement) {
                          return statement.sql.ends_with(" FORCE ROW LEVEL SECURITY");
                        });
    if (!forces || ++count > kNamedMax) continue;
    text += (count == 1 ? "" : ", ") + one_line(quote_qualified(entry.schema, entry.name));
  }
  if (count > kNamedMax) text += fmt::format(" and {} more", count - kNamedMax);
  return text;
}

// Over a Unix socket the server's folder is one of this machine. Sizes are the source's: a little more than
// the rows need when they are packed anew.
std::optional<Obstacle> lack_of_disk(const Connection& connection, const Toc& toc, const Selection& selection,
                                     const std::string& folder) {
  if (folder.empty() || !connection.peer().starts_with('/')) return std::nullopt;
  const std::optional<std::uint64_t> free = free_bytes(folder);
  const ExpectedSizes sizes = expected_sizes(toc, selection);
  const std::uint64_t needed = sizes.tables + sizes.indexes;
  if (!free || needed <= *free) return std::nullopt;
  constexpr std::uint64_t kMegabyte = 1'000'000;
  return Obstacle{fmt::format("tables and indexes took {} MB in the source, and {} has {} MB left",
                              needed / kMegabyte, folder, *free / kMegabyte),
                  "make room first; a restore that finds the disk full can be resumed", false};
}

}  // namespace

Error obstacles_error(const std::vector<Obstacle>& obstacles, std::string peer) {
  Error error;
  error.code = ErrorCode::mismatch;
  error.object = std::move(peer);
  for (const Obstacle& obstacle : obstacles) {
    error.message += (error.message.empty() ? "" : "; ") + obstacle.text;
    error.hint += obstacle.remedy + "; ";
  }
  error.hint += "nothing has been changed";
  return error;
}

asio::awaitable<Preflight> find_obstacles(Connection& connection, const Toc& toc, const Selection& selection,
                                          const RestoreOptions& options, NamesInUse names) {
  std::vector<protocol::Statement> statements;
  statements.push_back({kFactsSql, {}});
  // From 16 on a member may lack the right to become the role.
  const char* right = connection.server_version_num() >= 160000 ? "'SET')" : "'MEMBER')";
  statements.push_back({std::string(kNoMemberSql) + right + " ORDER BY 1", {array_of(names.owners)}});
  statements.push_back({kUntrustedSql, {array_of(names.extensions)}});
  statements.push_back({kForbiddenTablespacesSql, {array_of(names.tablespaces)}});
  const std::vector<wire::ResultSet> results = co_await connection.pipeline(std::move(statements));
  const wire::ResultSet& facts = results[0];
  Preflight preflight;
  std::vector<Obstacle>& found = preflight.obstacles;
  if (facts.empty()) co_return preflight;
  if (facts.boolean(0, 0)) {
    found.push_back({"the server is a standby, which takes no writes",
                     "connect to the primary (target_session_attrs=primary finds it among several hosts)"});
  }
  if (auto lack = lack_of_disk(connection, toc, selection, std::string(facts.text(0, 9))))
    found.push_back(std::move(*lack));
  if (const std::int64_t others = facts.integer(0, 8); others > 0 && !options.create) {
    found.push_back({fmt::format("{} other {} in the target database", others,
                                 others == 1 ? "session is" : "sessions are"),
                     "what they lock is waited for, and what they see is half restored until the end",
                     false});
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
  if (facts.boolean(0, 3)) co_return preflight;
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
  if (options.rows_are_proved && options.wants_rows() && !facts.boolean(0, 10)) {
    if (const std::string tables = forced_row_security(toc, selection); !tables.empty()) {
      found.push_back({fmt::format("row security, forced on its owner too, hides rows of {} from role {}, so "
                                   "that they cannot be proved",
                                   tables, role),
                       fmt::format("ALTER ROLE {} BYPASSRLS, or connect as a superuser", role)});
    }
  }
  for (std::size_t row = 0; row < results[1].row_count(); ++row)
    preflight.forbidden_owners.emplace(results[1].text(row, 0));
  if (!results[1].empty() && !options.owner_if_allowed) {
    found.push_back({fmt::format("role {} may not give objects to {}", role, names_in(results[1])),
                     "connect as a superuser or a member of those roles, give the objects to another role "
                     "with --map-owner "
                     "OLD=NEW, leave those owners out with --owner-if-allowed, or all with --no-owner"});
  }
  if (!results[3].empty()) {
    found.push_back(
        {fmt::format("role {} may not create objects in tablespace {}", role, names_in(results[3])),
         fmt::format("GRANT CREATE ON TABLESPACE {} TO {}, or leave tablespaces out with "
                     "--no-tablespaces",
                     names_in(results[3]), role)});
  }
  if (!results[2].empty()) {
    found.push_back(
        {"by PostgreSQL's own rules only a superuser may create extension " + names_in(results[2]),
         "have them created in the target first, by somebody who may", false});
  }
  co_return preflight;
}

}  // namespace pgark::restore
