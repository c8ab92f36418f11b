// Foreign data wrappers, servers and user mappings (SCHEMA_COVERAGE B27). A mapping is never a member of an
// extension, so it is saved even when its server is one.
#include <fmt/format.h>

#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/named_object.hpp"
#include "dumper/ddl/sql_clauses.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  const Catalog& catalog = context.catalog;
  collect_objects(context, catalog.foreign_data_wrappers, ObjectKind::foreign_data_wrapper,
                  catalog_oid::kForeignDataWrapper);
  collect_objects(context, catalog.foreign_servers, ObjectKind::foreign_server, catalog_oid::kForeignServer);
  for (Index i = 0; i < catalog.user_mappings.size(); ++i) {
    const UserMapping& mapping = catalog.user_mappings[i];
    DumpObject object;
    object.kind = ObjectKind::user_mapping;
    object.id = {catalog_oid::kUserMapping, mapping.oid};
    object.payload = i;
    object.name = catalog.foreign_servers[mapping.server].name;
    object.detail = mapping.user;
    object.components = mapping.components;
    context.graph.add(std::move(object));
  }
}

void write_wrapper(Emitter& out, DumpId id) {
  const ForeignDataWrapper& wrapper = out.catalog().foreign_data_wrappers[out.object(id).payload];
  const Target target{"FOREIGN DATA WRAPPER", quote_identifier(wrapper.name)};
  std::string sql = "CREATE " + target.to_sql();
  if (!wrapper.handler_sql.empty()) sql += " HANDLER " + wrapper.handler_sql;
  if (!wrapper.validator_sql.empty()) sql += " VALIDATOR " + wrapper.validator_sql;
  write_definition(out, id, wrapper,
                   {"FOREIGN DATA WRAPPER", target, {sql + generic_options_sql(wrapper.options)}});
  out.acl(id, target, wrapper);
}

void write_server(Emitter& out, DumpId id) {
  const ForeignServer& server = out.catalog().foreign_servers[out.object(id).payload];
  const Target target{"SERVER", quote_identifier(server.name)};
  std::string sql = "CREATE " + target.to_sql();
  if (!server.type.empty()) sql += " TYPE " + quote_literal(server.type);
  if (!server.version.empty()) sql += " VERSION " + quote_literal(server.version);
  sql += " FOREIGN DATA WRAPPER " + quote_identifier(server.wrapper);
  write_definition(out, id, server, {"SERVER", target, {sql + generic_options_sql(server.options)}});
  out.acl(id, Target{"FOREIGN SERVER", target.sql}, server);
}

void report(Emitter& out, const UserMapping& mapping, const std::string& name) {
  if (mapping.hidden) {
    out.context().note(format::ReportLevel::lost, "USER MAPPING", name,
                       "its options may not be read by this role, so it is saved without them");
  } else if (!mapping.options.empty()) {
    out.context().note(format::ReportLevel::info, "USER MAPPING", name,
                       "its options, which may hold a password, are in the archive");
  }
}

void write_mapping(Emitter& out, DumpId id) {
  const UserMapping& mapping = out.catalog().user_mappings[out.object(id).payload];
  const ForeignServer& server = out.catalog().foreign_servers[mapping.server];
  if (!out.wants(id, kDefinition)) return;
  const std::string user = mapping.user.empty() ? "public" : quote_identifier(mapping.user);
  const std::string of_server = fmt::format("FOR {} SERVER {}", user, quote_identifier(server.name));
  format::TocEntry entry = out.entry_for(id, "USER MAPPING");
  entry.name = (mapping.user.empty() ? "public" : mapping.user) + " SERVER " + server.name;
  entry.owner = server.owner;
  if (!mapping.user.empty()) entry.roles.push_back(mapping.user);
  entry.create.push_back({"CREATE USER MAPPING " + of_server + generic_options_sql(mapping.options)});
  entry.drop.push_back({"DROP USER MAPPING IF EXISTS " + of_server});
  out.define(id, std::move(entry));
  report(out, mapping, user + " on " + quote_identifier(server.name));
}

}  // namespace

const Family& foreign_data_family() {
  static const Family kFamily{collect,
                              nullptr,
                              {{ObjectKind::foreign_data_wrapper, write_wrapper},
                               {ObjectKind::foreign_server, write_server},
                               {ObjectKind::user_mapping, write_mapping}}};
  return kFamily;
}

}  // namespace pgark::dumper
