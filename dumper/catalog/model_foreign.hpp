// Kinds of the catalog model that reach data elsewhere: foreign data wrappers, servers, user mappings.
// Foreign tables are relations. Conventions: object.hpp. Option lists are ready SQL: name 'value'; those of
// mappings usually hold passwords and must not reach a message.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dumper/catalog/object.hpp"

namespace pgark::dumper {

namespace catalog_oid {
inline constexpr Oid kForeignDataWrapper = 2328, kForeignServer = 1417, kUserMapping = 1418;
}

struct ForeignDataWrapper : Object {
  std::string handler_sql, validator_sql;  // qualified functions; empty when there is none
  std::vector<std::string> options;
};

struct ForeignServer : Object {
  std::string wrapper;        // raw
  std::string type, version;  // raw; empty when there is none
  std::vector<std::string> options;
};

struct UserMapping {
  Oid oid = 0;
  std::string user;      // raw; empty = PUBLIC
  Index server = kNone;  // Catalog::foreign_servers
  std::vector<std::string> options;
  std::uint8_t components = 0;
  bool hidden = false;  // the role that reads may not see its options
};

}  // namespace pgark::dumper
