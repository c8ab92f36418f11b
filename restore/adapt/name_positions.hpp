// Finds the names in the SQL of an entry that go through a schema, as apart from columns that go through an
// alias: in `SELECT a.id FROM a.users a` the second `a` is a schema, the first is not. Pure.
//
// Decided by grammar alone, for SQL as the server deparses it and as pgark writes it: keywords in capitals,
// names that hold capitals in quotes, every name outside pg_catalog with its schema.
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/sql_lexer.hpp"

namespace pgark::restore {

struct SchemaName {
  std::size_t at = 0;  // the token that is the schema; the object's is at + 2
  // In a query: rows come from it or go into it, so that its name is the alias too when none follows.
  bool takes_rows = false, inserts = false;
};

struct NamePositions {
  std::vector<SchemaName> schemas;   // ascending
  std::vector<std::size_t> aliases;  // tokens with the name of a schema that are something else
};

// `kind`: of the entry. Looks at names that are in `schemas` only.
NamePositions find_schema_names(std::span<const SqlToken> tokens, std::string_view kind,
                                const std::set<std::string>& schemas);

// A word in capitals: the server and pgark write no names like that without quotes.
bool is_keyword(const SqlToken& token);

}  // namespace pgark::restore
