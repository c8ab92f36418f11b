// Partitions that are restored without the table which they are part of.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "base/events.hpp"
#include "format/toc.hpp"
#include "protocol/connection.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

// Selected entries that attach a partition or its index to what is not selected. Each ascending.
struct LoneAttachments {
  // The partitioned table or its index is not in the target either, or the partition comes under another
  // name: it becomes a table of its own.
  std::vector<format::EntryId> never;
  // It is there. Attaching the partition before it has its indexes and keys would make others in their place.
  std::vector<format::EntryId> late;
};

// `original`: the same entries before names were changed. Partitions that become tables of their own are
// told.
boost::asio::awaitable<LoneAttachments> find_lone_attachments(protocol::Connection& connection,
                                                              const format::Toc& toc,
                                                              const format::Toc& original,
                                                              const Selection& selection, EventSink& events);

}  // namespace pgark::restore
