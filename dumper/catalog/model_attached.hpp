// Kinds of the catalog model that hang on a relation or on the whole database: policies, extended statistics,
// event triggers, security labels. Conventions: object.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dumper/catalog/object.hpp"

namespace pgark::dumper {

namespace catalog_oid {
inline constexpr Oid kPolicy = 3256, kStatisticExt = 3381, kEventTrigger = 3466;
}

// B50. `relation` is one whose policies are wanted.
struct Policy {
  Oid oid = 0;
  std::string name;
  Index relation = kNone;
  char command = '*';  // r select, a insert, w update, d delete, * all
  bool permissive = true;
  std::vector<std::string> roles;  // raw; empty = PUBLIC
  std::optional<std::string> using_sql, check_sql;
};

// B47.
struct ExtendedStatistics : Object {
  Index relation = kNone;
  int target = -1;             // stxstattarget; -1 = the server's default
  std::string definition_sql;  // pg_get_statisticsobjdef
};

// B51.
struct EventTrigger : Object {
  std::string event;
  std::string function_sql;  // qualified, without arguments
  char enabled = 'O';
  std::vector<std::string> tags;
};

// B59: (classid, objid, objsubid, provider) -> label.
struct SecurityLabel {
  CatalogId object;
  std::int32_t column = 0;
  std::string provider, label;
};

}  // namespace pgark::dumper
