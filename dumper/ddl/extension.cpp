// Extensions (SCHEMA_COVERAGE B04). Their members are never written; they stand for the extension in the
// graph.
#include <fmt/format.h>

#include "base/sql_quote.hpp"
#include "dumper/ddl/emitter.hpp"
#include "dumper/ddl/family.hpp"

namespace pgark::dumper {
namespace {

void add_members(BuildContext& context) {
  // The other families have made objects of the members they know: these wait for the extension.
  const auto link = [&](Oid catalog, const Object& member) {
    if (member.extension == 0) return;
    context.graph.depend(context.graph.find(CatalogId{catalog, member.oid}),
                         context.graph.find(CatalogId{catalog_oid::kExtension, member.extension}));
  };
  for (const auto& member : context.catalog.namespaces) link(catalog_oid::kNamespace, member);
  for (const auto& member : context.catalog.types) link(catalog_oid::kType, member);
  for (const auto& member : context.catalog.relations) link(catalog_oid::kClass, member);
  for (const auto& member : context.catalog.functions) link(catalog_oid::kProc, member);
  for (const auto& member : context.catalog.languages) link(catalog_oid::kLanguage, member);
  for (const auto& member : context.catalog.foreign_data_wrappers)
    link(catalog_oid::kForeignDataWrapper, member);
  for (const auto& member : context.catalog.foreign_servers) link(catalog_oid::kForeignServer, member);
}

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.extensions.size(); ++i) {
    const Extension& extension = context.catalog.extensions[i];
    DumpObject object;
    object.kind = ObjectKind::extension;
    object.id = {catalog_oid::kExtension, extension.oid};
    object.payload = i;
    object.name = extension.name;
    object.components = extension.components;
    context.graph.add(object);
  }
}

void write(Emitter& out, DumpId id) {
  const Extension& extension = out.catalog().extensions[out.object(id).payload];
  const Target target{"EXTENSION", quote_identifier(extension.name)};
  if (!out.wants(id, kDefinition)) return;
  format::TocEntry entry = out.entry_for(id, "EXTENSION");
  // Without VERSION: the target installs what it has, its default.
  entry.create.push_back({fmt::format("CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA {}", target.sql,
                                      quote_identifier(out.lookup().schema_of(extension)))});
  entry.version = extension.version;
  entry.drop.push_back({"DROP EXTENSION IF EXISTS " + target.sql});
  out.define(id, std::move(entry));
  out.comment(id, target);
  // An extension cannot be given to another role, and that of the restore is likely to be that of the backup.
  const bool changes_owner = extension.owner != out.catalog().database.reader;
  out.context().note(
      changes_owner ? format::ReportLevel::warning : format::ReportLevel::info, "EXTENSION", target.sql,
      fmt::format("version {} here; the target installs its default version, owned by the role that "
                  "restores (here {})",
                  one_line(extension.version), one_line(extension.owner)));
}

}  // namespace

const Family& extension_family() {
  static const Family kFamily{collect, add_members, {{ObjectKind::extension, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
