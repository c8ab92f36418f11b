// What the type families share.
#pragma once

#include <utility>

#include "dumper/ddl/emitter.hpp"

namespace pgark::dumper {

// Adds every type of the catalog for which `chosen` is true as an object of `kind`.
template <class Predicate>
void collect_types(BuildContext& context, ObjectKind kind, Predicate chosen) {
  for (Index i = 0; i < context.catalog.types.size(); ++i) {
    const Type& type = context.catalog.types[i];
    if (!chosen(type)) continue;
    DumpObject object;
    object.kind = kind;
    object.id = {catalog_oid::kType, type.oid};
    object.payload = i;
    object.schema = context.lookup.schema_of(type);
    object.name = type.name;
    object.components = type.components;
    context.graph.add(std::move(object));
  }
}

// The definition and what hangs on it; `keyword` is TYPE or DOMAIN.
inline void write_type(Emitter& out, DumpId id, const Type& type, const std::string& keyword,
                       std::string create_sql) {
  const Target target{keyword, out.lookup().sql_name(type)};
  if (out.wants(id, kDefinition)) {
    format::TocEntry entry = out.entry_for(id, keyword);
    entry.owner = type.owner;
    entry.owner_object = target.to_sql();
    entry.create.push_back({std::move(create_sql)});
    entry.drop.push_back({"DROP " + keyword + " IF EXISTS " + target.sql});
    out.define(id, std::move(entry));
  }
  out.comment(id, target);
  out.acl(id, Target{"TYPE", target.sql}, type);
}

}  // namespace pgark::dumper
