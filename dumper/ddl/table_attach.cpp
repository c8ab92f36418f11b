// ATTACH PARTITION (SCHEMA_COVERAGE B37): partitions are created stand-alone, so that their own columns,
// defaults and checks are kept, and attached afterwards.
#include <fmt/format.h>

#include "dumper/ddl/family.hpp"
#include "dumper/ddl/relation_common.hpp"

namespace pgark::dumper {
namespace {

bool is_attached(const BuildContext& context, Index position) {
  const Relation& relation = context.catalog.relations[position];
  return relation.partition && relation.parents.size() == 1 &&
         (relation.kind == 'r' || relation.kind == 'p' || relation.kind == 'f');
}

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.relations.size(); ++i) {
    if (is_attached(context, i))
      context.graph.add(relation_side_object(context, ObjectKind::table_attach, i));
  }
}

void link(BuildContext& context) {
  for (Index i = 0; i < context.catalog.relations.size(); ++i) {
    const DumpId attach = context.graph.find(ObjectKind::table_attach, i);
    if (attach == kNoDump) continue;
    context.graph.depend(attach, context.relation_id(i));
    context.graph.depend(attach, context.relation_id(context.catalog.relations[i].parents.front()));
  }
}

void write(Emitter& out, DumpId id) {
  const Index position = out.object(id).payload;
  const Relation& partition = out.catalog().relations[position];
  const Index parent = partition.parents.front();
  // With only one of the two in the dump there is nothing to attach.
  if (!out.context().wants(position, kDefinition) || !out.context().wants(parent, kDefinition)) return;
  format::TocEntry entry = out.entry_for(id, "TABLE ATTACH");
  entry.owner = partition.owner;
  entry.create.push_back({fmt::format("ALTER TABLE ONLY {} ATTACH PARTITION {} {}",
                                      out.lookup().sql_name(out.catalog().relations[parent]),
                                      out.lookup().sql_name(partition), partition.partition_bound_sql)});
  out.define(id, std::move(entry), {{parent, position}, {}});
}

}  // namespace

const Family& table_attach_family() {
  static const Family kFamily{collect, link, {{ObjectKind::table_attach, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
