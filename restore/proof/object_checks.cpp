#include "restore/proof/object_checks.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>
#include <utility>

#include "format/entry_properties.hpp"

namespace pgark::restore {

using format::EntryId;
using format::Toc;
using format::TocEntry;

namespace {

// (kind, schema, table, name)
using Identity = std::tuple<std::string, std::string, std::string, std::string>;

// Kinds whose entries are no objects: what they bring is part of one, or rows.
constexpr std::array<std::string_view, 17> kNoObjects{
    "TABLE DATA",      "LARGE OBJECT",     "LARGE OBJECT DATA",          "SEQUENCE SET", "SEQUENCE OWNED BY",
    "STATISTICS DATA", "DATABASE",         "DATABASE PROPERTIES",        "DEFAULT",      "ROW SECURITY",
    "CLUSTER ON",      "REPLICA IDENTITY", "INDEX DEPENDS ON EXTENSION", "ACL",          "COMMENT",
    "SHELL TYPE",      "INDEX STATISTICS"};

// Kinds that objects_sql() knows.
constexpr std::array<std::string_view, 28> kCompared{"TABLE",
                                                     "TABLE ATTACH",
                                                     "INDEX ATTACH",
                                                     "MATERIALIZED VIEW DATA",
                                                     "VIEW",
                                                     "MATERIALIZED VIEW",
                                                     "SEQUENCE",
                                                     "FOREIGN TABLE",
                                                     "INDEX",
                                                     "CONSTRAINT",
                                                     "CHECK CONSTRAINT",
                                                     "FK CONSTRAINT",
                                                     "FUNCTION",
                                                     "PROCEDURE",
                                                     "AGGREGATE",
                                                     "TYPE",
                                                     "DOMAIN",
                                                     "TRIGGER",
                                                     "RULE",
                                                     "POLICY",
                                                     "SCHEMA",
                                                     "EXTENSION",
                                                     "COLLATION",
                                                     "STATISTICS",
                                                     "EVENT TRIGGER",
                                                     "PUBLICATION",
                                                     "SERVER",
                                                     "FOREIGN DATA WRAPPER"};

constexpr std::string_view kRelations =
    "SELECT CASE c.relkind WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'TABLE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN"
    " 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'INDEX' END, n.nspname,"
    // A partitioned index is as valid as the last of its parts that was built.
    " coalesce(x.relname, ''), c.relname, coalesce(i.indisvalid OR c.relkind = 'I', true)"
    " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_catalog.pg_class x ON x.oid = "
    "i.indrelid"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'i', 'I')"
    " UNION ALL SELECT CASE WHEN c.relkind IN ('i', 'I') THEN 'INDEX ATTACH' ELSE 'TABLE ATTACH' END, "
    "n.nspname, '',"
    " c.relname, true FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relispartition"
    " UNION ALL SELECT 'MATERIALIZED VIEW DATA', n.nspname, '', c.relname, c.relispopulated"
    " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = "
    "'m'";
constexpr std::string_view kConstraints =
    "SELECT CASE WHEN o.contype = 'c' THEN 'CHECK CONSTRAINT' WHEN o.contype = 'f' THEN 'FK CONSTRAINT' ELSE"
    " 'CONSTRAINT' END, n.nspname, coalesce(c.relname, t.typname), o.conname, o.convalidated"
    " FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_namespace n ON n.oid = o.connamespace"
    " LEFT JOIN pg_catalog.pg_class c ON c.oid = o.conrelid LEFT JOIN pg_catalog.pg_type t ON t.oid = "
    "o.contypid";
constexpr std::string_view kFunctions =
    "SELECT CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END, "
    "n.nspname, '',"
    " p.proname || '(' || coalesce((SELECT pg_catalog.string_agg(pg_catalog.format_type(a.type, NULL), ', ' "
    "ORDER BY"
    " a.position) FROM pg_catalog.unnest(p.proargtypes::pg_catalog.oid[]) WITH ORDINALITY a (type, "
    "position)),"
    " CASE p.prokind WHEN 'a' THEN '*' ELSE '' END) || ')', true FROM pg_catalog.pg_proc p JOIN "
    "pg_catalog.pg_namespace n ON n.oid = p.pronamespace";
constexpr std::string_view kTypes =
    "SELECT CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, n.nspname, '', t.typname, true"
    " FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace";
constexpr std::array<std::string_view, 9> kOthers{
    "SELECT 'TRIGGER', n.nspname, c.relname, t.tgname, true FROM pg_catalog.pg_trigger t JOIN "
    "pg_catalog.pg_class c ON"
    " c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal",
    "SELECT 'RULE', n.nspname, c.relname, r.rulename, true FROM pg_catalog.pg_rewrite r JOIN "
    "pg_catalog.pg_class c ON"
    " c.oid = r.ev_class JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace",
    "SELECT 'POLICY', n.nspname, c.relname, p.polname, true FROM pg_catalog.pg_policy p JOIN "
    "pg_catalog.pg_class c ON"
    " c.oid = p.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace",
    "SELECT 'SCHEMA', '', '', n.nspname, true FROM pg_catalog.pg_namespace n",
    "SELECT 'EXTENSION', '', '', e.extname, true FROM pg_catalog.pg_extension e",
    "SELECT 'COLLATION', n.nspname, '', c.collname, true FROM pg_catalog.pg_collation c JOIN "
    "pg_catalog.pg_namespace n"
    " ON n.oid = c.collnamespace",
    "SELECT 'STATISTICS', n.nspname, '', s.stxname, true FROM pg_catalog.pg_statistic_ext s JOIN"
    " pg_catalog.pg_namespace n ON n.oid = s.stxnamespace",
    "SELECT 'EVENT TRIGGER', '', '', e.evtname, true FROM pg_catalog.pg_event_trigger e",
    "SELECT 'PUBLICATION', '', '', p.pubname, true FROM pg_catalog.pg_publication p UNION ALL SELECT "
    "'SERVER', '', '',"
    " s.srvname, true FROM pg_catalog.pg_foreign_server s UNION ALL SELECT 'FOREIGN DATA WRAPPER', '', '', "
    "f.fdwname, true"
    " FROM pg_catalog.pg_foreign_data_wrapper f"};

// The table tells constraints, triggers, rules and policies of one name apart; a relation of any other kind
// is known by its schema and name.
bool hangs_on_table(std::string_view kind) {
  constexpr std::array<std::string_view, 7> kKinds{
      "INDEX", "CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT", "TRIGGER", "RULE", "POLICY"};
  return std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
}

// Whether the types in a function's name are quoted is the affair of the session that wrote the archive
// (quote_all_identifiers).
std::string without_quotes(std::string_view kind, std::string_view name) {
  std::string result(name);
  if (kind == "FUNCTION" || kind == "PROCEDURE" || kind == "AGGREGATE") std::erase(result, '"');
  return result;
}

Identity identity_of(const TocEntry& entry) {
  return {entry.kind, entry.schema, hangs_on_table(entry.kind) ? entry.table : std::string(),
          without_quotes(entry.kind, entry.name)};
}

// Entries of these kinds may only change what came with a table: which triggers of its foreign keys fire,
// say.
bool creates(const TocEntry& entry) {
  const bool may_alter = entry.kind == "TRIGGER" || entry.kind == "RULE";
  return !may_alter || (!entry.create.empty() && entry.create.front().sql.starts_with("CREATE"));
}

bool wants_invalid(const TocEntry& entry) {
  return std::any_of(entry.create.begin(), entry.create.end(), [](const format::SqlStatement& statement) {
    return statement.sql.find(" NOT VALID") != std::string::npos ||
           statement.sql.find(" NOT ENFORCED") != std::string::npos;
  });
}

template <std::size_t Count>
bool is_in(const std::array<std::string_view, Count>& kinds, std::string_view kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

}  // namespace

std::string objects_sql() {
  std::string sql;
  const auto add = [&sql](std::string_view part) {
    sql.append(sql.empty() ? "" : " UNION ALL ").append(part);
  };
  for (const std::string_view part : {kRelations, kConstraints, kFunctions, kTypes}) add(part);
  for (const std::string_view part : kOthers) add(part);
  return sql;
}

ObjectDifferences compare_objects(const Toc& toc, const Selection& selection,
                                  const std::set<EntryId>& left_out, const wire::ResultSet& objects) {
  std::map<Identity, bool> found;  // whether it is valid
  for (std::size_t row = 0; row < objects.row_count(); ++row) {
    found.emplace(Identity(objects.text(row, 0), objects.text(row, 1), objects.text(row, 2),
                           without_quotes(objects.text(row, 0), objects.text(row, 3))),
                  objects.boolean(row, 4));
  }
  ObjectDifferences result;
  for (const TocEntry& entry : toc.entries) {
    const bool object = selection.contains(entry.id) && !describes_another(entry) &&
                        !is_in(kNoObjects, entry.kind) && !format::is_global(entry) &&
                        !left_out.contains(entry.id) && creates(entry);
    if (!object) continue;
    if (!is_in(kCompared, entry.kind)) {
      ++result.not_compared[entry.kind];
      continue;
    }
    ObjectCount& count = result.by_kind[entry.kind];
    ++count.archived;
    const auto at = found.find(identity_of(entry));
    if (at == found.end()) {
      result.missing.push_back(&entry);
      continue;
    }
    ++count.found;
    if (!at->second && !wants_invalid(entry)) result.not_valid.push_back(&entry);
  }
  return result;
}

}  // namespace pgark::restore
