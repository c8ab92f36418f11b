// Roles, tablespaces and parameters of the cluster (B02). Predefined roles (pg_*) and tablespaces exist
// everywhere; what others were granted of them is read.
#include <utility>

#include "base/error.hpp"
#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

constexpr std::string_view kPasswordsReadableSql =
    "SELECT pg_catalog.has_table_privilege('pg_catalog.pg_authid', 'SELECT'), current_user";

void check_passwords_readable(Reading& /*reading*/, Row& row) {
  if (row.boolean()) return;
  Error error;
  error.code = ErrorCode::usage;
  error.message = "the role that takes the backup may not read the passwords of roles";
  error.object = row.text();
  error.hint =
      "give --no-role-passwords to save the roles without them, connect as a superuser, or GRANT SELECT ON "
      "pg_catalog.pg_authid to it";
  throw Exception(std::move(error));
}

std::string labels_sql(std::string_view catalog) {
  const std::string rest =
      " FROM pg_catalog.pg_shseclabel l WHERE l.objoid = x.oid AND l.classoid = 'pg_catalog." +
      std::string(catalog) + "'::pg_catalog.regclass ORDER BY l.provider)";
  return "ARRAY(SELECT l.provider" + rest + ", ARRAY(SELECT l.label" + rest;
}

std::vector<SharedLabel> take_labels(Row& row) {
  const std::vector<std::string> providers = row.text_list(), texts = row.text_list();
  std::vector<SharedLabel> labels;
  for (std::size_t i = 0; i < providers.size() && i < texts.size(); ++i)
    labels.push_back({providers[i], texts[i]});
  return labels;
}

// pg_roles hides the passwords and is readable by all.
std::string roles_sql(bool passwords) {
  return "SELECT x.rolname, x.rolsuper, x.rolinherit, x.rolcreaterole, x.rolcreatedb, x.rolcanlogin,"
         " x.rolreplication, x.rolbypassrls, x.rolconnlimit, x.rolvaliduntil, " +
         std::string(passwords ? "x.rolpassword" : "NULL") +
         ", pg_catalog.shobj_description(x.oid, 'pg_authid'), s.setconfig, " + labels_sql("pg_authid") +
         " FROM pg_catalog." + (passwords ? "pg_authid" : "pg_roles") +
         " x LEFT JOIN pg_catalog.pg_db_role_setting s ON s.setrole = x.oid AND s.setdatabase = 0"
         " WHERE x.rolname !~ '^pg_' ORDER BY x.rolname";
}

void take_role(Reading& reading, Row& row) {
  GlobalRole role;
  role.name = row.text();
  role.superuser = row.boolean();
  role.inherit = row.boolean();
  role.create_role = row.boolean();
  role.create_db = row.boolean();
  role.can_login = row.boolean();
  role.replication = row.boolean();
  role.bypass_rls = row.boolean();
  role.connection_limit = static_cast<int>(row.integer(-1));
  role.valid_until = row.optional_text();
  role.password = row.optional_text();
  role.comment = row.optional_text();
  role.settings = row.text_list();
  role.labels = take_labels(row);
  reading.catalog.globals->roles.push_back(std::move(role));
}

constexpr std::string_view kSettingsOfAllSql =
    "SELECT s.setconfig FROM pg_catalog.pg_db_role_setting s WHERE s.setrole = 0 AND s.setdatabase = 0";

// Before 16 pg_auth_members may name a grantor that does not exist any more. 10 is the bootstrap superuser.
std::string memberships_sql(const Reading& reading) {
  return "SELECT r.rolname, m.rolname, g.rolname, a.grantor = 10, a.admin_option, " +
         since(reading, 16, "a.inherit_option", "true") + ", " + since(reading, 16, "a.set_option", "true") +
         " FROM pg_catalog.pg_auth_members a JOIN pg_catalog.pg_roles r ON r.oid = a.roleid"
         " JOIN pg_catalog.pg_roles m ON m.oid = a.member LEFT JOIN pg_catalog.pg_roles g ON g.oid = "
         "a.grantor"
         " WHERE NOT (r.rolname ~ '^pg_' AND m.rolname ~ '^pg_')"
         " ORDER BY r.rolname, m.rolname, g.rolname";
}

void take_membership(Reading& reading, Row& row) {
  GlobalMembership membership;
  membership.role = row.text();
  membership.member = row.text();
  membership.grantor = row.text();
  membership.by_bootstrap_superuser = row.boolean();
  membership.admin = row.boolean();
  membership.inherit = row.boolean();
  membership.set = row.boolean();
  reading.catalog.globals->memberships.push_back(std::move(membership));
}

std::string tablespaces_sql() {
  return "SELECT x.spcname, o.rolname, pg_catalog.pg_tablespace_location(x.oid), x.spcacl,"
         " pg_catalog.acldefault('t', x.spcowner), x.spcoptions,"
         " pg_catalog.shobj_description(x.oid, 'pg_tablespace'), " +
         labels_sql("pg_tablespace") +
         " FROM pg_catalog.pg_tablespace x LEFT JOIN pg_catalog.pg_roles o ON o.oid = x.spcowner"
         " WHERE x.spcname !~ '^pg_' ORDER BY x.spcname";
}

void take_tablespace(Reading& reading, Row& row) {
  GlobalTablespace tablespace;
  tablespace.name = row.text();
  tablespace.owner = row.definition("tablespace " + tablespace.name);
  tablespace.location = row.text();
  tablespace.acl = row.optional_text();
  tablespace.default_acl = row.text();
  tablespace.options = row.text_list();
  tablespace.comment = row.optional_text();
  tablespace.labels = take_labels(row);
  reading.catalog.globals->tablespaces.push_back(std::move(tablespace));
}

constexpr std::string_view kParametersSql =
    "SELECT p.parname, o.rolname, p.paracl, pg_catalog.acldefault('p', o.oid)"
    " FROM pg_catalog.pg_parameter_acl p CROSS JOIN pg_catalog.pg_roles o WHERE o.oid = 10 ORDER BY "
    "p.parname";

void take_parameter(Reading& reading, Row& row) {
  GlobalParameter parameter;
  parameter.name = row.text();
  parameter.owner = row.text();
  parameter.acl = row.text();
  parameter.default_acl = row.text();
  reading.catalog.globals->parameters.push_back(std::move(parameter));
}

}  // namespace

void add_globals_check(const Reading& reading, Steps& steps) {
  if (!reading.options.globals || !reading.options.role_passwords) return;
  steps.push_back(
      row_step("the role's privileges", std::string(kPasswordsReadableSql), {}, check_passwords_readable));
}

void add_globals(Reading& reading, Steps& steps) {
  if (!reading.options.globals) return;
  reading.catalog.globals.emplace();
  steps.push_back(row_step("roles", roles_sql(reading.options.role_passwords), {}, take_role));
  steps.push_back(row_step("role settings", std::string(kSettingsOfAllSql), {}, [](Reading& into, Row& row) {
    into.catalog.globals->settings_of_all = row.text_list();
  }));
  steps.push_back(row_step("role memberships", memberships_sql(reading), {}, take_membership));
  steps.push_back(row_step("tablespaces", tablespaces_sql(), {}, take_tablespace));
  if (reading.at_least(15))
    steps.push_back(row_step("parameter privileges", std::string(kParametersSql), {}, take_parameter));
}

}  // namespace pgark::dumper
