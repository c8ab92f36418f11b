// Finds dependency loops among the objects a topological sort could not place.
//
// Loops of two come first, longer ones only when there is none, because a short loop has a specific cure that
// a longer one through the same objects would hide. Loops found by one call may share post-data objects and
// boundaries, so the repair of one can open another: check is_intact() before each repair. No recursion.
#pragma once

#include <vector>

#include "dumper/graph/dump_graph.hpp"

namespace pgark::dumper {

// members[i] needs members[i + 1], the last one needs the first.
using Loop = std::vector<DumpId>;

// `unplaced` ascending. Empty only when the objects hold no loop.
std::vector<Loop> find_loops(const DumpGraph& graph, const std::vector<DumpId>& unplaced);

bool is_intact(const DumpGraph& graph, const Loop& loop);

}  // namespace pgark::dumper
