// The cures for dependency loops: SCHEMA_COVERAGE D4, a row and a function each.
#pragma once

#include <string>
#include <vector>

#include "dumper/graph/dump_graph.hpp"
#include "dumper/graph/loop_finder.hpp"

namespace pgark::dumper {

// Breaks one loop by the first repair that fits; the last one fits everything. Repairs that may give a dump
// which does not restore cleanly add a line to `warnings`.
void repair_loop(DumpGraph& graph, const Loop& loop, std::vector<std::string>& warnings);

// Sorts, repairing loops until none is left. The order holds every object, boundaries included.
std::vector<DumpId> sort_and_repair(DumpGraph& graph, std::vector<std::string>& warnings);

}  // namespace pgark::dumper
