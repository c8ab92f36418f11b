// ENABLE ROW LEVEL SECURITY (SCHEMA_COVERAGE B50): after the data, which it would keep from being loaded.
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/relation_common.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.relations.size(); ++i) {
    const Relation& relation = context.catalog.relations[i];
    if (!relation.row_security || (relation.kind != 'r' && relation.kind != 'p')) continue;
    context.graph.add(relation_side_object(context, ObjectKind::row_security, i));
  }
}

void link(BuildContext& context) {
  for (Index i = 0; i < context.catalog.relations.size(); ++i) {
    const DumpId id = context.graph.find(ObjectKind::row_security, i);
    if (id != kNoDump) context.graph.depend(id, context.relation_id(i));
  }
}

void write(Emitter& out, DumpId id) {
  const Index position = out.object(id).payload;
  const Relation& table = out.catalog().relations[position];
  if (!out.wants(id, kPolicy)) return;
  format::TocEntry entry = out.entry_for(id, "ROW SECURITY");
  entry.owner = table.owner;
  entry.create.push_back({"ALTER TABLE " + out.lookup().sql_name(table) + " ENABLE ROW LEVEL SECURITY"});
  out.define(id, std::move(entry), {{position}, {}});
}

}  // namespace

const Family& row_security_family() {
  static const Family kFamily{collect, link, {{ObjectKind::row_security, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
