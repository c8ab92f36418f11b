#include "restore/script/script_order.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <set>
#include <utility>

#include "restore/lone_partitions.hpp"
#include "restore/plan.hpp"
#include "restore/row_order.hpp"

namespace pgark::restore {

using format::EntryId;
using format::Toc;
using format::TocEntry;

namespace {

using Entries = std::vector<const TocEntry*>;

using Edges = std::vector<std::pair<EntryId, EntryId>>;  // before, after

// The entries, each behind those that an edge puts before it; where that leaves a choice, in the order given.
Entries sorted(const Entries& entries, const Edges& edges) {
  std::map<EntryId, std::size_t> position;
  for (std::size_t i = 0; i < entries.size(); ++i) position[entries[i]->id] = i;
  std::vector<std::vector<std::size_t>> successors(entries.size());
  std::vector<std::size_t> waits_for(entries.size());
  for (const auto& [before, after] : edges) {
    const auto from = position.find(before), to = position.find(after);
    if (from == position.end() || to == position.end()) continue;
    successors[from->second].push_back(to->second);
    ++waits_for[to->second];
  }
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (waits_for[i] == 0) ready.push(i);
  }
  Entries result;
  while (!ready.empty()) {
    const std::size_t next = ready.top();
    ready.pop();
    result.push_back(entries[next]);
    for (const std::size_t successor : successors[next]) {
      if (--waits_for[successor] == 0) ready.push(successor);
    }
  }
  return result;
}

// Sorts the entries that the edges name among the places that they have now; every other one keeps its own.
void order_rows(const RowOrder& order, Entries& entries) {
  std::set<EntryId> named;
  for (const auto& [before, after] : order.edges) named.insert({before, after});
  Entries moved;
  for (const TocEntry* entry : entries) {
    if (named.contains(entry->id)) moved.push_back(entry);
  }
  const Entries ordered = sorted(moved, order.edges);
  auto next = ordered.begin();
  for (const TocEntry*& entry : entries) {
    if (named.contains(entry->id) && next != ordered.end()) entry = *next++;
  }
}

Edges dependencies_of(const Entries& entries) {
  Edges edges;
  for (const TocEntry* entry : entries) {
    for (const EntryId needed : entry->dependencies) edges.emplace_back(needed, entry->id);
  }
  return edges;
}

// Each behind what the edges put before it. Throws archive_damaged where they put one before itself.
Entries sorted_whole(const Entries& entries, const Edges& edges) {
  Entries result = sorted(entries, edges);
  if (result.size() == entries.size()) return result;
  const std::set<const TocEntry*> placed(result.begin(), result.end());
  const auto first =
      std::ranges::find_if(entries, [&placed](const TocEntry* entry) { return !placed.contains(entry); });
  Error error;
  error.code = ErrorCode::archive_damaged;
  error.object = describe(**first);
  error.message = "entries of the archive depend on each other in a circle";
  throw Exception(std::move(error));
}

using Successors = std::multimap<EntryId, EntryId>;

// Whether the edges lead from the one to the other.
bool leads_to(const Successors& successors, EntryId from, EntryId to) {
  std::vector<EntryId> open{from};
  std::set<EntryId> seen{from};
  while (!open.empty()) {
    const EntryId id = open.back();
    open.pop_back();
    if (id == to) return true;
    const auto [begin, end] = successors.equal_range(id);
    for (auto next = begin; next != end; ++next) {
      if (seen.insert(next->second).second) open.push_back(next->second);
    }
  }
  return false;
}

// A lone partition is attached where the plan would do so: behind its rows, indexes and keys.
void order_lone_partitions(const Edges& wanted, Entries& entries) {
  if (wanted.empty()) return;
  Edges edges = dependencies_of(entries);
  Successors successors(edges.begin(), edges.end());
  for (const auto& [before, after] : wanted) {
    if (leads_to(successors, after, before)) continue;
    edges.emplace_back(before, after);
    successors.emplace(before, after);
  }
  entries = sorted_whole(entries, edges);
}

// A comment comes no earlier than what it is about, whose pass may be a late one. REQUIRES: what an entry
// depends on stands before it.
std::map<EntryId, std::uint8_t> passes_of(const Entries& entries) {
  std::map<EntryId, std::uint8_t> passes;
  for (const TocEntry* entry : entries) {
    std::uint8_t pass = own_pass(*entry);
    for (const EntryId needed : entry->dependencies) {
      const auto found = passes.find(needed);
      if (found != passes.end()) pass = std::max(pass, found->second);
    }
    passes[entry->id] = pass;
  }
  return passes;
}

}  // namespace

std::vector<const TocEntry*> script_order(const Toc& toc, const Selection& selection) {
  Entries entries;
  for (const EntryId id : selection.order()) entries.push_back(toc.find(id));
  if (selection.ordered_by_list()) entries = sorted_whole(entries, dependencies_of(entries));
  order_lone_partitions(lone_partition_edges(toc, selection), entries);
  const std::map<EntryId, std::uint8_t> passes = passes_of(entries);
  std::ranges::stable_sort(entries, {}, [&passes](const TocEntry* entry) { return passes.at(entry->id); });
  order_rows(row_order(toc, selection), entries);
  return entries;
}

}  // namespace pgark::restore
