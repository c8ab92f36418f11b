#include "restore/script/script_order.hpp"

#include <algorithm>
#include <functional>
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

// The selected entries, each behind what it needs; where that leaves a choice, in the selection's order.
Entries in_selected_order(const Toc& toc, const Selection& selection) {
  const std::vector<EntryId>& wanted = selection.order();
  std::map<EntryId, std::size_t> position, waits_for;
  std::map<EntryId, std::vector<EntryId>> successors;
  for (std::size_t i = 0; i < wanted.size(); ++i) position[wanted[i]] = i;
  for (const EntryId id : wanted) {
    for (const EntryId needed : toc.find(id)->dependencies) {
      if (!selection.contains(needed)) continue;
      successors[needed].push_back(id);
      ++waits_for[id];
    }
  }
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (const EntryId id : wanted) {
    if (waits_for[id] == 0) ready.push(position[id]);
  }
  Entries entries;
  while (!ready.empty()) {
    const EntryId id = wanted[ready.top()];
    ready.pop();
    entries.push_back(toc.find(id));
    for (const EntryId next : successors[id]) {
      if (--waits_for[next] == 0) ready.push(position[next]);
    }
  }
  return entries;
}

Entries in_archive_order(const Toc& toc, const Selection& selection) {
  Entries entries;
  for (const EntryId id : selection.order()) entries.push_back(toc.find(id));
  return entries;
}

}  // namespace

std::vector<const TocEntry*> script_order(const Toc& toc, const Selection& selection) {
  Entries entries =
      selection.ordered_by_list() ? in_selected_order(toc, selection) : in_archive_order(toc, selection);
  std::ranges::stable_sort(entries, {}, [](const TocEntry* entry) { return entry->pass; });
  order_rows(toc, row_order(toc, selection), entries);
  return entries;
}

}  // namespace pgark::restore
