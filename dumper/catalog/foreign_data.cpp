// Foreign data wrappers, servers and user mappings (B27).
#include <utility>

#include "dumper/catalog/named_objects.hpp"

namespace pgark::dumper {
namespace {

std::string wrappers_sql() {
  return "SELECT w.oid, w.fdwname, w.fdwowner, " + function_name_sql("w.fdwhandler") + ", " +
         function_name_sql("w.fdwvalidator") + ", " + foreign_options_array("w.fdwoptions") +
         ", w.fdwacl, pip.initprivs, pg_catalog.acldefault('F', w.fdwowner)"
         " FROM pg_catalog.pg_foreign_data_wrapper w" +
         init_privs_join("pg_foreign_data_wrapper", "w.oid") + " ORDER BY w.fdwname";
}

void take_wrapper(Reading& reading, Row& row) {
  ForeignDataWrapper wrapper;
  wrapper.oid = row.oid();
  wrapper.name = row.text();
  wrapper.owner = reading.role(row.oid(), wrapper.name);
  wrapper.handler_sql = row.text();
  wrapper.validator_sql = row.text();
  wrapper.options = row.text_list();
  take_privileges(row, wrapper);
  wrapper.extension = reading.extension_of(catalog_oid::kForeignDataWrapper, wrapper.oid);
  wrapper.components = static_cast<std::uint8_t>(reading.selector.without_schema(wrapper) & ~kData);
  reading.catalog.foreign_data_wrappers.push_back(std::move(wrapper));
}

std::string servers_sql() {
  return "SELECT s.oid, s.srvname, s.srvowner, w.fdwname, s.srvtype, s.srvversion, " +
         foreign_options_array("s.srvoptions") +
         ", s.srvacl, pip.initprivs, pg_catalog.acldefault('S', s.srvowner)"
         " FROM pg_catalog.pg_foreign_server s"
         " JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw" +
         init_privs_join("pg_foreign_server", "s.oid") + " ORDER BY s.srvname";
}

void take_server(Reading& reading, Row& row) {
  ForeignServer server;
  server.oid = row.oid();
  server.name = row.text();
  server.owner = reading.role(row.oid(), server.name);
  server.wrapper = row.text();
  server.type = row.text();
  server.version = row.text();
  server.options = row.text_list();
  take_privileges(row, server);
  server.extension = reading.extension_of(catalog_oid::kForeignServer, server.oid);
  server.components = static_cast<std::uint8_t>(reading.selector.without_schema(server) & ~kData);
  reading.catalog.foreign_server_by_oid[server.oid] =
      static_cast<Index>(reading.catalog.foreign_servers.size());
  reading.catalog.foreign_servers.push_back(std::move(server));
}

// The view shows no options to a role that may not see them, as if there were none; the last column tells the
// two apart by the rule the view applies.
std::string mappings_sql() {
  return "SELECT m.umid, m.srvid, CASE WHEN m.umuser <> 0 THEN m.usename END, m.umuser, " +
         foreign_options_array("m.umoptions") +
         ", m.umoptions IS NULL AND NOT (me.rolsuper OR"
         " (m.umuser <> 0 AND m.usename = CURRENT_USER AND (pg_catalog.pg_has_role(s.srvowner, 'USAGE') OR"
         " pg_catalog.has_server_privilege(s.oid, 'USAGE')))"
         " OR (m.umuser = 0 AND pg_catalog.pg_has_role(s.srvowner, 'USAGE')))"
         " FROM pg_catalog.pg_user_mappings m JOIN pg_catalog.pg_foreign_server s ON s.oid = m.srvid"
         " JOIN pg_catalog.pg_roles me ON me.rolname = CURRENT_USER"
         " ORDER BY m.srvname, m.usename";
}

void take_mapping(Reading& reading, Row& row) {
  UserMapping mapping;
  mapping.oid = row.oid();
  const auto server = reading.catalog.foreign_server_by_oid.find(row.oid());
  if (server == reading.catalog.foreign_server_by_oid.end()) return;
  mapping.server = server->second;
  const std::string& server_name = reading.catalog.foreign_servers[mapping.server].name;
  mapping.user = row.text();
  const Oid role = row.oid();
  if (role != 0) mapping.user = reading.role(role, "a user mapping of server " + server_name);
  mapping.options = row.text_list();
  mapping.hidden = row.boolean();
  // Never a member of an extension, even when its server is one.
  if (reading.selector.takes_everything()) {
    mapping.components = static_cast<std::uint8_t>(reading.selector.mask() & ~kData);
  }
  reading.catalog.user_mappings.push_back(std::move(mapping));
}

}  // namespace

void add_foreign_data(Steps& steps) {
  steps.push_back(row_step("foreign data wrappers", wrappers_sql(), {}, take_wrapper));
  steps.push_back(row_step("foreign servers", servers_sql(), {}, take_server));
  steps.push_back(row_step("user mappings", mappings_sql(), {}, take_mapping));
}

}  // namespace pgark::dumper
