// ALTER INDEX ... ATTACH PARTITION (SCHEMA_COVERAGE B43): ties a partition's index to the partitioned
// table's.
#include <fmt/format.h>

#include "dumper/ddl/family.hpp"
#include "dumper/ddl/relation_common.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.indexes.size(); ++i) {
    const IndexInfo& index = context.catalog.indexes[i];
    const Index parent = context.lookup.index(index.parent);
    if (index.relation == kNone || parent == kNone) continue;
    context.graph.add(
        relation_part_object(context, ObjectKind::index_attach, {}, i, index.name, index.relation));
    // D4.13 recognises a partition's index by its parent in the graph.
    const DumpId child = context.graph.find(ObjectKind::index, i);
    context.graph[child].parent = context.graph.find(ObjectKind::index, parent);
  }
}

// On both indexes, in whatever order they are made, and on their tables, which the statement locks.
void link(BuildContext& context) {
  for (Index i = 0; i < context.catalog.indexes.size(); ++i) {
    const DumpId id = context.graph.find(ObjectKind::index_attach, i);
    if (id == kNoDump) continue;
    const IndexInfo& index = context.catalog.indexes[i];
    const Index parent = context.lookup.index(index.parent);
    context.graph.depend(id, context.graph.find(ObjectKind::index, i));
    context.graph.depend(id, context.graph.find(ObjectKind::index, parent));
    context.graph.depend(id, context.relation_id(index.relation));
    context.graph.depend(id, context.relation_id(context.catalog.indexes[parent].relation));
  }
}

void write(Emitter& out, DumpId id) {
  const IndexInfo& index = out.catalog().indexes[out.object(id).payload];
  const IndexInfo& parent = out.catalog().indexes[out.lookup().index(index.parent)];
  if (!out.context().wants(index.relation, kDefinition) || !out.context().wants(parent.relation, kDefinition))
    return;
  format::TocEntry entry = out.entry_for(id, "INDEX ATTACH");
  entry.owner = out.catalog().relations[index.relation].owner;
  entry.create.push_back({fmt::format("ALTER INDEX {} ATTACH PARTITION {}", out.lookup().sql_name(parent),
                                      out.lookup().sql_name(index))});
  out.define(id, std::move(entry), {{parent.relation, index.relation}, {}});
}

}  // namespace

const Family& index_attach_family() {
  static const Family kFamily{collect, link, {{ObjectKind::index_attach, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
