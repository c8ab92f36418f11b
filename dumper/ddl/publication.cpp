// Publications and their members (SCHEMA_COVERAGE B52 to B54). Each table and each schema is an entry of its
// own, so that one that is missing does not cost the others.
#include <fmt/format.h>

#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/named_object.hpp"
#include "dumper/ddl/relation_common.hpp"
#include "dumper/ddl/sql_clauses.hpp"

namespace pgark::dumper {
namespace {

void collect_tables(BuildContext& context) {
  const Catalog& catalog = context.catalog;
  for (Index i = 0; i < catalog.publication_tables.size(); ++i) {
    const PublicationTable& member = catalog.publication_tables[i];
    const Publication& publication = catalog.publications[member.publication];
    if ((publication.components & kDefinition) == 0) continue;
    DumpObject object = relation_side_object(context, ObjectKind::publication_table, member.relation);
    object.id = {catalog_oid::kPublicationTable, member.oid};
    object.payload = i;
    object.name = publication.name;
    context.graph.add(object);
  }
}

void collect_schemas(BuildContext& context) {
  const Catalog& catalog = context.catalog;
  for (Index i = 0; i < catalog.publication_schemas.size(); ++i) {
    const PublicationSchema& member = catalog.publication_schemas[i];
    const Publication& publication = catalog.publications[member.publication];
    // As with tables: a schema that is not saved cannot be published.
    const bool wanted =
        (publication.components & kDefinition) != 0 && (catalog.namespaces[member.schema].components != 0);
    if (!wanted) continue;
    DumpObject object;
    object.kind = ObjectKind::publication_schema;
    object.id = {catalog_oid::kPublicationSchema, member.oid};
    object.payload = i;
    object.schema = catalog.namespaces[member.schema].name;
    object.name = publication.name;
    context.graph.add(object);
  }
}

void collect(BuildContext& context) {
  collect_objects(context, context.catalog.publications, ObjectKind::publication, catalog_oid::kPublication);
  collect_tables(context);
  collect_schemas(context);
}

void link(BuildContext& context) {
  const Catalog& catalog = context.catalog;
  const auto publication_id = [&](Index position) {
    return context.graph.find(CatalogId{catalog_oid::kPublication, catalog.publications[position].oid});
  };
  for (const PublicationTable& member : catalog.publication_tables) {
    const DumpId id = context.graph.find(CatalogId{catalog_oid::kPublicationTable, member.oid});
    context.graph.depend(id, publication_id(member.publication));
    context.graph.depend(id, context.relation_id(member.relation));
  }
  for (const PublicationSchema& member : catalog.publication_schemas) {
    const DumpId id = context.graph.find(CatalogId{catalog_oid::kPublicationSchema, member.oid});
    const Namespace& schema = catalog.namespaces[member.schema];
    context.graph.depend(id, publication_id(member.publication));
    context.graph.depend(id, context.graph.find(CatalogId{catalog_oid::kNamespace, schema.oid}));
  }
}

// The list is always there, also when it is empty or the default, which may change.
std::string publish_list(const Publication& publication) {
  std::string list;
  const auto add = [&list](bool wanted, std::string_view word) {
    if (!wanted) return;
    if (!list.empty()) list += ", ";
    list += word;
  };
  add(publication.inserts, "insert");
  add(publication.updates, "update");
  add(publication.deletes, "delete");
  add(publication.truncates, "truncate");
  return quote_literal(list);
}

void write_publication(Emitter& out, DumpId id) {
  const Publication& publication = out.catalog().publications[out.object(id).payload];
  const Target target{"PUBLICATION", quote_identifier(publication.name)};
  std::string sql = "CREATE " + target.to_sql();
  if (publication.all_tables) sql += " FOR ALL TABLES";
  sql += " WITH (publish = " + publish_list(publication);
  if (publication.via_root) sql += ", publish_via_partition_root = true";
  if (publication.generated_columns == 's') sql += ", publish_generated_columns = stored";
  write_definition(out, id, publication, {"PUBLICATION", target, {sql + ")"}});
}

// Without an entry for the publication there is nothing to add a member to.
format::TocEntry member_entry(const Emitter& out, DumpId id, std::string_view kind,
                              const Publication& publication, const std::string& clause) {
  format::TocEntry entry = out.entry_for(id, kind);
  entry.owner = publication.owner;
  entry.create.push_back(
      {fmt::format("ALTER PUBLICATION {} ADD {}", quote_identifier(publication.name), clause)});
  return entry;
}

void write_table(Emitter& out, DumpId id) {
  const PublicationTable& member = out.catalog().publication_tables[out.object(id).payload];
  const Relation& table = out.catalog().relations[member.relation];
  std::string clause = "TABLE ONLY " + out.lookup().sql_name(table);
  if (!member.columns.empty()) {
    const std::vector<std::string_view> columns(member.columns.begin(), member.columns.end());
    clause += " (" + name_list_sql(columns) + ")";
  }
  // The grammar wants parentheses, and the server's text has them only around an operator.
  if (member.condition_sql) clause += " WHERE (" + *member.condition_sql + ")";
  const Publication& publication = out.catalog().publications[member.publication];
  out.define(id, member_entry(out, id, "PUBLICATION TABLE", publication, clause), {{member.relation}, {}});
}

void write_schema(Emitter& out, DumpId id) {
  const PublicationSchema& member = out.catalog().publication_schemas[out.object(id).payload];
  const std::string schema = quote_identifier(out.catalog().namespaces[member.schema].name);
  const Publication& publication = out.catalog().publications[member.publication];
  out.define(
      id, member_entry(out, id, "PUBLICATION TABLES IN SCHEMA", publication, "TABLES IN SCHEMA " + schema));
}

}  // namespace

const Family& publication_family() {
  static const Family kFamily{collect,
                              link,
                              {{ObjectKind::publication, write_publication},
                               {ObjectKind::publication_table, write_table},
                               {ObjectKind::publication_schema, write_schema}}};
  return kFamily;
}

}  // namespace pgark::dumper
