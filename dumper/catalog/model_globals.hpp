// What all databases of a cluster share (SCHEMA_COVERAGE B02), as read when it is to be saved. Plain values.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pgark::dumper {

struct SharedLabel {
  std::string provider, label;
};

struct GlobalRole {
  std::string name;
  bool superuser = false, inherit = true, create_role = false, create_db = false, can_login = false,
       replication = false, bypass_rls = false;
  int connection_limit = -1;
  std::optional<std::string> valid_until, password, comment;  // the password as it is stored
  std::vector<std::string> settings;                          // "name=value", for all databases
  std::vector<SharedLabel> labels;
};

// `member` belongs to `role`. Before 16 the grant alone decides, and inherit and set are not told.
struct GlobalMembership {
  std::string role, member;
  std::string grantor;  // empty: gone
  bool by_bootstrap_superuser = false;
  bool admin = false;
  bool inherit = true, set = true;
};

struct GlobalTablespace {
  std::string name, owner, location;
  std::optional<std::string> acl, comment;
  std::string default_acl;
  std::vector<std::string> options;  // "name=value"
  std::vector<SharedLabel> labels;
};

struct GlobalParameter {
  std::string name, owner;  // the owner of all parameters: the bootstrap superuser
  std::string acl, default_acl;
};

struct Globals {
  std::vector<GlobalRole> roles;              // by name
  std::vector<GlobalMembership> memberships;  // by role
  std::vector<std::string> settings_of_all;   // ALTER ROLE ALL SET
  std::vector<GlobalTablespace> tablespaces;  // by name
  std::vector<GlobalParameter> parameters;    // by name
};

}  // namespace pgark::dumper
