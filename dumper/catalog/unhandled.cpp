// Objects that a superuser put into the system's own schemas, where nothing is saved (B0.3, F53), and labels
// of objects of the system: found, named and reported, never dropped in silence. Members of extensions and
// built-in objects are not listed, nor is anything when the selection leaves a part of the database out.
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// Where objects of one kind are found, t being their row.
struct Source {
  std::string_view catalog;
  std::string_view schema;
  std::string_view condition = "true";
};

constexpr std::string_view kNotInternal =
    "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend i WHERE i.classid = t.tableoid AND i.objid = t.oid AND"
    " i.deptype = 'i')";
constexpr std::string_view kNamedType =
    "t.typtype IN ('b', 'c', 'd', 'e', 'p', 'r')"
    " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid)"
    " AND (t.typrelid = 0 OR EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND"
    " c.relkind = 'c'))";

constexpr Source kSources[] = {
    {"pg_class", "t.relnamespace", "t.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')"},
    {"pg_proc", "t.pronamespace", kNotInternal},
    {"pg_type", "t.typnamespace", kNamedType},
    {"pg_operator", "t.oprnamespace", "t.oprcode <> 0"},
    {"pg_opclass", "t.opcnamespace"},
    {"pg_opfamily", "t.opfnamespace"},
    {"pg_conversion", "t.connamespace"},
    {"pg_collation", "t.collnamespace"},
    {"pg_statistic_ext", "t.stxnamespace"},
    {"pg_ts_parser", "t.prsnamespace"},
    {"pg_ts_template", "t.tmplnamespace"},
    {"pg_ts_dict", "t.dictnamespace"},
    {"pg_ts_config", "t.cfgnamespace"},
};

std::string branch(const Source& source) {
  return "SELECT t.tableoid, t.oid FROM pg_catalog." + std::string(source.catalog) +
         " t JOIN pg_catalog.pg_namespace n ON n.oid = " + std::string(source.schema) +
         " WHERE n.nspname IN ('pg_catalog', 'information_schema') AND t.oid >= 16384 AND " +
         std::string(source.condition);
}

std::string objects_sql() {
  std::string list;
  for (const Source& source : kSources) {
    if (!list.empty()) list += " UNION ALL ";
    list += branch(source);
  }
  return "SELECT pg_catalog.upper(i.type), COALESCE(i.identity, 'OID ' || l.objid) FROM (" + list +
         ") AS l(classid, objid)"
         " LEFT JOIN LATERAL pg_catalog.pg_identify_object(l.classid, l.objid, 0) AS i ON true"
         " WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend e WHERE e.classid = l.classid AND e.objid ="
         " l.objid AND e.deptype = 'e') ORDER BY 1, 2";
}

constexpr std::string_view kLabelsSql =
    "SELECT 'SECURITY LABEL', i.type || ' ' || i.identity || ' for ' || l.provider"
    " FROM pg_catalog.pg_seclabel l,"
    " LATERAL pg_catalog.pg_identify_object(l.classoid, l.objoid, l.objsubid) AS i"
    " WHERE l.objoid < 16384 AND l.classoid <> 'pg_catalog.pg_largeobject'::pg_catalog.regclass"
    " AND NOT (l.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND i.identity = 'public')"
    " ORDER BY 2";

void take_unhandled(Reading& reading, Row& row) {
  Unhandled object;
  object.kind = row.text();
  object.name = row.text();
  reading.catalog.unhandled.push_back(std::move(object));
}

}  // namespace

void add_unhandled(const Reading& reading, Steps& steps) {
  if (!reading.selector.takes_everything() || (reading.selector.mask() & kDefinition) == 0) return;
  steps.push_back(row_step("objects in system schemas", objects_sql(), {}, take_unhandled));
  steps.push_back(row_step("security labels of the system", std::string(kLabelsSql), {}, take_unhandled));
}

}  // namespace pgark::dumper
