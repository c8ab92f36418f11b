// Reads access privileges as the server prints them and turns the difference between two lists into GRANT and
// REVOKE (SCHEMA_COVERAGE B61). Pure functions. Source: PostgreSQL documentation, "Privileges".
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/error.hpp"

namespace pgark::dumper {

// One aclitem: grantee=letters/grantor. A letter followed by '*' carries the grant option.
struct AclItem {
  std::string grantee;  // raw; empty = PUBLIC
  std::string letters;  // in the server's order, without the stars
  std::string options;  // the letters that carry the grant option
  std::string grantor;  // raw
};

// Errors: protocol. `text` is one item, not the array.
Result<AclItem> parse_acl_item(std::string_view text);

// The kinds of objects that have privileges of their own set of letters.
enum class AclKind {
  table,
  column,
  sequence,
  function,
  type,
  schema,
  language,
  foreign_data,
  database,
  large_object,
  tablespace,
  parameter
};

struct AclRequest {
  AclKind kind = AclKind::table;
  std::string prefix;   // before GRANT or REVOKE: "ALTER DEFAULT PRIVILEGES ... "
  std::string target;   // "FUNCTION s.f(integer)", what follows ON
  std::string column;   // raw, AclKind::column only
  std::string owner;    // raw role name
  std::string base;     // aclitem[] text: what the object has when it is created
  std::string current;  // aclitem[] text: what it must have
  int server_version_num = 0;
  // Of all roles. The server prints one that was dropped as a number: items that name it are left out.
  // nullptr: every name is taken for a role.
  const std::unordered_set<std::string>* role_names = nullptr;
};

// The statements in the order they must run; empty when there is no difference. Grants by others than the
// owner run between SET SESSION AUTHORIZATION and RESET. Errors: protocol for text that is no ACL.
struct AclScript {
  std::vector<std::string> statements;
  std::vector<std::string> roles;     // raw names that the statements may name, without the owner; sorted
  std::vector<std::string> grantors;  // raw names of roles other than the owner in whose name statements run
  std::vector<std::string> left_out;  // items of `current` that name a dropped role: "16390=r/postgres"
};
Result<AclScript> acl_script(const AclRequest& request);

// What a list of privileges (aclitem[] text) grants `role` itself or PUBLIC; groups that it is in do not
// count. False for text that is no ACL.
bool is_granted(const std::string& acl, std::string_view role, char letter);

}  // namespace pgark::dumper
