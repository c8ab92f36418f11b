// Optimizer statistics of the wanted tables and of their indexes (B60), when they were asked for.
#include <utility>

#include "base/array_text.hpp"
#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// Wanted tables and everything of theirs that is an index.
constexpr std::string_view kWanted =
    "(SELECT w.oid FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS w(oid) UNION ALL SELECT i.indexrelid FROM"
    " pg_catalog.unnest($1::pg_catalog.oid[]) AS w(oid) JOIN pg_catalog.pg_index i ON i.indrelid = w.oid)";

// Until 13 zero rows also meant that nobody had counted.
std::string relations_sql(const Reading& reading) {
  return "SELECT c.oid, c.relpages, " +
         since(reading, 14, "c.reltuples", "CASE WHEN c.reltuples = 0 THEN -1 ELSE c.reltuples END") +
         ", c.relallvisible, " + since(reading, 18, "c.relallfrozen", "NULL") + " FROM " +
         std::string(kWanted) + " w JOIN pg_catalog.pg_class c ON c.oid = w.oid ORDER BY c.oid";
}

void take_relation(Reading& reading, Row& row) {
  RelationStatistics statistics;
  statistics.oid = row.oid();
  statistics.pages = row.text();
  statistics.tuples = row.text();
  statistics.all_visible = row.text();
  statistics.all_frozen = row.optional_text();
  reading.catalog.statistics.push_back(std::move(statistics));
}

std::string columns_sql(const Reading& reading) {
  std::string fields;
  for (const StatisticsField& field : kStatisticsFields) {
    fields += reading.at_least(field.since_major) ? ", s." + std::string(field.name) + "::pg_catalog.text"
                                                  : std::string(", NULL");
  }
  return "SELECT c.oid, a.attname, a.attnum, s.inherited" + fields + " FROM " + std::string(kWanted) +
         " w JOIN pg_catalog.pg_class c ON c.oid = w.oid"
         " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
         " JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname"
         " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname AND NOT"
         " a.attisdropped ORDER BY c.oid, a.attnum, s.inherited";
}

// In the order of the relations, which were read before.
void take_columns(Reading& reading, const wire::ResultSet& result) {
  auto relation = reading.catalog.statistics.begin();
  for (std::size_t i = 0; i < result.row_count(); ++i) {
    Row row(result, i);
    const Oid oid = row.oid();
    while (relation != reading.catalog.statistics.end() && relation->oid < oid) ++relation;
    if (relation == reading.catalog.statistics.end() || relation->oid != oid) continue;
    ColumnStatistics column;
    column.name = row.text();
    column.number = row.small_integer();
    column.inherited = row.boolean();
    for (auto& value : column.values) value = row.optional_text();
    relation->columns.push_back(std::move(column));
  }
}

}  // namespace

void add_statistics(const Reading& reading, Steps& steps) {
  if (!reading.options.selection.wants_statistics()) return;
  const std::string wanted = relation_oids(reading, [](const Relation& relation) {
    const bool has_statistics =
        relation.kind == 'r' || relation.kind == 'p' || relation.kind == 'm' || relation.kind == 'f';
    return has_statistics && (relation.components & (kDefinition | kData)) != 0;
  });
  steps.push_back(row_step("statistics", relations_sql(reading), {wanted}, take_relation));
  steps.push_back({"statistics of columns", columns_sql(reading), {wanted}, take_columns});
}

}  // namespace pgark::dumper
