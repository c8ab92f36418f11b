#include "dumper/graph/initial_order.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace pgark::dumper {
namespace {

auto natural_key(const DumpObject& object) {
  // Objects without a schema come after those with one; a domain's constraint before a table's.
  return std::make_tuple(kind_info(object.kind).priority, object.schema.empty(), object.schema, object.name,
                         object.kind != ObjectKind::domain_constraint, object.kind, object.number,
                         object.table, object.detail, object.part, object.id.catalog, object.id.oid);
}

}  // namespace

std::vector<DumpId> initial_order(const DumpGraph& graph) {
  std::vector<DumpId> order(graph.size());
  std::iota(order.begin(), order.end(), DumpId{0});
  std::sort(order.begin(), order.end(),
            [&](DumpId a, DumpId b) { return natural_key(graph[a]) < natural_key(graph[b]); });
  return order;
}

}  // namespace pgark::dumper
