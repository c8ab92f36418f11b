// In which order the selected entries of an archive stand in a script. Pure.
#pragma once

#include <vector>

#include "format/toc.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

// Dump order within each restore pass (SCHEMA_COVERAGE D6), except that rows come before the rows that refer
// to them where the script does not create the foreign key itself (D5), and that a partition whose
// partitioned table is not chosen along is attached behind its rows, indexes and keys (lone_partitions.hpp).
// Throws archive_damaged when entries that have to be sorted anew depend on each other in a circle.
std::vector<const format::TocEntry*> script_order(const format::Toc& toc, const Selection& selection);

}  // namespace pgark::restore
