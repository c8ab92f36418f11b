// Whether the catalogs still say what the dump's snapshot says (SCHEMA_COVERAGE A2.5). pg_get_* and
// format_type read what is committed now, and only tables can be locked: a view, function or type that is
// renamed between the snapshot and the reading of a text that mentions it would leave an archive that
// contradicts itself. So the state of all objects that such texts can mention is taken twice, inside the
// snapshot and by another session afterwards.
//
// The state leaves out what no text shows (statistics, file numbers), so that VACUUM, ANALYZE, TRUNCATE or
// REFRESH elsewhere do not disturb. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "protocol/wire/result_set.hpp"

namespace pgark::dumper {

// The transactions that the session's snapshot takes for ended, and whether the server is a standby. Equal on
// a primary when nothing at all was committed, and then there is nothing to compare. (A standby's snapshot
// keeps what is under way elsewhere, and its text does not show it.)
std::string commits_sql();
// One number for everything: equal in both sessions when nothing that matters happened.
std::string catalog_sum_sql();
// A row for each object: kind, name, OID, column, state. For when the sums differ.
std::string catalog_state_sql();

// Objects of `before` that are gone or different in `after`, as "view public.v"; those that came are no harm.
std::vector<std::string> changed_objects(const wire::ResultSet& before, const wire::ResultSet& after);

}  // namespace pgark::dumper
