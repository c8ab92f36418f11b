// The order in which rows must be loaded when foreign keys exist already, as in a data-only restore: rows
// before the rows that refer to them (SCHEMA_COVERAGE D5). Pure.
#pragma once

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "format/toc.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

struct RowOrder {
  // TABLE DATA entries: the first before the second. Free of circles: where tables refer to each other in a
  // circle one edge is left out, and the server decides.
  std::vector<std::pair<format::EntryId, format::EntryId>> edges;
  // TABLE DATA entries whose table refers to itself: all rows belong in one transaction.
  std::set<format::EntryId> in_one_piece;
};

struct Partition {
  format::EntryId child = 0, parent = 0;  // TABLE entries
};
// What a TABLE ATTACH entry attaches, and to which table; nullopt when it does not name both.
std::optional<Partition> partition_of(const format::Toc& toc, const format::TocEntry& attach);

// Looks at the foreign keys that this restore does not create itself.
RowOrder row_order(const format::Toc& toc, const Selection& selection);

}  // namespace pgark::restore
