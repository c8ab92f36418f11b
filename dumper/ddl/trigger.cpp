// Triggers (SCHEMA_COVERAGE B48) and the states and comments of their clones on partitions.
#include <fmt/format.h>

#include "base/sql_quote.hpp"
#include "dumper/ddl/constraint_triggers.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/relation_common.hpp"

namespace pgark::dumper {
namespace {

constexpr bool is_clone(const Trigger& trigger) {
  return trigger.parent != 0;
}

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.triggers.size(); ++i) {
    const Trigger& trigger = context.catalog.triggers[i];
    if (trigger.relation == kNone) continue;
    context.graph.add(relation_part_object(context, ObjectKind::trigger, {catalog_oid::kTrigger, trigger.oid},
                                           i, trigger.name, trigger.relation));
  }
}

// D1.7: ALTER TABLE on a partition descends, so a clone's state is set after that of the trigger above it, at
// any number of levels; intermediate clones that do not differ are not in the catalog, hence by table.
void link(BuildContext& context) {
  std::unordered_map<Index, std::vector<Index>> by_relation;
  for (Index i = 0; i < context.catalog.triggers.size(); ++i) {
    by_relation[context.catalog.triggers[i].relation].push_back(i);
  }
  for (Index i = 0; i < context.catalog.triggers.size(); ++i) {
    const DumpId id = context.graph.find(ObjectKind::trigger, i);
    if (id == kNoDump) continue;
    const Trigger& trigger = context.catalog.triggers[i];
    context.graph.depend(id, context.relation_id(trigger.relation));
    if (!is_clone(trigger)) continue;
    std::vector<Index> above = context.catalog.relations[trigger.relation].parents;
    for (std::size_t level = 0; level < above.size(); ++level) {
      for (const Index other : by_relation[above[level]]) {
        if (context.catalog.triggers[other].name == trigger.name) {
          context.graph.depend(id, context.graph.find(ObjectKind::trigger, other));
        }
      }
      const auto& next = context.catalog.relations[above[level]].parents;
      above.insert(above.end(), next.begin(), next.end());
    }
  }
}

void define(Emitter& out, DumpId id, const Trigger& trigger, const std::string& on_table) {
  const Relation& table = out.catalog().relations[trigger.relation];
  const std::string table_sql = out.lookup().sql_name(table), name = quote_identifier(trigger.name);
  format::TocEntry entry = out.entry_for(id, "TRIGGER");
  entry.owner = table.owner;
  if (!is_clone(trigger)) {
    entry.create.push_back({trigger.definition_sql});
    entry.drop.push_back({"DROP TRIGGER IF EXISTS " + on_table});
  }
  if (is_clone(trigger) || trigger.enabled != 'O') {
    entry.create.push_back(
        {fmt::format("ALTER TABLE {} {} TRIGGER {}", table_sql, trigger_state_sql(trigger.enabled), name)});
  }
  for (const std::string_view extension : out.lookup().extensions_needed_by(out.object(id).id)) {
    entry.create.push_back(
        {fmt::format("ALTER TRIGGER {} DEPENDS ON EXTENSION {}", on_table, quote_identifier(extension))});
  }
  out.define(id, std::move(entry), {out.lookup().tree_of(trigger.relation), {}});
}

void write(Emitter& out, DumpId id) {
  const Trigger& trigger = out.catalog().triggers[out.object(id).payload];
  const Relation& table = out.catalog().relations[trigger.relation];
  if (!out.wants(id, kDefinition)) return;
  const std::string on_table = quote_identifier(trigger.name) + " ON " + out.lookup().sql_name(table);
  if (!is_clone(trigger) || trigger.enabled != trigger.parent_enabled) define(out, id, trigger, on_table);
  out.comment(id, {"TRIGGER", on_table}, {{trigger.relation}, {}});
}

}  // namespace

const Family& trigger_family() {
  static const Family kFamily{collect, link, {{ObjectKind::trigger, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
