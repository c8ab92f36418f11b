// The statements that restore one entry. Pure.
//
// An entry gives one or more units. A unit is run as a whole or not at all; when one fails that is not
// essential (the owner, a database property), the entry is reported but what depends on it goes on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/toc.hpp"
#include "restore/options.hpp"
#include "restore/row_conversion.hpp"

namespace pgark::restore {

struct DdlUnit {
  const format::TocEntry* entry = nullptr;
  std::vector<std::string> statements;  // never empty
  bool essential = true;
  bool creates = false;      // looks at the default tablespace and access method
  std::uint32_t number = 0;  // among the units that create_units() gives for the entry
  bool recorded = true;      // by a Journal; not: a weaker form of a unit that failed, statistics
  const char* instead = "";  // of a weaker form: what has been done then
  bool sets_owner = false;
};

// Settings that entries need different values of, as the session has them; nullopt = not known. A transaction
// that is rolled back takes its changes along, so keep a copy.
struct SessionState {
  std::optional<std::string> tablespace, access_method;
  bool operator==(const SessionState&) const = default;
};

// Empty when the entry has nothing to run on this target.
std::vector<DdlUnit> create_units(const format::TocEntry& entry, const RestoreOptions& options,
                                  int target_version_num);
// What to do in place of a unit that failed like this; nullopt when there is nothing.
std::optional<DdlUnit> weaker_form(const DdlUnit& unit, const Error& error);
// The message of the unit's failure, with what helps against it.
std::string told_with(const DdlUnit& unit, std::string message);
// Nothing is lost when it fails like this: the comment of an extension comes with the extension.
bool is_dispensable(const DdlUnit& unit, const Error& error);
// A check that holds for new rows only: nullopt unless the unit adds one that is to be validated.
std::optional<DdlUnit> not_valid_form(const DdlUnit& unit);
// Grants of others, made by the role that restores: nullopt unless the unit becomes another role.
std::optional<DdlUnit> own_grants_form(const DdlUnit& unit);
// The statements that give the entry its owner: one, or one for each large object of a group.
std::vector<std::string> owner_statements(const format::TocEntry& entry);
// Appends the unit's statements, preceded by the settings that they need and `state` lacks (A5.4); brings
// `state` up to date.
void append_statements(const DdlUnit& unit, SessionState& state, std::vector<std::string>& out);
// The drops of an entry, one unit each.
std::vector<DdlUnit> drop_units(const format::TocEntry& entry, int target_version_num);

bool applies_to(const format::SqlStatement& statement, int target_version_num);

// The relation at the front of a TABLE DATA entry's copy_target: `s.t (a, b)`.
struct CopyTarget {
  std::string relation_sql;          // quoted, as it stands there
  std::string schema, name;          // raw
  std::vector<std::string> columns;  // raw; none: not listed, or a table without any
};
// nullopt when it does not begin with a qualified name.
std::optional<CopyTarget> parse_copy_target(std::string_view copy_target);

// What begins the load of a TABLE DATA entry. `frozen`: into a table that was made or emptied in the same
// transaction.
std::string copy_sql(const format::TocEntry& entry, RowForm form = RowForm::text, bool frozen = false);

// Adds what is known of the entry to an error of one of its statements: object, and the statement cut to one
// line, unless it may hold a password.
Error with_entry(Error error, const format::TocEntry& entry, std::string_view sql);

}  // namespace pgark::restore
