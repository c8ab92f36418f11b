// Extended statistics objects (SCHEMA_COVERAGE B47): their definition, not what ANALYZE has gathered.
#include <fmt/format.h>

#include "dumper/ddl/family.hpp"
#include "dumper/ddl/relation_common.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.extended_statistics.size(); ++i) {
    const ExtendedStatistics& statistics = context.catalog.extended_statistics[i];
    if (statistics.relation == kNone) continue;
    DumpObject object =
        relation_part_object(context, ObjectKind::statistics, {catalog_oid::kStatisticExt, statistics.oid}, i,
                             statistics.name, statistics.relation);
    object.schema = context.lookup.schema_of(statistics);
    object.components = statistics.components;
    context.graph.add(std::move(object));
  }
}

void link(BuildContext& context) {
  for (Index i = 0; i < context.catalog.extended_statistics.size(); ++i) {
    const DumpId id = context.graph.find(ObjectKind::statistics, i);
    if (id != kNoDump)
      context.graph.depend(id, context.relation_id(context.catalog.extended_statistics[i].relation));
  }
}

void write(Emitter& out, DumpId id) {
  const ExtendedStatistics& statistics = out.catalog().extended_statistics[out.object(id).payload];
  if (!out.wants(id, kDefinition)) return;
  const Target target{"STATISTICS", out.lookup().sql_name(statistics)};
  format::TocEntry entry = out.entry_for(id, "STATISTICS");
  entry.owner = statistics.owner;
  entry.owner_object = target.to_sql();
  entry.create.push_back({statistics.definition_sql});
  if (statistics.target >= 0) {
    entry.create.push_back({fmt::format("ALTER {} SET STATISTICS {}", target.to_sql(), statistics.target)});
  }
  entry.drop.push_back({"DROP STATISTICS IF EXISTS " + target.sql});
  out.define(id, std::move(entry), {{statistics.relation}, {}});
  if (out.context().options.selection.statistics) {
    out.context().note(format::ReportLevel::warning, "STATISTICS", target.sql,
                       "what ANALYZE gathered for it is not saved: no statement restores it");
  }
  out.comment(id, target);
}

}  // namespace

const Family& statistics_family() {
  static const Family kFamily{collect, link, {{ObjectKind::statistics, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
