// Which TABLE ATTACH entries belong to post-data, although the archive has them in pre-data. Pure.
#pragma once

#include <vector>

#include "format/toc.hpp"

namespace pgark::restore {

// Those of partitions whose partitioned table is not chosen along: a live table, in which the server would
// make indexes and keys for a partition that has none yet, in the places of the archive's. `chosen`: by entry
// id, whatever the section. Left out are partitions whose rows go in through the partitioned table.
std::vector<format::EntryId> late_attachments(const format::Toc& toc, const std::vector<bool>& chosen);

}  // namespace pgark::restore
