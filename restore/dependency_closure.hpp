// What chosen entries of an archive need of it (--with-dependencies). Pure.
//
// Followed are the dependencies of the table of contents: schemas, types, functions, sequences, extensions,
// the parents of partitions, and of a foreign key the table, its rows and the key that it refers to. What
// text hides from the catalogs (the body of a function that is a string) hides it from here too.
#pragma once

#include <functional>
#include <vector>

#include "format/toc.hpp"

namespace pgark::restore {

struct ClosureRules {
  // Whether the entry is restored when it is chosen: of others nothing is needed.
  std::function<bool(const format::TocEntry&)> is_restored;
  // Whether it must not be taken although it is needed.
  std::function<bool(const format::TocEntry&)> is_excluded;
};

// Adds to `chosen` (by entry id) what the chosen entries need, to the end. A table that is added comes with
// its rows, defaults, sequences, checks and row security, which make it what it is; not with its indexes,
// triggers, rules and foreign keys, which nothing else needs. Returns those that are needed but excluded.
std::vector<format::EntryId> add_dependencies(const format::Toc& toc, const ClosureRules& rules,
                                              std::vector<bool>& chosen);

}  // namespace pgark::restore
