// How the definitions that come before any rows are shared out among connections. Pure.
//
// Creating a table costs a server about a millisecond of one processor, so ten thousand of them are worth
// more than one connection. Definitions that need each other, or the same table, stay on one connection, in
// their order.
#pragma once

#include <span>
#include <vector>

#include "restore/plan.hpp"

namespace pgark::restore {

// Lists of steps that run at the same time, one to a connection, each in its order; the next round begins
// when all lists have come to their end.
using CreationRound = std::vector<std::vector<StepId>>;

// `steps` in an order that works on one connection. At most `connections` lists in a round, none of them
// empty.
std::vector<CreationRound> creation_rounds(const RestorePlan& plan, const format::Toc& toc,
                                           std::span<const StepId> steps, int connections);

}  // namespace pgark::restore
