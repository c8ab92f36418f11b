#include "restore/script/script_order.hpp"

#include <algorithm>
#include <map>
#include <queue>

#include "restore/row_order.hpp"

namespace pgark::restore {

using format::EntryId;
using format::Toc;
using format::TocEntry;

namespace {

using Entries = std::vector<const TocEntry*>;

// Sorts the entries that the edges name and leaves every other one in its place: always the lowest id that
// may come next.
void order_rows(const Toc& toc, const RowOrder& order, Entries& entries) {
  std::map<EntryId, std::vector<EntryId>> successors;
  std::map<EntryId, std::size_t> waits_for;
  for (const auto& [before, after] : order.edges) {
    successors[before].push_back(after);
    ++waits_for[after];
    waits_for.try_emplace(before);
  }
  std::priority_queue<EntryId, std::vector<EntryId>, std::greater<>> ready;
  for (const auto& [id, count] : waits_for) {
    if (count == 0) ready.push(id);
  }
  std::vector<EntryId> sorted;
  while (!ready.empty()) {
    const EntryId id = ready.top();
    ready.pop();
    sorted.push_back(id);
    for (const EntryId next : successors[id]) {
      if (--waits_for[next] == 0) ready.push(next);
    }
  }
  auto next = sorted.begin();
  for (const TocEntry*& entry : entries) {
    if (waits_for.contains(entry->id) && next != sorted.end()) entry = toc.find(*next++);
  }
}

}  // namespace

std::vector<const TocEntry*> script_order(const Toc& toc, const Selection& selection) {
  Entries entries;
  for (const TocEntry& entry : toc.entries) {
    if (selection.contains(entry.id)) entries.push_back(&entry);
  }
  std::ranges::stable_sort(entries, {}, [](const TocEntry* entry) { return entry->pass; });
  order_rows(toc, row_order(toc, selection), entries);
  return entries;
}

}  // namespace pgark::restore
