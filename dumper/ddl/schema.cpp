// Schemas (SCHEMA_COVERAGE B03) and the rules for `public` (B0.4).
#include "base/sql_quote.hpp"
#include "dumper/ddl/emitter.hpp"
#include "dumper/ddl/family.hpp"

namespace pgark::dumper {
namespace {

constexpr std::string_view kPublic = "public";
constexpr std::string_view kPublicOwner = "pg_database_owner";
constexpr std::string_view kPublicComment = "standard public schema";

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.namespaces.size(); ++i) {
    const Namespace& schema = context.catalog.namespaces[i];
    DumpObject object;
    object.kind = ObjectKind::schema;
    object.id = {catalog_oid::kNamespace, schema.oid};
    object.payload = i;
    object.name = schema.name;
    object.components = schema.components;
    context.graph.add(object);
  }
}

// The target has the schema already, with the standard owner and comment: only differences are written.
void write_public(Emitter& out, DumpId id, const Namespace& schema, const Target& target) {
  if (out.wants(id, kDefinition) && schema.owner != kPublicOwner) {
    format::TocEntry entry = out.entry_for(id, "SCHEMA");
    entry.owner = schema.owner;
    entry.owner_object = target.to_sql();
    out.define(id, std::move(entry));
  }
  out.labels_on(id, out.object(id).id, target);
  if (out.wants(id, kComment)) {
    const std::string* comment = out.lookup().comment(out.object(id).id);
    const std::string text = comment == nullptr ? std::string() : *comment;
    if (text != kPublicComment) out.comment_text(id, text, target);
  }
}

void write(Emitter& out, DumpId id) {
  const Namespace& schema = out.catalog().namespaces[out.object(id).payload];
  const Target target{"SCHEMA", quote_identifier(schema.name)};
  if (schema.name == kPublic) {
    write_public(out, id, schema, target);
  } else {
    if (out.wants(id, kDefinition)) {
      format::TocEntry entry = out.entry_for(id, "SCHEMA");
      entry.owner = schema.owner;
      entry.owner_object = target.to_sql();
      entry.create.push_back({"CREATE SCHEMA " + target.sql});
      entry.drop.push_back({"DROP SCHEMA IF EXISTS " + target.sql});
      out.define(id, std::move(entry));
    }
    out.comment(id, target);
  }
  out.acl(id, target, schema);
}

}  // namespace

const Family& schema_family() {
  static const Family kFamily{collect, nullptr, {{ObjectKind::schema, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
