// New names for what hangs on a renamed table and has a name in its schema: indexes, those of primary keys
// and of unique and exclusion constraints, the sequences of its columns, extended statistics. Beside the
// table of the old name they would collide. Pure.
#pragma once

#include <vector>

#include "restore/adapt/renames.hpp"

namespace pgark::restore {

// For each table in `renames.tables` whose schema keeps its name. The old name of the table is replaced where
// it stands in the name, otherwise "_" and the new one go behind it; a number makes it unique. Adds a note
// for each.
void add_derived_names(const format::Toc& toc, Renames& renames, std::vector<AdaptationNote>& notes);

}  // namespace pgark::restore
