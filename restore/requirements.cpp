#include "restore/requirements.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/array_text.hpp"
#include "base/sql_quote.hpp"
#include "format/entry_properties.hpp"
#include "restore/adapt/name_pairs.hpp"
#include "restore/archive_facts.hpp"
#include "restore/plan.hpp"
#include "restore/preflight.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::is_global;
using format::Toc;
using format::TocEntry;
using protocol::Connection;

namespace {

using Names = std::set<std::string>;

constexpr const char* kMissingRolesSql =
    "SELECT n.name FROM pg_catalog.unnest($1::pg_catalog.text[]) n (name) WHERE NOT EXISTS"
    " (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = n.name) ORDER BY 1";
constexpr const char* kMissingTablespacesSql =
    "SELECT n.name FROM pg_catalog.unnest($1::pg_catalog.text[]) n (name) WHERE NOT EXISTS"
    " (SELECT FROM pg_catalog.pg_tablespace t WHERE t.spcname = n.name) ORDER BY 1";
// The version that is there or would be installed; NULL: none.
constexpr const char* kExtensionsSql =
    "SELECT n.name, COALESCE(e.extversion, a.default_version)"
    " FROM pg_catalog.unnest($1::pg_catalog.text[]) n (name)"
    " LEFT JOIN pg_catalog.pg_extension e ON e.extname = n.name"
    " LEFT JOIN pg_catalog.pg_available_extensions() a ON a.name = n.name ORDER BY 1";

constexpr const char* kMissingSchemasSql =
    "SELECT n.name FROM pg_catalog.unnest($1::pg_catalog.text[]) n (name) WHERE NOT EXISTS"
    " (SELECT FROM pg_catalog.pg_namespace s WHERE s.nspname = n.name) ORDER BY 1";

std::string array_of(const Names& names) {
  return encode_text_array(std::vector<ArrayItem>(names.begin(), names.end()));
}

Names first_column(const wire::ResultSet& rows) {
  Names names;
  for (std::size_t row = 0; row < rows.row_count(); ++row) names.emplace(rows.text(row, 0));
  return names;
}

std::string listed(std::string_view one, std::string_view many, const Names& names) {
  std::string text(names.size() == 1 ? one : many);
  bool first = true;
  for (const std::string& name : names) {
    text += (first ? " " : ", ") + one_line(quote_identifier(name));
    first = false;
  }
  return text;
}

Names names_of(const std::map<std::string, std::string>& extensions) {
  Names names;
  for (const auto& [name, version] : extensions) names.insert(name);
  return names;
}

struct Missing {
  Names roles, tablespaces, extensions, schemas;
  bool empty() const { return roles.empty() && tablespaces.empty() && extensions.empty() && schemas.empty(); }
};

bool holds_globals(const Toc& toc) {
  return !toc.entries.empty() && is_global(toc.entries.front());
}

std::string what_to_do(const Missing& missing, const Toc& toc) {
  std::vector<std::string> ways;
  if (!missing.roles.empty() || !missing.tablespaces.empty()) {
    ways.emplace_back(holds_globals(toc) ? "give --globals to create roles and tablespaces from this archive"
                                         : "create roles and tablespaces first (an archive taken with "
                                           "--globals would hold them)");
  }
  if (!missing.roles.empty())
    ways.emplace_back(
        "put other roles in their place with --map-owner OLD=NEW, or leave roles out with --no-owner, "
        "--no-privileges and --no-policies");
  if (!missing.tablespaces.empty()) ways.emplace_back("leave tablespaces out with --no-tablespaces");
  if (!missing.extensions.empty()) ways.emplace_back("install the extensions' files on the target's server");
  if (!missing.schemas.empty())
    ways.emplace_back("take the schemas along with --with-dependencies, or create them first");
  std::string text;
  for (const std::string& way : ways) text += (text.empty() ? "" : "; ") + way;
  return text;
}

Obstacle missing_obstacle(const Missing& missing, const Toc& toc) {
  std::string list;
  const auto add = [&list](std::string text) { list += (list.empty() ? "" : "; ") + std::move(text); };
  if (!missing.roles.empty()) add(listed("role", "roles", missing.roles));
  if (!missing.tablespaces.empty()) add(listed("tablespace", "tablespaces", missing.tablespaces));
  if (!missing.extensions.empty()) add(listed("extension", "extensions", missing.extensions));
  if (!missing.schemas.empty()) add(listed("schema", "schemas", missing.schemas));
  return {"the target lacks what the archive needs: " + list, what_to_do(missing, toc)};
}

// What stays with the role that restores it.
void report_kept(const Toc& toc, const Selection& selection, const std::string& owner, EventSink& events) {
  constexpr std::size_t kNamedMax = 5;
  const std::string role = "role " + one_line(quote_identifier(owner));
  std::size_t count = 0;
  std::string names;
  for (const TocEntry& entry : toc.entries) {
    if (!selection.contains(entry.id) || entry.owner != owner || entry.owner_object.empty()) continue;
    if (count < kNamedMax) names += (count == 0 ? "" : ", ") + one_line(describe(entry));
    ++count;
    events.message(Severity::debug, "is not given to " + role, one_line(describe(entry)));
  }
  if (count == 0) return;
  if (count > kNamedMax) names += fmt::format(" and {} more (-v names them)", count - kNamedMax);
  events.message(
      Severity::warning,
      fmt::format("{} objects stay with the role that restores them, which may not give them to {}: {}",
                  count, role, names),
      {});
}

}  // namespace

Requirements requirements_of(const Toc& toc, const Selection& selection, const RestoreOptions& options) {
  Requirements needed;
  Names own_roles, own_tablespaces, left_out_schemas;
  for (const TocEntry& entry : toc.entries) {
    if (entry.kind == "SCHEMA" && !selection.contains(entry.id)) left_out_schemas.insert(entry.name);
  }
  // Is made for what moves there (ChosenToc::schemas_sql).
  const auto renames = parse_name_map("--rename-schema", options.rename_schemas, source_encoding(toc));
  if (renames && renames->contains("public")) left_out_schemas.erase(renames->at("public"));
  for (const TocEntry& entry : toc.entries) {
    if (!selection.contains(entry.id)) continue;
    if (entry.kind == "ROLE") own_roles.insert(entry.name);
    if (entry.kind == "TABLESPACE") own_tablespaces.insert(entry.name);
    if (!options.no_owner && !entry.owner.empty() && !entry.owner_object.empty())
      needed.owners.insert(entry.owner);
    needed.roles.insert(entry.roles.begin(), entry.roles.end());
    const bool placed = entry.takes_tablespace || entry.kind == "DATABASE";
    if (placed && !entry.tablespace.empty()) needed.tablespaces.insert(entry.tablespace);
    if (entry.kind == "EXTENSION") needed.extensions.emplace(entry.name, entry.version);
    if (selection.section(entry.id) == format::Section::pre_data && left_out_schemas.contains(entry.schema))
      needed.schemas.insert(entry.schema);
  }
  needed.roles.insert(needed.owners.begin(), needed.owners.end());
  std::erase_if(needed.roles, [&](const std::string& name) { return own_roles.contains(name); });
  std::erase_if(needed.tablespaces, [&](const std::string& name) { return own_tablespaces.contains(name); });
  return needed;
}

asio::awaitable<std::set<std::string>> check_requirements(Connection& connection, const Toc& toc,
                                                          const Selection& selection,
                                                          const RestoreOptions& options, EventSink& events) {
  const Requirements needed = requirements_of(toc, selection, options);
  std::vector<protocol::Statement> statements;
  statements.push_back({kMissingRolesSql, {array_of(needed.roles)}});
  statements.push_back({kMissingTablespacesSql, {array_of(needed.tablespaces)}});
  statements.push_back({kExtensionsSql, {array_of(names_of(needed.extensions))}});
  statements.push_back({kMissingSchemasSql, {array_of(needed.schemas)}});
  const std::vector<wire::ResultSet> results = co_await connection.pipeline(std::move(statements));
  Missing missing{first_column(results[0]), first_column(results[1]), {}, {}};
  missing.schemas = options.create ? needed.schemas : first_column(results[3]);
  if (options.create) missing.schemas.erase("public");  // in a new database there is no other
  const wire::ResultSet& extensions = results[2];
  for (std::size_t row = 0; row < extensions.row_count(); ++row) {
    const std::string name(extensions.text(row, 0));
    if (!extensions.get(row, 1)) {
      missing.extensions.insert(name);
      continue;
    }
    const std::string& wanted = needed.extensions.at(name);
    if (wanted.empty() || wanted == extensions.text(row, 1)) continue;
    events.message(Severity::notice,
                   fmt::format("version {} in the source, {} on the target", one_line(wanted),
                               one_line(extensions.text(row, 1))),
                   "EXTENSION " + one_line(quote_identifier(name)));
  }
  NamesInUse names{needed.owners, needed.tablespaces, names_of(needed.extensions)};
  Preflight preflight = co_await find_obstacles(connection, toc, selection, options, std::move(names));
  std::vector<Obstacle>& obstacles = preflight.obstacles;
  for (const Obstacle& obstacle : obstacles) {
    if (!obstacle.certain) events.message(Severity::warning, obstacle.text + ": " + obstacle.remedy, {});
  }
  std::erase_if(obstacles, [](const Obstacle& obstacle) { return !obstacle.certain; });
  if (!missing.empty()) obstacles.insert(obstacles.begin(), missing_obstacle(missing, toc));
  if (!obstacles.empty()) throw Exception(obstacles_error(obstacles, connection.peer()));
  if (!options.owner_if_allowed) co_return std::set<std::string>();
  for (const std::string& owner : preflight.forbidden_owners) report_kept(toc, selection, owner, events);
  co_return std::move(preflight.forbidden_owners);
}

asio::awaitable<void> compare_collations(Connection& connection, const Toc& toc, EventSink& events) {
  if (toc.collations.empty()) co_return;
  std::vector<ArrayItem> schemas, names, providers, versions;
  for (const format::CollationVersion& collation : toc.collations) {
    schemas.emplace_back(collation.schema);
    names.emplace_back(collation.name);
    providers.emplace_back(collation.provider);
    versions.emplace_back(collation.version);
  }
  // The version of the default collation is known from 15 on.
  const std::string of_database =
      connection.server_version_num() >= 150000
          ? "SELECT '', '', d.datlocprovider::pg_catalog.text,"
            " pg_catalog.pg_database_collation_actual_version(d.oid) FROM pg_catalog.pg_database d"
            " WHERE d.datname = pg_catalog.current_database() UNION ALL "
          : "";
  std::vector<protocol::Statement> statements(1);
  statements[0].sql =
      "WITH here (schema, name, provider, version) AS (" + of_database +
      "SELECT n.nspname::pg_catalog.text, c.collname::pg_catalog.text, c.collprovider::pg_catalog.text,"
      " pg_catalog.pg_collation_actual_version(c.oid) FROM pg_catalog.pg_collation c"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace"
      " WHERE c.collname::pg_catalog.text = ANY ($2::pg_catalog.text[]))"
      " SELECT a.schema, a.name, a.version, h.version FROM ROWS FROM ("
      "pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[]),"
      " pg_catalog.unnest($3::pg_catalog.text[]), pg_catalog.unnest($4::pg_catalog.text[]))"
      " a (schema, name, provider, version) JOIN here h USING (schema, name, provider)"
      " WHERE a.version <> h.version ORDER BY 1, 2";
  statements[0].parameters = {encode_text_array(schemas), encode_text_array(names),
                              encode_text_array(providers), encode_text_array(versions)};
  const std::vector<wire::ResultSet> results = co_await connection.pipeline(std::move(statements));
  const wire::ResultSet& rows = results.front();
  for (std::size_t row = 0; row < rows.row_count(); ++row) {
    const std::string name = rows.text(row, 1).empty()
                                 ? std::string("default collation of the database")
                                 : "COLLATION " + quote_qualified(rows.text(row, 0), rows.text(row, 1));
    events.message(
        Severity::warning,
        fmt::format("the source sorted by version {}, the target sorts by {}: order, uniqueness and "
                    "range partitions may differ",
                    one_line(rows.text(row, 2)), one_line(rows.text(row, 3))),
        one_line(name));
  }
}

}  // namespace pgark::restore
