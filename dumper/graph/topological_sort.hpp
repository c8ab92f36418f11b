// Stable topological sort (SCHEMA_COVERAGE D3): objects keep the initial order as far as their dependencies
// allow. Works from the end: the object latest in the initial order that nothing unplaced needs goes last.
// Linear memory, no recursion, O((objects + edges) log objects).
#pragma once

#include <vector>

#include "dumper/graph/dump_graph.hpp"

namespace pgark::dumper {

struct SortOutcome {
  std::vector<DumpId> order;     // complete when `unplaced` is empty
  std::vector<DumpId> unplaced;  // ascending: objects in loops and those that loops need
};

SortOutcome topological_sort(const DumpGraph& graph);

}  // namespace pgark::dumper
