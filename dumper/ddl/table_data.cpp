// Rows of tables (SCHEMA_COVERAGE E1 to E5, D5) and what the data path must know of them.
#include <unordered_set>

#include "base/sql_quote.hpp"
#include "dumper/ddl/column_types.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/relation_common.hpp"

namespace pgark::dumper {
namespace {

bool has_rows(const Relation& relation) {
  return (relation.kind == 'r' || relation.kind == 'f') && (relation.components & kData) != 0;
}

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.relations.size(); ++i) {
    const Relation& relation = context.catalog.relations[i];
    if (!has_rows(relation)) continue;
    DumpObject object = relation_side_object(context, ObjectKind::table_data, i);
    object.components = kAllComponents;
    context.graph.add(std::move(object));
  }
}

// D5: in a data-only restore the foreign keys are there already, so what is referenced is loaded first; the
// same for configuration tables, whose foreign keys come with the extension.
void order_by_foreign_keys(BuildContext& context) {
  for (const Constraint& constraint : context.catalog.constraints) {
    if (constraint.type != 'f') continue;
    const bool ordered = !context.options.selection.wants_schema() ||
                         context.catalog.relations[constraint.relation].is_config_table;
    const Index referenced = context.lookup.relation(constraint.referenced_relation);
    if (!ordered || referenced == kNone) continue;
    for (const Index from : context.lookup.tree_of(constraint.relation)) {
      for (const Index to : context.lookup.tree_of(referenced)) {
        context.graph.depend(context.graph.find(ObjectKind::table_data, from),
                             context.graph.find(ObjectKind::table_data, to));
      }
    }
  }
}

void link(BuildContext& context) {
  for (Index i = 0; i < context.catalog.relations.size(); ++i) {
    const DumpId id = context.graph.find(ObjectKind::table_data, i);
    if (id != kNoDump) context.graph.depend(id, context.relation_id(i));
  }
  order_by_foreign_keys(context);
}

// E2: column numbers' order, without dropped and generated ones.
std::string copied_columns_sql(const Relation& table) {
  std::string list;
  for (const Column& column : table.columns) {
    if (column.dropped || column.generated != 0) continue;
    if (!list.empty()) list += ", ";
    list += quote_identifier(column.name);
  }
  return list;
}

// The hash of an enum is made of its label's OID, which differs in the target (E5). Arrays, domains and
// composites over enums are treated alike.
bool is_made_of_enum(const Catalog& catalog, Oid type, int depth = 0) {
  constexpr int kDepthMax = 8;
  const auto found = catalog.type_by_oid.find(type);
  if (found == catalog.type_by_oid.end() || depth > kDepthMax) return false;
  const Type& info = catalog.types[found->second];
  if (info.kind == 'e') return true;
  if (info.element != 0) return is_made_of_enum(catalog, info.element, depth + 1);
  return info.kind == 'd' || info.kind == 'c';
}

bool hashes_enum(const Catalog& catalog, const Relation& parent) {
  if (!parent.partition_key_sql.starts_with("HASH")) return false;
  for (const Column& column : parent.columns) {
    if (column.dropped || !is_made_of_enum(catalog, column.type_oid)) continue;
    // The name may also be part of a longer one: then rows take the safe way needlessly.
    if (parent.partition_key_sql.find(quote_identifier(column.name)) != std::string::npos) return true;
  }
  return false;
}

// The topmost ancestor the rows must or shall be sent to (E5), or the table itself. An ancestor that is not
// dumped need not be in the target.
Index load_target(const BuildContext& context, Index position) {
  const Catalog& catalog = context.catalog;
  Index root = position;
  bool through_root = context.options.selection.load_via_partition_root;
  std::unordered_set<Index> seen;
  while (catalog.relations[root].partition && !catalog.relations[root].parents.empty() &&
         seen.insert(root).second) {
    root = catalog.relations[root].parents.front();
    through_root = through_root || hashes_enum(catalog, catalog.relations[root]);
  }
  const bool dumped = (catalog.relations[root].components & (kDefinition | kData)) != 0;
  return through_root && dumped ? root : position;
}

// Rows that go through the root may land in any leaf: it must be whole first, and every leaf waits for them.
std::vector<format::EntryId> attach_entries(const Emitter& out, Index root) {
  std::vector<format::EntryId> entries;
  for (const Index member : out.lookup().tree_of(root)) {
    const DumpId attach = out.graph().find(ObjectKind::table_attach, member);
    if (attach != kNoDump) entries.push_back(out.entry_of(attach));
  }
  return entries;
}

// Empty: the rows come as text.
std::vector<values::TypeDescriptor> binary_types(Emitter& out, const Relation& table) {
  const DumpOptions& options = out.context().options;
  if (!binary_is_possible(options, out.catalog().database.server_version_num)) return {};
  ColumnTypes columns = column_types(out.catalog(), table);
  if (columns.types.empty() && options.data_format == DataFormat::binary) {
    out.context().note(format::ReportLevel::info, "TABLE DATA", out.lookup().sql_name(table),
                       "its rows are saved as text: " + columns.obstacle);
  }
  return std::move(columns.types);
}

void write(Emitter& out, DumpId id) {
  const Index position = out.object(id).payload;
  const Relation& table = out.catalog().relations[position];
  const Index target = load_target(out.context(), position);
  const std::string columns = copied_columns_sql(table);
  format::TocEntry entry = out.entry_for(id, "TABLE DATA");
  entry.owner = table.owner;
  entry.size_estimate_bytes = table.total_bytes;
  entry.copy_target = out.lookup().sql_name(out.catalog().relations[target]);
  if (!columns.empty()) entry.copy_target += " (" + columns + ")";
  entry.column_types = binary_types(out, table);
  const bool binary = !entry.column_types.empty();
  std::vector<format::EntryId> after;
  if (target != position) after = attach_entries(out, target);
  DataObject data;
  data.entry = out.define_data(id, std::move(entry), position, std::move(after));
  data.relation = position;
  data.oid = table.oid;
  data.columns_sql = columns;
  data.qualified_sql = out.lookup().sql_name(table);
  data.condition_sql = table.config_condition;
  data.foreign = table.kind == 'f';
  data.binary = binary;
  out.data.push_back(std::move(data));
  if (target == position) return;
  for (const Index leaf : out.lookup().tree_of(target)) {
    if (leaf != position) out.add_data_entry(leaf, out.data.back().entry);
  }
}

}  // namespace

const Family& table_data_family() {
  static const Family kFamily{collect, link, {{ObjectKind::table_data, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
