// Rules (SCHEMA_COVERAGE B49). A view's own _RETURN rule is part of CREATE VIEW unless a loop separates it
// (D4.3).
#include <fmt/format.h>

#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/relation_common.hpp"
#include "dumper/ddl/sql_clauses.hpp"
#include "dumper/ddl/view_text.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.rules.size(); ++i) {
    const Rule& rule = context.catalog.rules[i];
    if (rule.relation == kNone) continue;
    DumpObject object = relation_part_object(context, ObjectKind::rule, {catalog_oid::kRewrite, rule.oid}, i,
                                             rule.name, rule.relation);
    object.inlined = rule.is_view_rule;
    context.graph.add(std::move(object));
  }
}

void link(BuildContext& context) {
  for (Index i = 0; i < context.catalog.rules.size(); ++i) {
    const DumpId id = context.graph.find(ObjectKind::rule, i);
    if (id == kNoDump) continue;
    const DumpId relation = context.graph[id].parent;
    if (context.graph[id].inlined) {
      context.graph.depend(relation, id);
    } else {
      context.graph.depend(id, relation);
    }
  }
}

void write_view_rule(Emitter& out, DumpId id, const Relation& view) {
  const std::string name = out.lookup().sql_name(view);
  format::TocEntry entry = out.entry_for(id, "RULE");
  entry.owner = view.owner;
  entry.create.push_back({"CREATE OR REPLACE VIEW " + view_definition_sql(view, name)});
  // Takes away what the view needs, so that those objects can be dropped before it.
  entry.drop.push_back({if_relation_exists_sql(
      name, "CREATE OR REPLACE VIEW " + name + " AS\n" + placeholder_query_sql(view))});
  out.define(id, std::move(entry), {{out.catalog().rules[out.object(id).payload].relation}, {}});
  out.comment(id, {"RULE", quote_identifier(out.object(id).name) + " ON " + name});
}

std::string_view state_sql(char enabled) {
  switch (enabled) {
    case 'A': return "ENABLE ALWAYS";
    case 'R': return "ENABLE REPLICA";
    case 'D': return "DISABLE";
    default: return {};
  }
}

void write_plain(Emitter& out, DumpId id, const Rule& rule, const Relation& relation) {
  const std::string name = quote_identifier(rule.name), table_sql = out.lookup().sql_name(relation);
  format::TocEntry entry = out.entry_for(id, "RULE");
  entry.owner = relation.owner;
  std::string text = rule.definition_sql;
  if (text.ends_with(';')) text.pop_back();
  entry.create.push_back({std::move(text)});
  if (!state_sql(rule.enabled).empty()) {
    entry.create.push_back(
        {fmt::format("ALTER TABLE {} {} RULE {}", table_sql, state_sql(rule.enabled), name)});
  }
  entry.drop.push_back({fmt::format("DROP RULE IF EXISTS {} ON {}", name, table_sql)});
  out.define(id, std::move(entry), {{rule.relation}, {}});
  out.comment(id, {"RULE", name + " ON " + table_sql});
}

void write(Emitter& out, DumpId id) {
  const Rule& rule = out.catalog().rules[out.object(id).payload];
  const Relation& relation = out.catalog().relations[rule.relation];
  if (!out.wants(id, kDefinition)) return;
  if (rule.is_view_rule) {
    write_view_rule(out, id, relation);
  } else {
    write_plain(out, id, rule, relation);
  }
}

}  // namespace

const Family& rule_family() {
  static const Family kFamily{collect, link, {{ObjectKind::rule, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
