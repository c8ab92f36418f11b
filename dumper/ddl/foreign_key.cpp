// Foreign keys (SCHEMA_COVERAGE B46).
#include <fmt/format.h>

#include "base/sql_quote.hpp"
#include "dumper/ddl/constraint_triggers.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/relation_common.hpp"

namespace pgark::dumper {
namespace {

// Clones on partitions are made again with the foreign key of the partitioned table; a comment on one is
// ours. One with a name of its own is made before, and becomes part of the other when that is made.
bool is_clone(const Constraint& constraint) {
  return constraint.parent != 0 && !constraint.own_name;
}

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.constraints.size(); ++i) {
    const Constraint& constraint = context.catalog.constraints[i];
    if (constraint.relation == kNone || constraint.type != 'f') continue;
    context.graph.add(relation_part_object(context, ObjectKind::foreign_key,
                                           {catalog_oid::kConstraint, constraint.oid}, i, constraint.name,
                                           constraint.relation));
  }
}

// A key onto a partitioned table works only once every partition's index is attached, at every level.
void wait_for_attached_indexes(BuildContext& context, DumpId id, Index referenced_index) {
  std::vector<Index> tree{referenced_index};
  for (std::size_t i = 0; i < tree.size(); ++i) {
    for (const Index partition : context.lookup.partitions_of_index(tree[i])) {
      context.graph.depend(id, context.graph.find(ObjectKind::index_attach, partition));
      tree.push_back(partition);
    }
  }
}

// The foreign keys of the tables above. The clones in between are not in the catalog, hence by table.
std::vector<DumpId> keys_above(const BuildContext& context, Index partition) {
  std::vector<DumpId> keys;
  std::vector<Index> above = context.catalog.relations[partition].parents;
  for (std::size_t level = 0; level < above.size(); ++level) {
    for (const Index i : context.lookup.constraints_of(above[level])) {
      const DumpId key = context.graph.find(ObjectKind::foreign_key, i);
      if (key != kNoDump) keys.push_back(key);
    }
    const auto& next = context.catalog.relations[above[level]].parents;
    above.insert(above.end(), next.begin(), next.end());
  }
  return keys;
}

void link_partition(BuildContext& context, DumpId id, const Constraint& constraint) {
  for (const DumpId above : keys_above(context, constraint.relation)) {
    if (is_clone(constraint)) context.graph.depend(id, above);
    if (constraint.own_name) context.graph.depend(above, id);
  }
}

void link(BuildContext& context) {
  for (Index i = 0; i < context.catalog.constraints.size(); ++i) {
    const DumpId id = context.graph.find(ObjectKind::foreign_key, i);
    if (id == kNoDump) continue;
    const Constraint& constraint = context.catalog.constraints[i];
    context.graph.depend(id, context.graph[id].parent);
    link_partition(context, id, constraint);
    context.graph.depend(id, context.relation_id(context.lookup.relation(constraint.referenced_relation)));
    const Index index = context.lookup.index(constraint.referenced_index);
    if (index != kNone) wait_for_attached_indexes(context, id, index);
  }
}

void define(Emitter& out, DumpId id, const Constraint& constraint) {
  const Relation& table = out.catalog().relations[constraint.relation];
  const std::string table_sql = out.lookup().sql_name(table), name = quote_identifier(constraint.name);
  const std::string only = table.kind == 'p' ? "" : "ONLY ";
  // D7.6: SHARE ROW EXCLUSIVE on both tables and, where they are partitioned, on all below.
  std::vector<Index> locked = out.lookup().tree_of(constraint.relation);
  if (table.kind != 'p') locked = {constraint.relation};
  const Index referenced = out.lookup().relation(constraint.referenced_relation);
  if (referenced != kNone && out.catalog().relations[referenced].kind == 'p') {
    for (const Index below : out.lookup().tree_of(referenced)) locked.push_back(below);
  } else if (referenced != kNone) {
    locked.push_back(referenced);
  }
  format::TocEntry entry = out.entry_for(id, "FK CONSTRAINT");
  entry.owner = table.owner;
  for (const Index below : locked) entry.size_estimate_bytes += out.catalog().relations[below].total_bytes;
  entry.create.push_back({fmt::format("ALTER TABLE {}{}\n    ADD CONSTRAINT {} {}", only, table_sql, name,
                                      constraint.definition_sql)});
  // As a part it goes with the whole.
  if (!constraint.own_name)
    entry.drop.push_back(
        {fmt::format("ALTER TABLE IF EXISTS {}{} DROP CONSTRAINT IF EXISTS {}", only, table_sql, name)});
  out.define(id, std::move(entry), {std::move(locked), {}});
}

void write(Emitter& out, DumpId id) {
  const Constraint& constraint = out.catalog().constraints[out.object(id).payload];
  const Relation& table = out.catalog().relations[constraint.relation];
  if (!out.wants(id, kDefinition)) return;
  if (!is_clone(constraint)) define(out, id, constraint);
  write_constraint_trigger_states(out, id, constraint);
  out.comment(id, {"CONSTRAINT", quote_identifier(constraint.name) + " ON " + out.lookup().sql_name(table)});
}

}  // namespace

const Family& foreign_key_family() {
  static const Family kFamily{collect, link, {{ObjectKind::foreign_key, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
