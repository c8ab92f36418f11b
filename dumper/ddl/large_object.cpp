// Large objects (SCHEMA_COVERAGE B57). Their owners, privileges and comments count as data. Groups of them
// share entries; the bytes of all are one data entry, whose rows are their pages.
#include <algorithm>

#include "base/array_text.hpp"
#include "base/sql_quote.hpp"
#include "dumper/data/data_plan.hpp"
#include "dumper/ddl/emitter.hpp"
#include "dumper/ddl/family.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  const Catalog& catalog = context.catalog;
  for (Index i = 0; i < catalog.large_objects.size(); ++i) {
    const LargeObjectGroup& group = catalog.large_objects[i];
    DumpObject object;
    object.kind = ObjectKind::large_objects;
    object.id = {catalog_oid::kLargeObject, group.oid};
    object.payload = i;
    object.name = group.name;
    object.number = static_cast<std::int32_t>(i);
    object.components = group.components;
    context.graph.add(object);
  }
  if (catalog.large_objects.empty()) return;
  DumpObject data;
  data.kind = ObjectKind::large_object_data;
  data.payload = 0;
  data.name = "large objects";
  context.graph.add(data);
}

void link(BuildContext& context) {
  const DumpId data = context.graph.find(ObjectKind::large_object_data, 0);
  for (Index i = 0; i < context.catalog.large_objects.size(); ++i) {
    context.graph.depend(data, context.graph.find(ObjectKind::large_objects, i));
  }
}

std::string oid_list(const std::vector<Oid>& oids) {
  std::string list;
  for (const Oid oid : oids) list += (list.empty() ? "" : ",") + std::to_string(oid);
  return list;
}

void write_comments(Emitter& out, DumpId id, const LargeObjectGroup& group) {
  format::TocEntry entry = out.entry_for(id, "COMMENT");
  entry.name = "LARGE OBJECT " + group.name;
  for (const Oid oid : group.oids) {
    const std::string* text = out.lookup().comment({catalog_oid::kLargeObject, oid});
    if (text == nullptr) continue;
    entry.create.push_back(
        {"COMMENT ON LARGE OBJECT " + std::to_string(oid) + " IS " + quote_literal(*text)});
  }
  if (!entry.create.empty()) out.attach(id, std::move(entry));
}

void write(Emitter& out, DumpId id) {
  const LargeObjectGroup& group = out.catalog().large_objects[out.object(id).payload];
  const Target target{"LARGE OBJECT", oid_list(group.oids)};
  const std::string array = quote_literal(encode_oid_array(group.oids)) + "::pg_catalog.oid[]";
  format::TocEntry entry = out.entry_for(id, "LARGE OBJECT");
  entry.owner = group.owner;
  entry.owner_object = target.to_sql();
  entry.create.push_back(
      {"SELECT pg_catalog.lo_create(l.oid) FROM pg_catalog.unnest(" + array + ") AS l (oid)"});
  entry.drop.push_back(
      {"SELECT pg_catalog.lo_unlink(m.oid) FROM pg_catalog.pg_largeobject_metadata m"
       " WHERE m.oid = ANY (" +
       array + ")"});
  out.define(id, std::move(entry));
  if (out.wants(id, kComment)) write_comments(out, id, group);
  out.acl(id, target, group);
}

// The heap of pg_largeobject is cut like that of any table where this role may read it and the server can
// find a range of pages; otherwise the objects are shared out by ranges of their OIDs.
RowSource source_of(const Catalog& catalog) {
  const LargeObjectStore& store = catalog.large_object_store;
  if (!store.readable_directly) return RowSource::large_object_functions;
  const bool by_page = store.all_are_wanted && catalog.database.server_version_num >= kTidRangeScanVersionNum;
  return by_page ? RowSource::large_object_heap : RowSource::large_object_table;
}

void write_data(Emitter& out, DumpId id) {
  const LargeObjectStore& store = out.catalog().large_object_store;
  format::TocEntry entry = out.entry_for(id, "LARGE OBJECT DATA");
  entry.size_estimate_bytes = store.heap_bytes;
  DataObject data;
  data.entry = out.define(id, std::move(entry));
  data.source = source_of(out.catalog());
  data.qualified_sql = "pg_catalog.pg_largeobject";
  data.columns_sql = "loid, pageno::pg_catalog.int8 * " + std::to_string(store.page_bytes) + ", data";
  for (const LargeObjectGroup& group : out.catalog().large_objects) {
    data.large_objects.insert(data.large_objects.end(), group.oids.begin(), group.oids.end());
  }
  std::sort(data.large_objects.begin(), data.large_objects.end());
  out.data.push_back(std::move(data));
}

}  // namespace

const Family& large_object_family() {
  static const Family kFamily{
      collect, link, {{ObjectKind::large_objects, write}, {ObjectKind::large_object_data, write_data}}};
  return kFamily;
}

}  // namespace pgark::dumper
