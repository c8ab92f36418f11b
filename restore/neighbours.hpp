// Restoring beside what is in the target, under other names (--rename-schema, --rename-table).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "base/events.hpp"
#include "format/toc.hpp"
#include "protocol/connection.hpp"
#include "protocol/wire/result_set.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

// The selected entries whose objects are there already, given what objects_sql() (proof/object_checks.hpp)
// returned: by kind, schema and name, relations and indexes among themselves. Extensions and the schema
// public are meant to be there. Pure.
std::vector<const format::TocEntry*> present_already(const format::Toc& toc, const Selection& selection,
                                                     const wire::ResultSet& objects);

// Selected entries that change what is there, rather than create something. Pure.
std::vector<const format::TocEntry*> changes_in_place(const format::Toc& toc, const Selection& selection);

// In place of check_empty(): throws target_not_empty, naming what would collide and what would change. Warns
// of extensions that are there in another schema than the entries will look for them in.
boost::asio::awaitable<void> check_beside(protocol::Connection& connection, const format::Toc& toc,
                                          const Selection& selection, EventSink& events);

}  // namespace pgark::restore
