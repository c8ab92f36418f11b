#include "dumper/catalog/state.hpp"

#include <set>
#include <string_view>
#include <unordered_map>

namespace pgark::dumper {
namespace {

// Objects whose whole row counts: any change makes a new version of it.
struct Source {
  std::string_view kind, catalog, name, schema;
  std::string_view condition = "";
};

constexpr Source kSources[] = {
    {"function", "pg_proc", "t.proname", "t.pronamespace"},
    // Array and row types change with what they belong to.
    {"type", "pg_type", "t.typname", "t.typnamespace",
     " AND t.typtype <> 'c' AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)"},
    {"operator", "pg_operator", "t.oprname", "t.oprnamespace"},
    {"operator class", "pg_opclass", "t.opcname", "t.opcnamespace"},
    {"collation", "pg_collation", "t.collname", "t.collnamespace"},
    {"statistics object", "pg_statistic_ext", "t.stxname", "t.stxnamespace"},
    {"text search configuration", "pg_ts_config", "t.cfgname", "t.cfgnamespace"},
};

constexpr std::string_view kUserSchema = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

std::string hash_of(std::string_view text, std::string_view seed) {
  return "pg_catalog.hashtextextended(" + std::string(text) + "::pg_catalog.text, " + std::string(seed) + ")";
}

std::string whole_row(const Source& source) {
  return " UNION ALL SELECT '" + std::string(source.kind) +
         "', pg_catalog.quote_ident(n.nspname) || '.' ||"
         " pg_catalog.quote_ident(" +
         std::string(source.name) + "), t.oid, 0, " + hash_of("t.xmin", "0") + " FROM pg_catalog." +
         std::string(source.catalog) +
         " t JOIN pg_catalog.pg_namespace n ON n.oid = " + std::string(source.schema) + " WHERE " +
         std::string(kUserSchema) + std::string(source.condition);
}

// Name and place of a relation, and its columns: a table may change before its lock is there.
std::string relations() {
  const std::string of_schema =
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE " + std::string(kUserSchema);
  const std::string name = "pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)";
  return "SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN "
         "'sequence'"
         " WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' WHEN 'c' THEN 'type' ELSE 'table' END, " +
         name + ", c.oid, 0, " + hash_of("c.relname", "c.relnamespace::pg_catalog.int8") +
         " FROM pg_catalog.pg_class c" + of_schema +
         " AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c', 'i', 'I')"
         " UNION ALL SELECT 'column', " +
         name + " || '.' || pg_catalog.quote_ident(a.attname), c.oid, a.attnum, " +
         hash_of("a.attname", "a.atttypid::pg_catalog.int8 * 65536 + a.atttypmod") +
         " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0" +
         of_schema + " AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')";
}

// Parts of a type or relation whose texts are put together from what is there now, or show in such
// texts: labels of enums, checks of domains, triggers, rules and with them the queries of views.
std::string parts() {
  const auto part = [](std::string_view kind, std::string_view from, std::string_view schema,
                       std::string_view name) {
    return " UNION ALL SELECT '" + std::string(kind) +
           "', pg_catalog.quote_ident(n.nspname) || '.' ||"
           " pg_catalog.quote_ident(" +
           std::string(name) + "), t.oid, 0, " + hash_of("t.xmin", "0") + " FROM " + std::string(from) +
           " JOIN pg_catalog.pg_namespace n ON n.oid = " + std::string(schema) + " WHERE " +
           std::string(kUserSchema);
  };
  return part("type", "pg_catalog.pg_enum t JOIN pg_catalog.pg_type y ON y.oid = t.enumtypid",
              "y.typnamespace", "y.typname") +
         part("domain", "pg_catalog.pg_constraint t JOIN pg_catalog.pg_type y ON y.oid = t.contypid",
              "y.typnamespace", "y.typname") +
         part("trigger of", "pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid",
              "c.relnamespace", "c.relname") +
         " AND NOT t.tgisinternal" +
         part("rule of", "pg_catalog.pg_rewrite t JOIN pg_catalog.pg_class c ON c.oid = t.ev_class",
              "c.relnamespace", "c.relname");
}

std::string states() {
  std::string sql =
      relations() + parts() + " UNION ALL SELECT 'schema', pg_catalog.quote_ident(n.nspname), n.oid, 0, " +
      hash_of("n.nspname", "0") + " FROM pg_catalog.pg_namespace n WHERE " + std::string(kUserSchema) +
      // Privileges are shown with the names of roles.
      " UNION ALL SELECT 'role', pg_catalog.quote_ident(r.rolname), r.oid, 0, " + hash_of("r.rolname", "0") +
      " FROM pg_catalog.pg_roles r";
  for (const Source& source : kSources) sql += whole_row(source);
  return "(" + sql + ") AS s(kind, name, oid, number, state)";
}

std::string key_of(const wire::ResultSet& rows, std::size_t row) {
  std::string key(rows.text(row, 0));
  for (const std::size_t column : {std::size_t{2}, std::size_t{3}}) {
    key += ' ';
    key += rows.text(row, column);
  }
  return key;
}

}  // namespace

std::string commits_sql() {
  return "SELECT pg_catalog.pg_current_snapshot()::pg_catalog.text, pg_catalog.pg_is_in_recovery()";
}

std::string catalog_sum_sql() {
  return "SELECT pg_catalog.sum(pg_catalog.hashint8extended(s.oid::pg_catalog.int8 * 65536 + s.number, "
         "s.state)) FROM " +
         states();
}

std::string catalog_state_sql() {
  return "SELECT s.kind, s.name, s.oid, s.number, s.state FROM " + states();
}

std::vector<std::string> changed_objects(const wire::ResultSet& before, const wire::ResultSet& after) {
  std::unordered_map<std::string, std::string_view> now;
  for (std::size_t row = 0; row < after.row_count(); ++row)
    now.emplace(key_of(after, row), after.text(row, 4));
  std::set<std::string> changed;  // sorted, and a table once however many of its columns
  for (std::size_t row = 0; row < before.row_count(); ++row) {
    const auto found = now.find(key_of(before, row));
    if (found != now.end() && found->second == before.text(row, 4)) continue;
    changed.insert(std::string(before.text(row, 0)) + " " + std::string(before.text(row, 1)));
  }
  return {changed.begin(), changed.end()};
}

}  // namespace pgark::dumper
