#include "dumper/graph/topological_sort.hpp"

#include <algorithm>
#include <queue>

namespace pgark::dumper {

SortOutcome topological_sort(const DumpGraph& graph) {
  const auto count = static_cast<DumpId>(graph.size());
  std::vector<std::uint32_t> waiting(count, 0);  // unplaced objects that need this one
  for (DumpId id = 0; id < count; ++id) {
    for (const DumpId needed : graph[id].dependencies) ++waiting[needed];
  }
  std::priority_queue<DumpId> ready;
  for (DumpId id = 0; id < count; ++id) {
    if (waiting[id] == 0) ready.push(id);
  }
  SortOutcome outcome;
  std::vector<bool> placed(count, false);
  outcome.order.reserve(count);
  while (!ready.empty()) {
    const DumpId id = ready.top();
    ready.pop();
    placed[id] = true;
    outcome.order.push_back(id);
    for (const DumpId needed : graph[id].dependencies) {
      if (--waiting[needed] == 0) ready.push(needed);
    }
  }
  std::reverse(outcome.order.begin(), outcome.order.end());
  for (DumpId id = 0; id < count; ++id) {
    if (!placed[id]) outcome.unplaced.push_back(id);
  }
  return outcome;
}

}  // namespace pgark::dumper
