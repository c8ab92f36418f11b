// Extended statistics objects (B47). Statistics of tables that are not saved are left out.
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

constexpr std::string_view kSql =
    "SELECT s.oid, s.stxname, s.stxnamespace, s.stxowner, s.stxrelid, s.stxstattarget,"
    " pg_catalog.pg_get_statisticsobjdef(s.oid)"
    " FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted(oid)"
    " JOIN pg_catalog.pg_statistic_ext s ON s.stxrelid = wanted.oid"
    " JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace ORDER BY n.nspname, s.stxname";

// They go with their table. One that stands in another schema also needs that to be wanted.
std::uint8_t components_of(const Reading& reading, const ExtendedStatistics& statistics) {
  const Relation& table = reading.catalog.relations[statistics.relation];
  if (statistics.extension != 0) return 0;
  const auto own = static_cast<std::uint8_t>(table.components & ~kData);
  return statistics.schema == table.schema ? own : own & reading.selector.in_schema(statistics);
}

void take_statistics(Reading& reading, Row& row) {
  ExtendedStatistics statistics;
  statistics.oid = row.oid();
  statistics.name = row.text();
  statistics.schema = reading.namespace_index(row.oid());
  const std::string name = reading.describe(statistics);
  statistics.owner = reading.role(row.oid(), name);
  statistics.relation = reading.relation_index(row.oid());
  statistics.target = static_cast<int>(row.integer(-1));  // 17+: NULL is the default
  statistics.definition_sql = row.definition(name);
  statistics.extension = reading.extension_of(catalog_oid::kStatisticExt, statistics.oid);
  statistics.components = components_of(reading, statistics);
  reading.catalog.extended_statistics.push_back(std::move(statistics));
}

}  // namespace

void add_extended_statistics(const Reading& reading, Steps& steps) {
  const std::string wanted = relation_oids(
      reading, [](const Relation& relation) { return (relation.components & kDefinition) != 0; });
  steps.push_back(row_step("extended statistics", std::string(kSql), {wanted}, take_statistics));
}

}  // namespace pgark::dumper
