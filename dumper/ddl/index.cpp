// Indexes (SCHEMA_COVERAGE B42). Those behind constraints have no entry of their own, but comments and
// properties hang on them. Statements that lock the table more than CREATE INDEX does are entries of their
// own (D7.4), so that two indexes of one table can be built side by side.
#include <fmt/format.h>

#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/relation_common.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.indexes.size(); ++i) {
    const IndexInfo& index = context.catalog.indexes[i];
    if (index.relation == kNone) continue;
    context.graph.add(relation_part_object(context, ObjectKind::index, {catalog_oid::kClass, index.oid}, i,
                                           index.name, index.relation));
  }
}

// pg_depend ties an index to its columns, its constraint and its parent; a whole-row expression or none at
// all leaves the table out.
void link(BuildContext& context) {
  for (Index i = 0; i < context.catalog.indexes.size(); ++i) {
    const DumpId id = context.graph.find(ObjectKind::index, i);
    if (id == kNoDump) continue;
    const IndexInfo& index = context.catalog.indexes[i];
    context.graph.depend(id, context.relation_id(index.relation));
    if (index.constraint != 0) {
      context.graph.depend(id, context.graph.find(CatalogId{catalog_oid::kConstraint, index.constraint}));
    }
  }
}

void define(Emitter& out, DumpId id, const IndexInfo& index) {
  const Relation& table = out.catalog().relations[index.relation];
  format::TocEntry entry = out.entry_for(id, "INDEX");
  entry.owner = table.owner;
  entry.tablespace = index.tablespace;
  entry.takes_tablespace = true;
  entry.size_estimate_bytes = table.total_bytes + index.bytes;
  entry.create.push_back({index.definition_sql});
  // A partition's index goes with its parent's.
  if (index.parent == 0) entry.drop.push_back({"DROP INDEX IF EXISTS " + out.lookup().sql_name(index)});
  out.define(id, std::move(entry));
}

void add_property(Emitter& out, DumpId id, const IndexInfo& index, std::string_view kind, std::string sql) {
  format::TocEntry entry = out.entry_for(id, kind);
  entry.owner = out.catalog().relations[index.relation].owner;
  entry.create.push_back({std::move(sql)});
  out.attach(id, std::move(entry), {{index.relation}, {}});
}

void write_properties(Emitter& out, DumpId id, const IndexInfo& index) {
  const Relation& table = out.catalog().relations[index.relation];
  const std::string name = out.lookup().sql_name(index), table_sql = out.lookup().sql_name(table);
  const std::string bare = quote_identifier(index.name);
  for (const auto& [column, target] : index.statistics_targets) {
    add_property(out, id, index, "INDEX STATISTICS",
                 fmt::format("ALTER INDEX {} ALTER COLUMN {} SET STATISTICS {}", name, column, target));
  }
  for (const std::string_view extension : out.lookup().extensions_needed_by(out.object(id).id)) {
    add_property(out, id, index, "INDEX DEPENDS ON EXTENSION",
                 fmt::format("ALTER INDEX {} DEPENDS ON EXTENSION {}", name, quote_identifier(extension)));
  }
  const std::string alter = table.kind == 'm' ? "ALTER MATERIALIZED VIEW " : "ALTER TABLE ";
  if (index.clustered) {
    add_property(out, id, index, "CLUSTER ON", fmt::format("{}{} CLUSTER ON {}", alter, table_sql, bare));
  }
  if (index.replica_identity) {
    add_property(out, id, index, "REPLICA IDENTITY",
                 fmt::format("ALTER TABLE ONLY {} REPLICA IDENTITY USING INDEX {}", table_sql, bare));
  }
}

void write(Emitter& out, DumpId id) {
  const IndexInfo& index = out.catalog().indexes[out.object(id).payload];
  if (!out.wants(id, kDefinition)) return;
  if (index.constraint == 0) define(out, id, index);
  write_properties(out, id, index);
  out.comment(id, {"INDEX", out.lookup().sql_name(index)});
}

}  // namespace

const Family& index_family() {
  static const Family kFamily{collect, link, {{ObjectKind::index, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
