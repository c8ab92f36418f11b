// Which rows must be in a database before others: what decides the order in which a dump sends them to
// somebody who restores them at once. Pure.
#pragma once

#include <unordered_map>
#include <vector>

#include "format/toc.hpp"

namespace pgark::dumper {

// Data entries that come before a data entry, by its id; those that may come at any time are left out.
// An entry waits for others when the table of contents says so (a dump of rows alone, of tables with foreign
// keys), or when its table needs something that is made of rows: a view over a table with a key, say.
using RowNeeds = std::unordered_map<format::EntryId, std::vector<format::EntryId>>;

RowNeeds row_needs(const format::Toc& toc);

}  // namespace pgark::dumper
