#include "restore/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/array_text.hpp"
#include "restore/archive_facts.hpp"
#include "restore/statements.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::Toc;
using format::TocEntry;
using protocol::Connection;

namespace {

constexpr int kStatisticsVersionNum = 180000;  // pg_restore_relation_stats and its like
constexpr std::size_t kObjectsNamedMax = 5;

// One row per object that belongs to nobody but a user: kind, qualified name, number of all.
constexpr const char* kUserObjectsSql = R"sql(
WITH schemas AS (
  SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace n
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), objects AS (
  SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass AS class, s.oid, 'schema' AS kind,
         pg_catalog.quote_ident(s.nspname) AS name
    FROM schemas s WHERE s.nspname <> 'public'
  UNION ALL
  SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, c.oid,
         CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
                        WHEN 'f' THEN 'foreign table' ELSE 'table' END,
         pg_catalog.format('%I.%I', s.nspname, c.relname)
    FROM pg_catalog.pg_class c JOIN schemas s ON s.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  UNION ALL
  SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, 'function',
         pg_catalog.format('%I.%I', s.nspname, p.proname)
    FROM pg_catalog.pg_proc p JOIN schemas s ON s.oid = p.pronamespace
  UNION ALL
  SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, 'type',
         pg_catalog.format('%I.%I', s.nspname, t.typname)
    FROM pg_catalog.pg_type t JOIN schemas s ON s.oid = t.typnamespace
    LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
   WHERE t.typtype IN ('d', 'e', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')
      OR (t.typtype = 'b' AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid))
  UNION ALL
  SELECT 'pg_catalog.pg_largeobject'::pg_catalog.regclass, l.oid, 'large object', l.oid::pg_catalog.text
    FROM pg_catalog.pg_largeobject_metadata l
)
SELECT o.kind, o.name, pg_catalog.count(*) OVER ()
  FROM objects o
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype = 'e')
 ORDER BY o.kind <> 'table', o.kind, o.name
 LIMIT 5)sql";

asio::awaitable<wire::ResultSet> query_with(Connection& connection, std::string sql, std::string parameter) {
  std::vector<protocol::Statement> statements(1);
  statements[0].sql = std::move(sql);
  statements[0].parameters.push_back(std::move(parameter));
  std::vector<wire::ResultSet> results = co_await connection.pipeline(std::move(statements));
  co_return std::move(results.front());
}

std::vector<std::string> tables_to_load(const Toc& toc, const Selection& selection) {
  std::vector<std::string> tables;
  for (const TocEntry& entry : toc.entries) {
    if (!selection.contains(entry.id) || entry.kind != "TABLE DATA") continue;
    const bool created = std::any_of(entry.dependencies.begin(), entry.dependencies.end(),
                                     [&](format::EntryId id) { return selection.contains(id); });
    const auto target = parse_copy_target(entry.copy_target);
    if (!created && target) tables.push_back(target->relation_sql);
  }
  return tables;
}

}  // namespace

asio::awaitable<void> check_empty(Connection& connection) {
  const wire::ResultSet objects = co_await connection.query(kUserObjectsSql);
  if (objects.empty()) co_return;
  std::string names;
  for (std::size_t row = 0; row < objects.row_count(); ++row) {
    names += fmt::format("{}{} {}", names.empty() ? "" : ", ", objects.text(row, 0), objects.text(row, 1));
  }
  const auto count = static_cast<std::size_t>(objects.integer(0, 2));
  if (count > objects.row_count()) names += fmt::format(" and {} more", count - objects.row_count());
  Error error;
  error.code = ErrorCode::target_not_empty;
  error.message = "the target database already holds objects: " + names;
  error.object = connection.peer();
  error.hint = "restore into an empty database, or give --clean to drop the archive's objects first";
  throw Exception(std::move(error));
}

asio::awaitable<void> check_tables_exist(Connection& connection, const Toc& toc, const Selection& selection) {
  const std::vector<std::string> tables = tables_to_load(toc, selection);
  if (tables.empty()) co_return;
  const wire::ResultSet missing =
      co_await query_with(connection,
                          "SELECT t.name FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY t "
                          "(name, place) WHERE pg_catalog.to_regclass(t.name) IS NULL ORDER BY t.place",
                          encode_text_array(std::vector<ArrayItem>(tables.begin(), tables.end())));
  if (missing.empty()) co_return;
  std::string names;
  for (std::size_t row = 0; row < missing.row_count() && row < kObjectsNamedMax; ++row) {
    names += (row == 0 ? "" : ", ") + std::string(missing.text(row, 0));
  }
  if (missing.row_count() > kObjectsNamedMax)
    names += fmt::format(" and {} more", missing.row_count() - kObjectsNamedMax);
  Error error;
  error.code = ErrorCode::mismatch;
  error.message = "tables to load are not in the target database: " + names;
  error.object = connection.peer();
  error.hint = "restore the schema first (--schema-only or --section pre-data)";
  throw Exception(std::move(error));
}

void compare_versions(const Connection& connection, const Toc& toc, EventSink& events) {
  const int archived = source_version_num(toc);
  const int target = connection.server_version_num();
  if (target / 10000 >= archived / 10000) return;
  events.message(Severity::warning,
                 fmt::format("the archive comes from PostgreSQL {}, the target is {}: what is new since then "
                             "will fail",
                             archived / 10000, target / 10000),
                 connection.peer());
}

void compare_statistics(const Connection& connection, const Toc& toc, const Selection& selection,
                        EventSink& events) {
  if (connection.server_version_num() >= kStatisticsVersionNum) return;
  const auto count = std::count_if(toc.entries.begin(), toc.entries.end(), [&](const TocEntry& entry) {
    return entry.kind == "STATISTICS DATA" && selection.contains(entry.id);
  });
  if (count == 0) return;
  events.message(Severity::warning,
                 fmt::format("statistics of {} tables and indexes are left out: the target is older than "
                             "PostgreSQL 18; run ANALYZE instead",
                             count),
                 connection.peer());
}

}  // namespace pgark::restore
