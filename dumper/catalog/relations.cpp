// Tables, views, sequences and the other rows of pg_class, in two steps: what can be read before the tables
// are locked, and the definitions that pg_get_* build from the server's caches afterwards (A2.5).
#include <algorithm>
#include <cctype>
#include <utility>

#include "base/error.hpp"
#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// relkind c (the relation behind a composite type) is read with the types.
std::string relations_sql() {
  return "SELECT c.oid, c.relname, c.relnamespace, c.relowner, c.relkind, c.relpersistence, c.relreplident,"
         " c.relispartition, c.relrowsecurity, c.relforcerowsecurity, c.relispopulated, c.relhastriggers,"
         " c.relhasrules, c.relchecks, am.amname, ts.spcname, c.reloptions, toast.reloptions, c.reltype,"
         " c.reltuples, c.relacl, pip.initprivs,"
         " CASE WHEN c.relacl IS NOT NULL OR pip.initprivs IS NOT NULL THEN pg_catalog.acldefault("
         "CASE WHEN c.relkind = 'S' THEN 's'::\"char\" ELSE 'r'::\"char\" END, c.relowner) END,"
         " pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)"
         " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
         " LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam"
         " LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace"
         " LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid" +
         init_privs_join("pg_class", "c.oid") +
         " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c') AND (" + visible_filter("c.relacl") +
         " OR (n.nspname = 'pg_catalog' AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a LEFT JOIN"
         " pg_catalog.pg_init_privs ap ON ap.objoid = a.attrelid AND ap.objsubid = a.attnum AND ap.classoid ="
         " 'pg_catalog.pg_class'::pg_catalog.regclass WHERE a.attrelid = c.oid AND a.attacl::pg_catalog.text"
         " IS DISTINCT FROM ap.initprivs::pg_catalog.text)))"
         " ORDER BY n.nspname, c.relname";
}

// WITH CHECK OPTION is stored among the options but is a clause of its own in CREATE VIEW (B40).
std::string take_check_option(std::vector<std::string>& options) {
  constexpr std::string_view kPrefix = "check_option=";
  const auto found = std::find_if(options.begin(), options.end(), [kPrefix](const std::string& option) {
    return option.starts_with(kPrefix);
  });
  if (found == options.end()) return {};
  std::string value = found->substr(kPrefix.size());
  for (char& c : value) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  options.erase(found);
  return value;
}

void take_relation(Reading& reading, Row& row) {
  Relation relation;
  relation.oid = row.oid();
  relation.name = row.text();
  relation.schema = reading.namespace_index(row.oid());
  relation.owner = reading.role(row.oid(), reading.describe(relation));
  relation.kind = row.character();
  relation.persistence = row.character();
  relation.replica_identity = row.character();
  relation.partition = row.boolean();
  relation.row_security = row.boolean();
  relation.force_row_security = row.boolean();
  relation.populated = row.boolean();
  relation.has_triggers = row.boolean();
  relation.has_rules = row.boolean();
  relation.check_count = static_cast<int>(row.integer());
  relation.access_method = row.text();
  relation.tablespace = row.text();
  relation.options = row.text_list();
  relation.toast_options = row.text_list();
  relation.row_type = row.oid();
  relation.row_estimate = row.real(-1);
  relation.acl = row.optional_text();
  relation.initial_acl = row.optional_text();
  relation.default_acl = row.text();
  relation.name_sql = row.text();
  if (relation.kind == 'v') relation.check_option = take_check_option(relation.options);
  relation.extension = reading.extension_of(catalog_oid::kClass, relation.oid);
  reading.catalog.relation_by_oid[relation.oid] = static_cast<Index>(reading.catalog.relations.size());
  reading.catalog.relations.push_back(std::move(relation));
}

std::string definitions_sql() {
  return "SELECT c.oid,"
         " CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END,"
         " CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,"
         " CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END,"
         " CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END, c.reloftype"
         " FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted(oid)"
         " JOIN pg_catalog.pg_class c ON c.oid = wanted.oid";
}

void take_definition(Reading& reading, Row& row) {
  Relation& relation = reading.catalog.relations[reading.relation_index(row.oid())];
  const std::string name = reading.describe(relation);
  const bool view = relation.kind == 'v' || relation.kind == 'm';
  relation.view_sql = view ? row.definition(name) : row.text();
  if (relation.view_sql.ends_with(';')) relation.view_sql.pop_back();
  relation.partition_key_sql = relation.kind == 'p' ? row.definition(name) : row.text();
  relation.partition_bound_sql = relation.partition ? row.definition(name) : row.text();
  relation.of_type_sql = row.text();
  relation.of_type = row.oid();
}

// Sizes are taken after the snapshot: a table that has grown since only makes the last range longer. Where no
// rows are wanted they are only costs, and what the last VACUUM saw will do: to measure a table it has to be
// opened.
constexpr std::string_view kSizesSql =
    "SELECT wanted.oid,"
    " CASE WHEN $2::pg_catalog.bool THEN pg_catalog.pg_relation_size(wanted.oid) ELSE s.bytes END,"
    " CASE WHEN $2::pg_catalog.bool THEN pg_catalog.pg_table_size(wanted.oid) ELSE s.bytes END, s.block"
    " FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted(oid)"
    " JOIN pg_catalog.pg_class c ON c.oid = wanted.oid"
    " LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid"
    " CROSS JOIN LATERAL (SELECT b.block, b.block * (c.relpages + COALESCE(toast.relpages, 0)) FROM"
    " (SELECT pg_catalog.current_setting('block_size')::pg_catalog.int8) AS b(block)) AS s(block, bytes)";

void take_size(Reading& reading, Row& row) {
  Relation& relation = reading.catalog.relations[reading.relation_index(row.oid())];
  relation.heap_bytes = static_cast<std::uint64_t>(row.integer());
  relation.total_bytes = static_cast<std::uint64_t>(row.integer());
  const std::int64_t block_bytes = row.integer(8192);
  relation.heap_pages = static_cast<std::int64_t>(relation.heap_bytes) / block_bytes;
}

std::string foreign_tables_sql() {
  return "SELECT ft.ftrelid, fs.srvname, " + foreign_options_array("ft.ftoptions") +
         " FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted(oid)"
         " JOIN pg_catalog.pg_foreign_table ft ON ft.ftrelid = wanted.oid"
         " JOIN pg_catalog.pg_foreign_server fs ON fs.oid = ft.ftserver";
}

void take_foreign_table(Reading& reading, Row& row) {
  Relation& relation = reading.catalog.relations[reading.relation_index(row.oid())];
  relation.foreign_server = row.text();
  relation.foreign_options = row.text_list();
}

bool has_definition(const Relation& relation) {
  return (relation.components & kDefinition) != 0;
}

}  // namespace

void add_relations(Steps& steps) {
  steps.push_back(row_step("tables and views", relations_sql(), {}, take_relation,
                           room_in(&Catalog::relations, &Catalog::relation_by_oid)));
}

void add_relation_definitions(const Reading& reading, Steps& steps) {
  const std::string wanted = relation_oids(reading, [](const Relation& relation) {
    return has_definition(relation) && (relation.kind == 'v' || relation.kind == 'm' ||
                                        relation.kind == 'r' || relation.kind == 'p' || relation.kind == 'f');
  });
  steps.push_back(row_step("table and view definitions", definitions_sql(), {wanted}, take_definition));
  const std::string foreign = relation_oids(
      reading, [](const Relation& relation) { return has_definition(relation) && relation.kind == 'f'; });
  steps.push_back(row_step("foreign tables", foreign_tables_sql(), {foreign}, take_foreign_table));
}

void add_relation_sizes(const Reading& reading, Steps& steps) {
  const std::string wanted = relation_oids(reading, [](const Relation& relation) {
    return (relation.kind == 'r' || relation.kind == 'm') &&
           (relation.components & (kData | kDefinition)) != 0;
  });
  const std::string measure = (reading.selector.mask() & kData) != 0 ? "t" : "f";
  steps.push_back(row_step("table sizes", std::string(kSizesSql), {wanted, measure}, take_size));
}

}  // namespace pgark::dumper
