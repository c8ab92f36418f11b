// Optimizer statistics (SCHEMA_COVERAGE B60), restored with the functions that came with version 18. They
// come after everything else: building an index counts its table anew.
#include <fmt/format.h>

#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/relation_common.hpp"

namespace pgark::dumper {
namespace {

constexpr std::uint32_t kFunctionsVersion = 180000;

void collect(BuildContext& context) {
  const Catalog& catalog = context.catalog;
  for (Index i = 0; i < catalog.statistics.size(); ++i) {
    const Oid oid = catalog.statistics[i].oid;
    const Index index = context.lookup.index(oid);
    const Index relation = index == kNone ? context.lookup.relation(oid) : catalog.indexes[index].relation;
    if (relation == kNone) continue;
    const bool late = index != kNone || catalog.relations[relation].kind == 'm';
    DumpObject object = relation_side_object(
        context, late ? ObjectKind::late_statistics : ObjectKind::table_statistics, relation);
    if (index != kNone) object.name = catalog.indexes[index].name;
    object.payload = i;
    object.components = kAllComponents;
    context.graph.add(std::move(object));
  }
}

// A constraint's index comes with the constraint.
DumpId definition_of(const BuildContext& context, const IndexInfo& index) {
  if (index.constraint != 0) return context.graph.find(CatalogId{catalog_oid::kConstraint, index.constraint});
  return context.graph.find(CatalogId{catalog_oid::kClass, index.oid});
}

void link(BuildContext& context) {
  const Catalog& catalog = context.catalog;
  for (Index i = 0; i < catalog.statistics.size(); ++i) {
    DumpId id = context.graph.find(ObjectKind::late_statistics, i);
    if (id == kNoDump) id = context.graph.find(ObjectKind::table_statistics, i);
    if (id == kNoDump) continue;
    const Index index = context.lookup.index(catalog.statistics[i].oid);
    const Index relation =
        index == kNone ? context.lookup.relation(catalog.statistics[i].oid) : catalog.indexes[index].relation;
    context.graph.depend(id, context.relation_id(relation));
    context.graph.depend(id, context.graph.find(ObjectKind::matview_refresh, relation));
    if (index != kNone) context.graph.depend(id, definition_of(context, catalog.indexes[index]));
  }
}

// The arguments that every call begins with.
std::string call_head(const Emitter& out, std::string_view function, std::string_view schema,
                      std::string_view name) {
  return fmt::format("SELECT pg_catalog.{}('version', '{}'::pg_catalog.int4, 'schemaname', {}, 'relname', {}",
                     function, out.catalog().database.server_version_num, quote_literal(schema),
                     quote_literal(name));
}

std::string argument(std::string_view name, std::string_view value, std::string_view type) {
  return fmt::format(", '{}', {}::{}", name, quote_literal(value), type);
}

std::string relation_call(const std::string& head, const RelationStatistics& statistics) {
  std::string sql = head + argument("relpages", statistics.pages, "integer") +
                    argument("reltuples", statistics.tuples, "real") +
                    argument("relallvisible", statistics.all_visible, "integer");
  if (statistics.all_frozen) sql += argument("relallfrozen", *statistics.all_frozen, "integer");
  return sql + ")";
}

// Names of an index's columns differ from one server to another.
std::string column_call(const std::string& head, const ColumnStatistics& column, bool of_index) {
  std::string sql = head;
  if (of_index) {
    sql += argument("attnum", std::to_string(column.number), "smallint");
  } else {
    sql += ", 'attname', " + quote_literal(column.name);
  }
  sql += argument("inherited", column.inherited ? "t" : "f", "boolean");
  for (std::size_t i = 0; i < column.values.size(); ++i) {
    if (column.values[i])
      sql += argument(kStatisticsFields[i].name, *column.values[i], kStatisticsFields[i].type);
  }
  return sql + ")";
}

// An index that is not valid is not restored, although its table is.
bool is_left_out(const Emitter& out, const IndexInfo& index) {
  const DumpId definition = definition_of(out.context(), index);
  const bool table_is_saved = (out.catalog().relations[index.relation].components & kDefinition) != 0;
  return table_is_saved && (definition == kNoDump || out.entry_of(definition) == 0);
}

void write(Emitter& out, DumpId id) {
  const DumpObject& object = out.object(id);
  const RelationStatistics& statistics = out.catalog().statistics[object.payload];
  const Index index = out.lookup().index(statistics.oid);
  if (index != kNone && is_left_out(out, out.catalog().indexes[index])) return;
  format::TocEntry entry = out.entry_for(id, "STATISTICS DATA");
  entry.pass = format::Pass::post_acl;
  const auto add = [&entry](std::string sql) {
    entry.create.push_back({std::move(sql), kFunctionsVersion, 0});
  };
  add(relation_call(call_head(out, "pg_restore_relation_stats", object.schema, object.name), statistics));
  const std::string head = call_head(out, "pg_restore_attribute_stats", object.schema, object.name);
  for (const ColumnStatistics& column : statistics.columns) add(column_call(head, column, index != kNone));
  out.define(id, std::move(entry));
}

}  // namespace

const Family& statistics_data_family() {
  static const Family kFamily{
      collect, link, {{ObjectKind::table_statistics, write}, {ObjectKind::late_statistics, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
