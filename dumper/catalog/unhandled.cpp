// Objects of kinds that this version does not save: found, named and reported, never dropped in silence.
// Members of extensions and built-in objects are not listed, nor is what the selection leaves out.
#include <utility>

#include "base/array_text.hpp"
#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// Where objects of one kind are found, t being their row. `schema` and `relation` say what selects them: an
// object with neither is wanted only when the whole database is.
struct Source {
  std::string_view kind;
  std::string_view catalog;
  std::string_view schema = "NULL";
  std::string_view relation = "NULL";
  std::string_view condition = "true";
  int since = 13;
};

constexpr std::string_view kNotInternal =
    "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend i WHERE i.classid = t.tableoid AND i.objid = t.oid AND"
    " i.deptype = 'i')";
constexpr std::string_view kNotArray =
    "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid)";
constexpr std::string_view kInSystemSchema =
    "IN (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname IN ('pg_catalog', "
    "'information_schema'))";

constexpr Source kSources[] = {
    {"FOREIGN DATA WRAPPER", "pg_foreign_data_wrapper"},
    {"SERVER", "pg_foreign_server"},
    {"FOREIGN TABLE", "pg_class", "NULL", "t.oid", "t.relkind = 'f'"},
    {"RULE", "pg_rewrite", "NULL", "t.ev_class", "NOT (t.rulename = '_RETURN' AND t.ev_type = '1')"},
    {"POLICY", "pg_policy", "NULL", "t.polrelid"},
    {"STATISTICS", "pg_statistic_ext", "NULL", "t.stxrelid"},
    {"EVENT TRIGGER", "pg_event_trigger"},
    // Kinds that are saved elsewhere, put where nothing is (B0.3). An empty kind is asked of the server.
    {"", "pg_class", "t.relnamespace", "NULL",
     "t.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND t.relnamespace $system"},
    {"", "pg_proc", "t.pronamespace", "NULL", "t.pronamespace $system AND $not_internal"},
    {"", "pg_type", "t.typnamespace", "NULL",
     "t.typtype IN ('b', 'c', 'd', 'e', 'p', 'r') AND $not_array AND t.typnamespace $system AND (t.typrelid "
     "= 0 OR"
     " EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))"},
    {"", "pg_operator", "t.oprnamespace", "NULL", "t.oprcode <> 0 AND t.oprnamespace $system"},
    {"", "pg_opclass", "t.opcnamespace", "NULL", "t.opcnamespace $system"},
    {"", "pg_opfamily", "t.opfnamespace", "NULL", "t.opfnamespace $system"},
    {"", "pg_conversion", "t.connamespace", "NULL", "t.connamespace $system"},
    {"", "pg_collation", "t.collnamespace", "NULL", "t.collnamespace $system"},
    {"", "pg_ts_parser", "t.prsnamespace", "NULL", "t.prsnamespace $system"},
    {"", "pg_ts_template", "t.tmplnamespace", "NULL", "t.tmplnamespace $system"},
    {"", "pg_ts_dict", "t.dictnamespace", "NULL", "t.dictnamespace $system"},
    {"", "pg_ts_config", "t.cfgnamespace", "NULL", "t.cfgnamespace $system"},
};

void replace(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::string branch(const Source& source) {
  std::string condition(source.condition);
  replace(condition, "$not_array", kNotArray);
  replace(condition, "$not_internal", kNotInternal);
  replace(condition, "$system", kInSystemSchema);
  return "SELECT '" + std::string(source.kind) + "'::pg_catalog.text, t.tableoid, t.oid, " +
         std::string(source.schema) + "::pg_catalog.oid, " + std::string(source.relation) +
         "::pg_catalog.oid FROM pg_catalog." + std::string(source.catalog) + " t WHERE " + condition;
}

// $1 schemas whose objects are wanted, $2 relations whose definition is wanted, $3 whether the whole database
// is.
std::string objects_sql(const Reading& reading) {
  std::string list;
  for (const Source& source : kSources) {
    if (!reading.at_least(source.since)) continue;
    if (!list.empty()) list += " UNION ALL ";
    list += branch(source);
  }
  return "SELECT COALESCE(NULLIF(l.kind, ''), pg_catalog.upper(i.type)) AS kind,"
         " COALESCE(i.identity, 'OID ' || l.objid) AS identity, l.kind = ''"
         " FROM (" +
         list +
         ") AS l(kind, classid, objid, schema, relation)"
         " LEFT JOIN pg_catalog.pg_namespace n ON n.oid = l.schema"
         " LEFT JOIN LATERAL pg_catalog.pg_identify_object(l.classid, l.objid, 0) AS i ON true"
         " WHERE l.objid >= 16384 AND CASE WHEN l.relation IS NOT NULL THEN l.relation = ANY "
         "($2::pg_catalog.oid[])"
         " WHEN l.schema IS NULL OR n.nspname IN ('pg_catalog', 'information_schema') THEN "
         "$3::pg_catalog.bool"
         " ELSE l.schema = ANY ($1::pg_catalog.oid[]) END"
         " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend e WHERE e.classid = l.classid AND e.objid = "
         "l.objid"
         " AND e.deptype = 'e') ORDER BY 1, 2";
}

// pg_user_mapping is hidden from ordinary roles; these columns are not.
constexpr std::string_view kRestrictedSql =
    "SELECT 'USER MAPPING' AS kind, pg_catalog.quote_ident(COALESCE(m.usename, 'public')) || ' on server ' ||"
    " pg_catalog.quote_ident(m.srvname) AS identity FROM pg_catalog.pg_user_mappings m WHERE "
    "$1::pg_catalog.bool"
    " ORDER BY 1, 2";

constexpr std::string_view kLabelsSql =
    "SELECT 'SECURITY LABEL' AS kind, i.type || ' ' || i.identity || ' for ' || l.provider AS identity"
    " FROM (SELECT classoid, objoid, objsubid, provider FROM pg_catalog.pg_seclabel"
    " UNION ALL SELECT s.classoid, s.objoid, 0, s.provider FROM pg_catalog.pg_shseclabel s"
    " JOIN pg_catalog.pg_database d ON s.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass AND "
    "s.objoid = d.oid"
    " WHERE d.datname = pg_catalog.current_database()) AS l,"
    " LATERAL pg_catalog.pg_identify_object(l.classoid, l.objoid, l.objsubid) AS i"
    " WHERE ($2::pg_catalog.bool OR l.objoid = ANY ($1::pg_catalog.oid[])) AND NOT EXISTS (SELECT 1 FROM"
    " pg_catalog.pg_depend e WHERE e.classid = l.classoid AND e.objid = l.objoid AND e.deptype = 'e') ORDER "
    "BY 2";

void take_unhandled(Reading& reading, Row& row) {
  Unhandled object;
  object.kind = row.text();
  object.name = row.text();
  reading.catalog.unhandled.push_back(std::move(object));
}

void take_object(Reading& reading, Row& row) {
  take_unhandled(reading, row);
  if (!row.boolean()) return;
  reading.catalog.unhandled.back().reason =
      "it stands in a system schema, of which only privileges are saved";
}

}  // namespace

void add_unhandled(const Reading& reading, Steps& steps) {
  const std::string everything = reading.selector.takes_everything() ? "t" : "f";
  if ((reading.selector.mask() & kDefinition) != 0) {
    const std::string schemas = encode_oid_array(reading.selector.wanted_schemas(reading.catalog.namespaces));
    const std::string relations = relation_oids(
        reading, [](const Relation& relation) { return (relation.components & kDefinition) != 0; });
    steps.push_back(
        row_step("other objects", objects_sql(reading), {schemas, relations, everything}, take_object));
    steps.push_back(row_step("user mappings", std::string(kRestrictedSql), {everything}, take_unhandled));
    steps.push_back(
        row_step("security labels", std::string(kLabelsSql), {relations, everything}, take_unhandled));
  }
}

void set_aside_unhandled(Reading& reading) {
  for (Relation& relation : reading.catalog.relations) {
    if (relation.kind == 'f') {
      relation.components = 0;
      relation.interesting = false;
    }
  }
}

}  // namespace pgark::dumper
