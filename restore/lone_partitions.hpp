// Partitions that are restored without the table which they are part of: a TABLE ATTACH entry is selected,
// and the partitioned table is not. Where that is in the target, the partition goes back into it: attached
// when it has its own indexes and keys, in whose places the server would otherwise make others; section by
// section, that is the run with post-data. Where it is not, the partition becomes a table of its own.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <utility>
#include <vector>

#include "base/events.hpp"
#include "format/toc.hpp"
#include "protocol/connection.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

// What they ask for beyond what the archive says: the first entry before the second. An edge that would close
// a circle is to be left out. Pure.
std::vector<std::pair<format::EntryId, format::EntryId>> lone_partition_edges(const format::Toc& toc,
                                                                              const Selection& selection);

struct SettledAttachments {
  // Where the partitioned table is not in the target, or the partition comes under another name than it had:
  // the entries that attach it and its indexes, and those that switch triggers which it would have been
  // handed down.
  std::vector<format::EntryId> left_out;
  // Those of partitions that an earlier run has attached.
  std::vector<format::EntryId> there;
};

// Which attachments that are chosen are not to be made. `original`: the same entries before names were
// changed. Told are the partitions that become tables of their own, and those whose attachment is left to a
// run with section post-data (Selection::put_off).
boost::asio::awaitable<SettledAttachments> settle_attachments(protocol::Connection& connection,
                                                              const format::Toc& toc,
                                                              const format::Toc& original,
                                                              const Selection& selection, EventSink& events);
// The same for a target that nobody can ask: it is taken to have the partitioned tables, and no partition
// yet.
SettledAttachments settle_attachments(const format::Toc& toc, const format::Toc& original,
                                      const Selection& selection, EventSink& events);

}  // namespace pgark::restore
