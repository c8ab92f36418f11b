#include "dumper/graph/loop_finder.hpp"

#include <algorithm>
#include <deque>

namespace pgark::dumper {
namespace {

// Marks objects on no loop at all, so that the search for loops never wanders among them: what no unplaced
// object needs, or needs nothing unplaced, repeatedly (the sort has already removed the former).
std::vector<bool> trim(const DumpGraph& graph, const std::vector<DumpId>& unplaced) {
  std::vector<bool> alive(graph.size(), false);
  for (const DumpId id : unplaced) alive[id] = true;
  std::vector<std::uint32_t> needs(graph.size(), 0);
  std::vector<std::vector<DumpId>> needed_by(graph.size());
  for (const DumpId id : unplaced) {
    for (const DumpId needed : graph[id].dependencies) {
      if (!alive[needed]) continue;
      ++needs[id];
      needed_by[needed].push_back(id);
    }
  }
  std::vector<DumpId> bare;
  for (const DumpId id : unplaced) {
    if (needs[id] == 0) bare.push_back(id);
  }
  while (!bare.empty()) {
    const DumpId id = bare.back();
    bare.pop_back();
    alive[id] = false;
    for (const DumpId user : needed_by[id]) {
      if (--needs[user] == 0) bare.push_back(user);
    }
  }
  return alive;
}

std::vector<Loop> pairs(const DumpGraph& graph, const std::vector<DumpId>& unplaced,
                        std::vector<bool>& free) {
  std::vector<Loop> found;
  for (const DumpId id : unplaced) {
    if (!free[id]) continue;
    for (const DumpId needed : graph[id].dependencies) {
      if (needed <= id || !free[needed] || !graph.depends(needed, id)) continue;
      found.push_back({id, needed});
      free[id] = free[needed] = false;
      break;
    }
  }
  return found;
}

// Breadth-first from `start` over free objects: the shortest loop through it. Objects that were reached but
// lie on no such loop are remembered in `visited_from` only for this search.
class ShortestLoop {
 public:
  ShortestLoop(const DumpGraph& graph, const std::vector<bool>& free)
      : graph_(graph), free_(free), came_from_(graph.size(), kNoDump), seen_(graph.size(), 0) {}

  Loop through(DumpId start) {
    ++round_;
    queue_.assign(1, start);
    seen_[start] = round_;
    while (!queue_.empty()) {
      const DumpId id = queue_.front();
      queue_.pop_front();
      for (const DumpId needed : graph_[id].dependencies) {
        if (needed == start) return path(start, id);
        if (!free_[needed] || seen_[needed] == round_) continue;
        seen_[needed] = round_;
        came_from_[needed] = id;
        queue_.push_back(needed);
      }
    }
    return {};
  }

 private:
  Loop path(DumpId start, DumpId last) const {
    Loop loop;
    for (DumpId id = last; id != start; id = came_from_[id]) loop.push_back(id);
    loop.push_back(start);
    std::reverse(loop.begin(), loop.end());
    return loop;
  }

  const DumpGraph& graph_;
  const std::vector<bool>& free_;
  std::vector<DumpId> came_from_;
  std::vector<std::uint32_t> seen_;
  std::uint32_t round_ = 0;
  std::deque<DumpId> queue_;
};

// Constraints, indexes and the boundaries may be part of many loops found at once (a hundred views that all
// need one primary key); what a repair acts on may not.
bool may_be_shared(const DumpGraph& graph, DumpId id) {
  return id == graph.pre_boundary() || id == graph.post_boundary() ||
         graph[id].section == format::Section::post_data;
}

std::vector<Loop> longer(const DumpGraph& graph, const std::vector<DumpId>& starts, std::vector<bool>& free) {
  std::vector<Loop> found;
  ShortestLoop search(graph, free);
  for (const DumpId id : starts) {
    if (!free[id]) continue;
    Loop loop = search.through(id);
    if (loop.empty()) free[id] = false;
    for (const DumpId member : loop) {
      if (!may_be_shared(graph, member)) free[member] = false;
    }
    if (!loop.empty()) found.push_back(std::move(loop));
  }
  return found;
}

}  // namespace

bool is_intact(const DumpGraph& graph, const Loop& loop) {
  for (std::size_t i = 0; i < loop.size(); ++i) {
    if (!graph.depends(loop[i], loop[(i + 1) % loop.size()])) return false;
  }
  return true;
}

std::vector<Loop> find_loops(const DumpGraph& graph, const std::vector<DumpId>& unplaced) {
  std::vector<bool> free = trim(graph, unplaced);
  std::vector<Loop> found = pairs(graph, unplaced, free);
  if (!found.empty()) return found;
  // Every loop through the sections passes through some pre-data object; starting from the table data, of
  // which there are many, would only find the same loops again at greater length.
  std::vector<DumpId> starts;
  for (const DumpId id : unplaced) {
    if (graph[id].section == format::Section::pre_data || graph[id].section == format::Section::none) {
      if (!may_be_shared(graph, id)) starts.push_back(id);
    }
  }
  found = longer(graph, starts, free);
  if (!found.empty()) return found;
  free = trim(graph, unplaced);
  return longer(graph, unplaced, free);
}

}  // namespace pgark::dumper
