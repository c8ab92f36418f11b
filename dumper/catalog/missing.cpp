#include "dumper/catalog/missing.hpp"

#include <utility>

namespace pgark::dumper {

// pg_*_is_visible gives NULL for what is not there, at the price of a look into the server's cache.
std::string missing_sql(std::initializer_list<ReferenceColumn> references) {
  std::string items;
  for (const ReferenceColumn& each : references) {
    const std::string kind(each.kind), column(each.column);
    items += ", CASE WHEN " + column + " <> 0 AND pg_catalog.pg_" + kind + "_is_visible(" + column +
             ") IS NULL THEN '" + kind + " with OID ' || " + column + "::pg_catalog.text END";
  }
  return "pg_catalog.concat_ws(', '" + items + ")";
}

std::string missing_types_sql() {
  return "(SELECT pg_catalog.string_agg(DISTINCT 'type with OID ' || a.type::pg_catalog.text, ', ')"
         " FROM pg_catalog.unnest(p.proargtypes::pg_catalog.oid[] || p.prorettype || p.proallargtypes)"
         " AS a(type) WHERE pg_catalog.pg_type_is_visible(a.type) IS NULL)";
}

std::string unless_missing_sql(std::string_view missing, std::string_view text) {
  return "CASE WHEN " + std::string(missing) + " = '' THEN " + std::string(text) + " END";
}

bool note_missing(Reading& reading, std::string_view kind, std::string name, std::string_view part,
                  std::string_view missing) {
  if (missing.empty()) return false;
  std::string text(part);
  text += text.empty() ? "it needs the " : " needs the ";
  reading.note(format::ReportLevel::lost, std::string(kind), std::move(name),
               text.append(missing).append(", which does not exist"));
  return true;
}

}  // namespace pgark::dumper
