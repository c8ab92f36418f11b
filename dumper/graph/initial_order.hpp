// The order objects would have if nothing depended on anything (SCHEMA_COVERAGE D2): by kind, then by natural
// key, bytewise. It makes equal schemas dump equally; OIDs decide only between objects that are otherwise
// indistinguishable.
#pragma once

#include <vector>

#include "dumper/graph/dump_graph.hpp"

namespace pgark::dumper {

std::vector<DumpId> initial_order(const DumpGraph& graph);

}  // namespace pgark::dumper
