#include "dumper/ddl/globals_entries.hpp"

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "base/array_text.hpp"
#include "base/sql_quote.hpp"
#include "dumper/ddl/acl_item.hpp"
#include "dumper/ddl/sql_clauses.hpp"

namespace pgark::dumper {
namespace {

using format::TocEntry;

constexpr std::uint32_t kMembershipOptionsVersion = 160000;

TocEntry entry_of(std::string kind, std::string name) {
  TocEntry entry;
  entry.kind = std::move(kind);
  entry.name = std::move(name);
  return entry;
}

void add(TocEntry& entry, std::string sql) {
  entry.create.push_back({std::move(sql), 0, 0});
}

void add_comment_and_labels(TocEntry& entry, const std::string& target,
                            const std::optional<std::string>& comment,
                            const std::vector<SharedLabel>& labels) {
  if (comment) add(entry, "COMMENT ON " + target + " IS " + quote_literal(*comment));
  for (const SharedLabel& label : labels) {
    add(entry, security_label_sql(label.provider, target, label.label));
  }
}

std::string attributes_sql(const GlobalRole& role) {
  const auto word = [](bool value, const char* name) { return std::string(value ? " " : " NO") + name; };
  std::string sql = word(role.superuser, "SUPERUSER") + word(role.inherit, "INHERIT") +
                    word(role.create_role, "CREATEROLE") + word(role.create_db, "CREATEDB") +
                    word(role.can_login, "LOGIN") + word(role.replication, "REPLICATION") +
                    word(role.bypass_rls, "BYPASSRLS") + " CONNECTION LIMIT " +
                    std::to_string(role.connection_limit);
  if (role.valid_until) sql += " VALID UNTIL " + quote_literal(*role.valid_until);
  return sql;
}

void write_role(Emitter& out, const GlobalRole& role) {
  const std::string name = quote_identifier(role.name);
  TocEntry entry = entry_of("ROLE", role.name);
  add(entry, "CREATE ROLE " + name);
  add(entry, "ALTER ROLE " + name + " WITH" + attributes_sql(role));
  add_comment_and_labels(entry, "ROLE " + name, role.comment, role.labels);
  const format::EntryId id = out.add_raw(std::move(entry));
  if (!role.password) return;
  TocEntry password = entry_of("ROLE PASSWORD", role.name);
  password.dependencies = {id};
  add(password, "ALTER ROLE " + name + " PASSWORD " + quote_literal(*role.password));
  out.add_raw(std::move(password));
}

// After all roles: a setting may name another one.
void write_settings(Emitter& out, const std::string& role, const std::vector<std::string>& settings) {
  if (settings.empty()) return;
  TocEntry entry = entry_of("ROLE SETTINGS", role.empty() ? "ALL" : role);
  const std::string target = role.empty() ? "ALL" : quote_identifier(role);
  for (const std::string& setting : settings)
    add(entry, "ALTER ROLE " + target + " SET " + setting_sql(setting));
  if (!role.empty()) entry.roles = {role};
  out.add_raw(std::move(entry));
}

// From 16 on, who grants must have been granted the role with the admin option, except the bootstrap
// superuser, whose name the target need not share: without GRANTED BY it is the one that counts there.
void add_membership(TocEntry& entry, const GlobalMembership& grant, bool options_known) {
  const std::string head = "GRANT " + quote_identifier(grant.role) + " TO " + quote_identifier(grant.member);
  const std::string by = grant.grantor.empty() ? "" : " GRANTED BY " + quote_identifier(grant.grantor);
  const std::string before = head + (grant.admin ? " WITH ADMIN OPTION" : "");
  entry.create.push_back({before + by, 0, kMembershipOptionsVersion});
  if (!options_known) {
    entry.create.push_back({before, kMembershipOptionsVersion, 0});
    return;
  }
  const auto option = [](const char* name, bool value) {
    return std::string(name) + (value ? " TRUE" : " FALSE");
  };
  const std::string since = head + " WITH " + option("ADMIN", grant.admin) + ", " +
                            option("INHERIT", grant.inherit) + ", " + option("SET", grant.set);
  entry.create.push_back({since + (grant.by_bootstrap_superuser ? "" : by), kMembershipOptionsVersion, 0});
}

// The grants of one role, each after the one that its grantor stands on.
std::vector<GlobalMembership> in_grantable_order(std::deque<GlobalMembership> grants) {
  std::vector<GlobalMembership> ordered;
  std::set<std::string> admins;
  while (!grants.empty()) {
    auto next = std::ranges::find_if(grants, [&](const GlobalMembership& grant) {
      return grant.by_bootstrap_superuser || grant.grantor.empty() || admins.contains(grant.grantor);
    });
    if (next == grants.end()) next = grants.begin();  // before 16 anybody may be named
    if (next->admin) admins.insert(next->member);
    ordered.push_back(std::move(*next));
    grants.erase(next);
  }
  return ordered;
}

void write_memberships(Emitter& out, const std::vector<GlobalMembership>& memberships) {
  const bool options_known = out.catalog().database.server_version_num >= 160000;
  for (auto first = memberships.begin(); first != memberships.end();) {
    const auto last = std::find_if(first, memberships.end(),
                                   [&](const GlobalMembership& other) { return other.role != first->role; });
    TocEntry entry = entry_of("ROLE MEMBERSHIP", first->role);
    std::set<std::string> named{first->role};
    for (const GlobalMembership& grant : in_grantable_order({first, last})) {
      named.insert(grant.member);
      const bool names_grantor = options_known && !grant.by_bootstrap_superuser && !grant.grantor.empty();
      if (names_grantor) named.insert(grant.grantor);
      add_membership(entry, grant, options_known);
    }
    entry.roles.assign(named.begin(), named.end());
    out.add_raw(std::move(entry));
    first = last;
  }
}

Result<void> add_acl(Emitter& out, TocEntry& entry, AclRequest request) {
  request.role_names = &out.catalog().role_names;
  auto script = acl_script(request);
  if (!script) return tl::unexpected(script.error());
  out.context().note_left_out(request.target, script->left_out);
  if (script->statements.empty()) return {};
  for (std::string& sql : script->statements) add(entry, std::move(sql));
  entry.roles = std::move(script->roles);
  out.add_raw(std::move(entry));
  return {};
}

// Inside the data directory (15+: allow_in_place_tablespaces) a tablespace has no location of its own.
std::string location_of(const GlobalTablespace& tablespace) {
  return tablespace.location.starts_with('/') ? tablespace.location : std::string();
}

Result<void> write_tablespace(Emitter& out, const GlobalTablespace& tablespace) {
  const std::string name = quote_identifier(tablespace.name), target = "TABLESPACE " + name;
  TocEntry entry = entry_of("TABLESPACE", tablespace.name);
  entry.owner = tablespace.owner;
  entry.owner_object = target;
  add(entry, "CREATE " + target + " LOCATION " + quote_literal(location_of(tablespace)));
  if (!tablespace.options.empty())
    add(entry, "ALTER " + target + " SET (" + options_sql(tablespace.options) + ")");
  add_comment_and_labels(entry, target, tablespace.comment, tablespace.labels);
  const format::EntryId id = out.add_raw(std::move(entry));
  if (!tablespace.acl) return {};
  TocEntry acl = entry_of("ACL", target);
  acl.owner = tablespace.owner;
  acl.pass = format::Pass::acl;
  acl.dependencies = {id};
  AclRequest request;
  request.kind = AclKind::tablespace;
  request.target = target;
  request.owner = tablespace.owner;
  request.base = tablespace.default_acl;
  request.current = *tablespace.acl;
  request.server_version_num = out.catalog().database.server_version_num;
  return add_acl(out, acl, std::move(request));
}

Result<void> write_parameter(Emitter& out, const GlobalParameter& parameter) {
  TocEntry entry = entry_of("PARAMETER ACL", parameter.name);
  AclRequest request;
  request.kind = AclKind::parameter;
  request.target = "PARAMETER " + quote_identifier(parameter.name);
  request.owner = parameter.owner;
  request.base = parameter.default_acl;
  request.current = parameter.acl;
  request.server_version_num = out.catalog().database.server_version_num;
  return add_acl(out, entry, std::move(request));
}

}  // namespace

Result<void> write_globals(Emitter& out) {
  if (!out.catalog().globals) return {};
  const Globals& globals = *out.catalog().globals;
  for (const GlobalRole& role : globals.roles) write_role(out, role);
  write_settings(out, {}, globals.settings_of_all);
  for (const GlobalRole& role : globals.roles) write_settings(out, role.name, role.settings);
  write_memberships(out, globals.memberships);
  for (const GlobalTablespace& tablespace : globals.tablespaces) {
    if (auto written = write_tablespace(out, tablespace); !written) return written;
  }
  for (const GlobalParameter& parameter : globals.parameters) {
    if (auto written = write_parameter(out, parameter); !written) return written;
  }
  return {};
}

}  // namespace pgark::dumper
