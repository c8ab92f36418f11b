#include "restore/late_attachments.hpp"

#include <set>

#include "restore/row_order.hpp"

namespace pgark::restore {

using format::EntryId;
using format::Toc;
using format::TocEntry;

std::vector<EntryId> late_attachments(const Toc& toc, const std::vector<bool>& chosen) {
  std::set<EntryId> late;
  for (const TocEntry& entry : toc.entries) {
    if (entry.kind != "TABLE ATTACH" || !chosen[entry.id]) continue;
    const auto partition = partition_of(toc, entry);
    if (partition && !chosen[partition->parent]) late.insert(entry.id);
  }
  if (late.empty()) return {};
  for (const TocEntry& entry : toc.entries) {
    if (entry.kind != "TABLE DATA" || !chosen[entry.id]) continue;
    for (const EntryId id : entry.dependencies) late.erase(id);
  }
  return {late.begin(), late.end()};
}

}  // namespace pgark::restore
