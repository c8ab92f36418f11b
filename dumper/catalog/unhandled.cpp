// Objects that a superuser put into the system's own schemas or hung on its relations, where nothing is saved
// (B0.3, F53), and labels and comments on built-in objects (F51): found, named and reported, never dropped in
// silence. Members of extensions and built-in objects are not listed, nor is anything when the selection
// leaves a part of the database out.
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

constexpr std::string_view kNoMember =
    " NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend e WHERE e.classid = l.classid AND e.objid = l.objid"
    " AND e.deptype = 'e')";

constexpr std::string_view kInSystemSchema =
    "it stands in a system schema, of which only privileges are saved";

std::string objects_sql() {
  std::string list;
  for (const Source& source : kSources) {
    if (!list.empty()) list += " UNION ALL ";
    list += branch(source);
  }
  return "SELECT pg_catalog.upper(i.type), COALESCE(i.identity, 'OID ' || l.objid) FROM (" + list +
         ") AS l(classid, objid)"
         " LEFT JOIN LATERAL pg_catalog.pg_identify_object(l.classid, l.objid, 0) AS i ON true"
         " WHERE" +
         std::string(kNoMember) + " ORDER BY 1, 2";
}

// What hangs on a relation, t being its row.
struct Hanging {
  std::string_view kind, catalog;
  std::string_view oid, relation;
};

constexpr Hanging kHangings[] = {
    {"INDEX", "pg_index", "t.indexrelid", "t.indrelid"},
    {"CONSTRAINT", "pg_constraint", "t.oid", "t.conrelid"},
    {"TRIGGER", "pg_trigger", "t.oid", "t.tgrelid"},
    {"RULE", "pg_rewrite", "t.oid", "t.ev_class"},
    {"POLICY", "pg_policy", "t.oid", "t.polrelid"},
    {"DEFAULT", "pg_attrdef", "t.oid", "t.adrelid"},
};

std::string hanging_sql() {
  std::string list;
  for (const Hanging& each : kHangings) {
    const bool index = each.kind == "INDEX";
    const std::string catalog = index ? "pg_class" : std::string(each.catalog);
    if (!list.empty()) list += " UNION ALL ";
    list += "SELECT '" + std::string(each.kind) + "', 'pg_catalog." + catalog +
            "'::pg_catalog.regclass::pg_catalog.oid, " + std::string(each.oid) + " FROM pg_catalog." +
            std::string(each.catalog) + " t WHERE " + std::string(each.oid) + " >= 16384 AND " +
            std::string(each.relation) + " BETWEEN 1 AND 16383";
  }
  return "SELECT l.kind, i.identity FROM (" + list +
         ") AS l(kind, classid, objid), LATERAL pg_catalog.pg_identify_object(l.classid, l.objid, 0) AS i"
         " WHERE" +
         std::string(kNoMember) + " ORDER BY 1, 2";
}

// initdb writes its comments before the initial privileges, in transactions of their own; a comment with a
// later transaction is somebody else's, but for those that plpgsql brings along.
std::string comments_sql() {
  return "SELECT 'COMMENT', i.type || ' ' || i.identity FROM pg_catalog.pg_description d,"
         " LATERAL pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid) AS i WHERE NOT " +
         users_to_describe("d") +
         " AND d.xmin::pg_catalog.text::pg_catalog.int8 > (SELECT pg_catalog.min("
         "p.xmin::pg_catalog.text::pg_catalog.int8) FROM pg_catalog.pg_init_privs p WHERE p.privtype = 'i')"
         " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend e WHERE e.deptype = 'e' AND e.refobjid < 16384"
         " AND e.xmin = d.xmin)"
         " AND NOT (d.classoid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND i.identity = 'plpgsql'"
         " AND d.description = 'PL/pgSQL procedural language') ORDER BY 2";
}

constexpr std::string_view kLabelsSql =
    "SELECT 'SECURITY LABEL', i.type || ' ' || i.identity || ' for ' || l.provider"
    " FROM pg_catalog.pg_seclabel l,"
    " LATERAL pg_catalog.pg_identify_object(l.classoid, l.objoid, l.objsubid) AS i"
    " WHERE l.objoid < 16384 AND l.classoid <> 'pg_catalog.pg_largeobject'::pg_catalog.regclass"
    " AND NOT (l.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND i.identity = 'public')"
    " ORDER BY 2";

// A step whose rows name each a kind and an object, lost for the same reason.
Step losses(std::string what, std::string sql, std::string_view reason) {
  return row_step(std::move(what), std::move(sql), {}, [reason](Reading& reading, Row& row) {
    std::string kind = row.text(), name = row.text();
    reading.note(format::ReportLevel::lost, std::move(kind), std::move(name), std::string(reason));
  });
}

}  // namespace

void add_unhandled(const Reading& reading, Steps& steps) {
  if (!reading.selector.takes_everything() || (reading.selector.mask() & kDefinition) == 0) return;
  steps.push_back(losses("objects in system schemas", objects_sql(), kInSystemSchema));
  steps.push_back(losses("objects that hang on relations of the system", hanging_sql(),
                         "it hangs on a relation of the system, of which only privileges are saved"));
  constexpr std::string_view kBuiltIn = "it is about a built-in object, of which only privileges are saved";
  steps.push_back(losses("security labels of the system", std::string(kLabelsSql), kBuiltIn));
  steps.push_back(losses("comments on built-in objects", comments_sql(), kBuiltIn));
}

}  // namespace pgark::dumper
