// Entries of a table of contents with schemas and relations by their new names: their fields and their SQL.
// Pure.
#pragma once

#include <vector>

#include "restore/adapt/renames.hpp"

namespace pgark::restore {

// Changes every entry, in order; adds notes for what stays and may be meant.
void rename_entries(format::Toc& toc, const Renames& renames, std::vector<AdaptationNote>& notes);

}  // namespace pgark::restore
