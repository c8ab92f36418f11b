// Materialized views (SCHEMA_COVERAGE B41): created empty, filled at the very end, each after those it reads.
#include <algorithm>
#include <unordered_set>

#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/relation_common.hpp"
#include "dumper/ddl/table_properties.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.relations.size(); ++i) {
    const Relation& relation = context.catalog.relations[i];
    if (relation.kind != 'm') continue;
    context.graph.add(relation_object(context, ObjectKind::matview, i));
    if ((relation.components & kData) != 0) {
      context.graph.add(relation_side_object(context, ObjectKind::matview_refresh, i));
    }
  }
}

using Reads = std::unordered_map<CatalogId, std::vector<CatalogId>, CatalogIdHash>;

// What relations and functions read directly: a view or materialized view by its rule, a function by its
// body, which the server knows when it is BEGIN ATOMIC. Bodies that are text tell nothing; a restore retries
// those.
Reads read_objects(const BuildContext& context) {
  Reads reads;
  std::unordered_map<Oid, Oid> view_of_rule;
  for (const Rule& rule : context.catalog.rules) {
    if (rule.is_view_rule) view_of_rule[rule.oid] = context.catalog.relations[rule.relation].oid;
  }
  for (const Dependency& row : context.catalog.dependencies) {
    const Oid catalog = row.referenced.catalog;
    if (catalog != catalog_oid::kClass && catalog != catalog_oid::kProc) continue;
    CatalogId reader = row.dependent;
    if (reader.catalog == catalog_oid::kRewrite) {
      const auto view = view_of_rule.find(reader.oid);
      if (view == view_of_rule.end()) continue;
      reader = {catalog_oid::kClass, view->second};
    } else if (reader.catalog != catalog_oid::kProc) {
      continue;
    }
    reads[reader].push_back(row.referenced);
  }
  return reads;
}

// The materialized views below `start`, seen through any number of views and functions.
std::vector<Index> matviews_below(const BuildContext& context, const Reads& reads, const Relation& start) {
  std::vector<Index> found;
  std::vector<CatalogId> queue{{catalog_oid::kClass, start.oid}};
  std::unordered_set<CatalogId, CatalogIdHash> seen(queue.begin(), queue.end());
  while (!queue.empty()) {
    const auto direct = reads.find(queue.back());
    queue.pop_back();
    if (direct == reads.end()) continue;
    for (const CatalogId& read : direct->second) {
      if (!seen.insert(read).second) continue;
      const Index relation = read.catalog == catalog_oid::kClass ? context.lookup.relation(read.oid) : kNone;
      const char kind = relation == kNone ? '\0' : context.catalog.relations[relation].kind;
      if (kind == 'm') found.push_back(relation);
      if (kind == 'v' || read.catalog == catalog_oid::kProc) queue.push_back(read);
    }
  }
  return found;
}

void link(BuildContext& context) {
  const Reads reads = read_objects(context);
  for (Index i = 0; i < context.catalog.relations.size(); ++i) {
    const DumpId refresh = context.graph.find(ObjectKind::matview_refresh, i);
    if (refresh == kNoDump) continue;
    context.graph.depend(refresh, context.relation_id(i));
    for (const Index below : matviews_below(context, reads, context.catalog.relations[i])) {
      context.graph.depend(refresh, context.graph.find(ObjectKind::matview_refresh, below));
    }
  }
}

void define(Emitter& out, DumpId id, const Relation& view, const Target& target) {
  format::TocEntry entry = out.entry_for(id, "MATERIALIZED VIEW");
  entry.owner = view.owner;
  entry.owner_object = target.to_sql();
  entry.tablespace = view.tablespace;
  entry.takes_tablespace = true;
  entry.access_method = view.access_method;
  entry.create.push_back({"CREATE MATERIALIZED VIEW " + target.sql + storage_options_sql(view) + " AS\n" +
                          view.view_sql + "\n  WITH NO DATA"});
  for (std::string& sql : table_property_statements(out.context(), out.object(id).payload)) {
    entry.create.push_back({std::move(sql)});
  }
  for (const std::string_view extension : out.lookup().extensions_needed_by(out.object(id).id)) {
    entry.create.push_back(
        {"ALTER " + target.to_sql() + " DEPENDS ON EXTENSION " + quote_identifier(extension)});
  }
  entry.drop.push_back({"DROP MATERIALIZED VIEW IF EXISTS " + target.sql});
  out.define(id, std::move(entry));
}

void write(Emitter& out, DumpId id) {
  const DumpObject& object = out.object(id);
  const Relation& view = out.catalog().relations[object.payload];
  const Target target{"MATERIALIZED VIEW", out.lookup().sql_name(view)};
  if (out.wants(id, kDefinition)) {
    define(out, id, view, target);
    out.comment(id, target, {{object.payload}, {}});
    out.column_comments(id, object.id, target.sql, {{object.payload}, {}});
    comment_on_view_rule(out, id, target.sql);
  }
  out.acl(id, Target{"TABLE", target.sql}, view);
  out.column_acls(id, target.sql, view);
}

// Refreshed when it held rows and everything it reads is refreshed as well: a missing entry below means that
// reading it would fail.
void write_refresh(Emitter& out, DumpId id) {
  const DumpObject& object = out.object(id);
  const Relation& view = out.catalog().relations[object.payload];
  if (!view.populated || !out.wants(id, kData)) return;
  for (const DumpId needed : object.dependencies) {
    if (out.object(needed).kind != ObjectKind::matview_refresh) continue;
    if (out.entry_of(needed) == 0) {
      out.context().note(
          format::ReportLevel::warning, "MATERIALIZED VIEW", out.lookup().sql_name(view),
          "reads a materialized view that holds no data, so it cannot be refreshed after a restore");
      return;
    }
  }
  format::TocEntry entry = out.entry_for(id, "MATERIALIZED VIEW DATA");
  entry.owner = view.owner;
  entry.pass = format::Pass::post_acl;
  entry.size_estimate_bytes = view.total_bytes;
  entry.create.push_back({"REFRESH MATERIALIZED VIEW " + out.lookup().sql_name(view)});
  out.define(id, std::move(entry), {{object.payload}, {}});
}

}  // namespace

const Family& matview_family() {
  static const Family kFamily{
      collect, link, {{ObjectKind::matview, write}, {ObjectKind::matview_refresh, write_refresh}}};
  return kFamily;
}

}  // namespace pgark::dumper
