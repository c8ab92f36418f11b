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

// A shell for each type that may need one (D4.1): a part of its type until the loop repair makes it an entry.
// REQUIRES: the types themselves are collected.
template <class Predicate>
void collect_shells(BuildContext& context, Predicate chosen) {
  for (Index i = 0; i < context.catalog.types.size(); ++i) {
    const Type& type = context.catalog.types[i];
    if (!chosen(type) || (type.components & kDefinition) == 0) continue;
    DumpObject shell;
    shell.kind = ObjectKind::shell_type;
    shell.payload = i;
    shell.parent = context.graph.find(CatalogId{catalog_oid::kType, type.oid});
    shell.schema = context.lookup.schema_of(type);
    shell.name = type.name;
    shell.components = kDefinition;
    shell.inlined = true;
    const DumpId id = context.graph.add(std::move(shell));
    if (type.schema == kNone) continue;
    const Oid schema = context.catalog.namespaces[type.schema].oid;
    context.graph.depend(id, context.graph.find(CatalogId{catalog_oid::kNamespace, schema}));
  }
}

// The definition and what hangs on it; `keyword` is TYPE or DOMAIN, `drop_behavior` what follows DROP.
inline void write_type(Emitter& out, DumpId id, const Type& type, const std::string& keyword,
                       std::string create_sql, std::string_view drop_behavior = {}) {
  const Target target{keyword, out.lookup().sql_name(type)};
  if (out.wants(id, kDefinition)) {
    format::TocEntry entry = out.entry_for(id, keyword);
    entry.owner = type.owner;
    entry.owner_object = target.to_sql();
    entry.create.push_back({std::move(create_sql)});
    entry.drop.push_back({"DROP " + keyword + " IF EXISTS " + target.sql + std::string(drop_behavior)});
    out.define(id, std::move(entry));
  }
  out.comment(id, target);
  out.acl(id, Target{"TYPE", target.sql}, type);
}

}  // namespace pgark::dumper
