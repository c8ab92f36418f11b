#include "format/entry_properties.hpp"

#include <array>
#include <string>
#include <string_view>

#include "base/sql_quote.hpp"
#include "format/entry_kind.hpp"

namespace pgark::format {
namespace {

constexpr std::array<std::string_view, 6> kGlobalKinds{
    "ROLE", "ROLE PASSWORD", "ROLE SETTINGS", "ROLE MEMBERSHIP", "TABLESPACE", "PARAMETER ACL"};

// Takes ` TABLESPACE = name` from the end, whether or not the archive quotes every name.
void drop_tablespace_clause(std::string& sql, const std::string& tablespace) {
  for (const bool quote_all : {false, true}) {
    const QuoteAllIdentifiers quoting(quote_all);
    const std::string clause = " TABLESPACE = " + quote_identifier(tablespace);
    if (!sql.ends_with(clause)) continue;
    sql.resize(sql.size() - clause.size());
    return;
  }
}

// A database names its tablespace in a clause of its own, at the end of CREATE DATABASE.
void drop_tablespace(TocEntry& entry) {
  if (!entry.takes_tablespace && !entry.tablespace.empty()) {
    for (SqlStatement& statement : entry.create) drop_tablespace_clause(statement.sql, entry.tablespace);
  }
  entry.tablespace.clear();
  entry.takes_tablespace = false;
}

}  // namespace

bool is_global(const TocEntry& entry) {
  return is_one_of(entry.kind, kGlobalKinds);
}

bool drops_properties(const ContentChoice& choice) {
  return choice.no_owner || choice.no_tablespaces || choice.no_table_access_method;
}

void drop_properties(TocEntry& entry, const ContentChoice& choice) {
  if (choice.no_owner) {
    entry.owner.clear();
    entry.owner_object.clear();
  }
  if (choice.no_tablespaces) drop_tablespace(entry);
  if (choice.no_table_access_method) entry.access_method.clear();
}

}  // namespace pgark::format
