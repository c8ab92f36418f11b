// Column defaults and generation expressions (SCHEMA_COVERAGE B34). They stand in CREATE TABLE where they
// can; those of views, of inherited columns and those a loop separates (D4.10) are set afterwards.
#include <fmt/format.h>

#include "base/sql_quote.hpp"
#include "dumper/ddl/column_rules.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/relation_common.hpp"
#include "dumper/ddl/sql_clauses.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.defaults.size(); ++i) {
    const AttributeDefault& value = context.catalog.defaults[i];
    const Relation& relation = context.catalog.relations[value.relation];
    const Column* column = column_at(relation, value.column);
    if (column == nullptr) continue;
    DumpObject object =
        relation_part_object(context, ObjectKind::column_default, {catalog_oid::kAttrdef, value.oid}, i,
                             relation.name, value.relation);
    object.number = value.column;
    const bool table = relation.kind == 'r' || relation.kind == 'p' || relation.kind == 'f';
    object.inlined = table && (is_printed(relation, *column) || value.generated);
    object.separable = !value.generated;
    context.graph.add(std::move(object));
  }
}

void link(BuildContext& context) {
  for (Index i = 0; i < context.catalog.defaults.size(); ++i) {
    const DumpId id = context.graph.find(ObjectKind::column_default, i);
    if (id == kNoDump) continue;
    const DumpObject& object = context.graph[id];
    if (object.inlined) {
      context.graph.depend(object.parent, id);
    } else {
      context.graph.depend(id, object.parent);
    }
  }
}

void write(Emitter& out, DumpId id) {
  const AttributeDefault& value = out.catalog().defaults[out.object(id).payload];
  const Relation& relation = out.catalog().relations[value.relation];
  const Column* column = column_at(relation, value.column);
  if (column == nullptr || !out.wants(id, kDefinition)) return;
  const std::string name = out.lookup().sql_name(relation), quoted = quote_identifier(column->name);
  // ONLY: children say their own. A view is no table, but ALTER TABLE serves it as well.
  const std::string head = fmt::format("ALTER TABLE ONLY {} ALTER COLUMN {} ", name, quoted);
  format::TocEntry entry = out.entry_for(id, "DEFAULT");
  entry.name = fmt::format("{} {}", relation.name, column->name);
  entry.owner = relation.owner;
  entry.create.push_back({head + "SET DEFAULT " + value.expression_sql});
  entry.drop.push_back({if_relation_exists_sql(name, head + "DROP DEFAULT")});
  out.define(id, std::move(entry), {{value.relation}, {}});
}

}  // namespace

const Family& column_default_family() {
  static const Family kFamily{collect, link, {{ObjectKind::column_default, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
