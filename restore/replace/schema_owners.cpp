#include "restore/replace/schema_owners.hpp"

#include <array>

#include "base/sql_quote.hpp"

namespace pgark::restore {

namespace {

struct Catalog {
  const char* name;
  const char* schema;  // of its row `x`
};

constexpr std::array<Catalog, 13> kInSchemas{{
    {"pg_class", "x.relnamespace"},
    {"pg_type", "x.typnamespace"},
    {"pg_proc", "x.pronamespace"},
    {"pg_operator", "x.oprnamespace"},
    {"pg_opclass", "x.opcnamespace"},
    {"pg_opfamily", "x.opfnamespace"},
    {"pg_collation", "x.collnamespace"},
    {"pg_conversion", "x.connamespace"},
    {"pg_constraint", "x.connamespace"},
    {"pg_statistic_ext", "x.stxnamespace"},
    {"pg_ts_config", "x.cfgnamespace"},
    {"pg_ts_dict", "x.dictnamespace"},
    {"pg_default_acl", "x.defaclnamespace"},
}};

struct Part {
  const char* name;
  const char* table;  // the column that tells of what it is a part
  const char* whole;
  const char* schema;
};

constexpr std::array<Part, 6> kParts{{
    {"pg_attrdef", "adrelid", "pg_class", "relnamespace"},
    {"pg_rewrite", "ev_class", "pg_class", "relnamespace"},
    {"pg_trigger", "tgrelid", "pg_class", "relnamespace"},
    {"pg_policy", "polrelid", "pg_class", "relnamespace"},
    {"pg_amop", "amopfamily", "pg_opfamily", "opfnamespace"},
    {"pg_amproc", "amprocfamily", "pg_opfamily", "opfnamespace"},
}};

}  // namespace

std::string schema_owners_sql(const std::string& schemas) {
  std::string sql = "WITH owners (class, id, schema) AS (";
  for (const Catalog& catalog : kInSchemas) {
    if (!sql.ends_with('(')) sql += " UNION ALL ";
    sql += std::string("SELECT x.tableoid, x.oid, ") + catalog.schema + " FROM pg_catalog." + catalog.name +
           " x";
  }
  for (const Part& part : kParts) {
    sql += std::string(" UNION ALL SELECT x.tableoid, x.oid, w.") + part.schema + " FROM pg_catalog." +
           part.name + " x JOIN pg_catalog." + part.whole + " w ON w.oid = x." + part.table;
  }
  return sql + "), swapped (id) AS (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = ANY (" +
         quote_literal(schemas) + "::pg_catalog.text[])) ";
}

}  // namespace pgark::restore
