// What the families of relations share.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "dumper/ddl/emitter.hpp"

namespace pgark::dumper {

// A graph object for the relation at `position`.
inline DumpObject relation_object(const BuildContext& context, ObjectKind kind, Index position) {
  const Relation& relation = context.catalog.relations[position];
  DumpObject object;
  object.kind = kind;
  object.id = {catalog_oid::kClass, relation.oid};
  object.payload = position;
  object.schema = context.lookup.schema_of(relation);
  object.name = relation.name;
  object.components = relation.components;
  return object;
}

// A further object about a relation (its rows, its attachment); named after it, without a catalog row.
inline DumpObject relation_side_object(const BuildContext& context, ObjectKind kind, Index position) {
  DumpObject object = relation_object(context, kind, position);
  object.id = {};
  object.table = object.name;
  object.parent = context.relation_id(position);
  return object;
}

// An object that hangs on a relation and has a name of its own (constraint, trigger, index).
inline DumpObject relation_part_object(const BuildContext& context, ObjectKind kind, CatalogId id,
                                       Index payload, std::string_view name, Index relation) {
  DumpObject object = relation_side_object(context, kind, relation);
  object.id = id;
  object.payload = payload;
  object.name = name;
  return object;
}

// A comment on the rule that a view is made of, which has no entry of its own.
inline void comment_on_view_rule(Emitter& out, DumpId view, const std::string& view_sql) {
  for (const DumpId id : out.object(view).dependencies) {
    const DumpObject& rule = out.object(id);
    if (rule.kind != ObjectKind::rule || rule.parent != view || !rule.inlined) continue;
    out.comment_on(view, rule.id, {"RULE", "\"_RETURN\" ON " + view_sql});
  }
}

// 1-based column number -> column; nullptr when there is none or it is dropped.
inline const Column* column_at(const Relation& relation, std::int16_t number) {
  if (number < 1 || static_cast<std::size_t>(number) > relation.columns.size()) return nullptr;
  const Column& column = relation.columns[static_cast<std::size_t>(number) - 1];
  return column.dropped ? nullptr : &column;
}

}  // namespace pgark::dumper
