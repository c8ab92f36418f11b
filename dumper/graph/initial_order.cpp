#include "dumper/graph/initial_order.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <tuple>

namespace pgark::dumper {
namespace {

auto natural_key(const DumpObject& object) {
  // Objects without a schema come after those with one; a domain's constraint before a table's.
  return std::make_tuple(kind_info(object.kind).priority, object.schema.empty(), object.schema, object.name,
                         object.kind != ObjectKind::domain_constraint, object.kind, object.number,
                         object.table, object.detail, object.part, object.id.catalog, object.id.oid);
}

// What decides between nearly all pairs, side by side in memory: many times as fast as a look into two
// objects.
struct Rank {
  int priority;
  bool without_schema;
  std::uint32_t schema;       // position among all names of schemas
  std::uint64_t name_begins;  // its first eight bytes, the first of them on top
  DumpId object;

  auto key() const { return std::tie(priority, without_schema, schema, name_begins); }
};

std::uint64_t first_bytes(std::string_view name) {
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < sizeof bytes; ++i) {
    bytes = bytes << 8 | (i < name.size() ? static_cast<unsigned char>(name[i]) : 0);
  }
  return bytes;
}

std::vector<std::string_view> schemas_of(const DumpGraph& graph) {
  std::vector<std::string_view> schemas;
  for (DumpId id = 0; id < graph.size(); ++id) {
    if (schemas.empty() || schemas.back() != graph[id].schema) schemas.push_back(graph[id].schema);
  }
  std::sort(schemas.begin(), schemas.end());
  schemas.erase(std::unique(schemas.begin(), schemas.end()), schemas.end());
  return schemas;
}

}  // namespace

std::vector<DumpId> initial_order(const DumpGraph& graph) {
  const std::vector<std::string_view> schemas = schemas_of(graph);
  std::vector<Rank> ranks;
  ranks.reserve(graph.size());
  for (DumpId id = 0; id < graph.size(); ++id) {
    const DumpObject& object = graph[id];
    const auto schema = std::lower_bound(schemas.begin(), schemas.end(), object.schema);
    ranks.push_back({kind_info(object.kind).priority, object.schema.empty(),
                     static_cast<std::uint32_t>(schema - schemas.begin()), first_bytes(object.name), id});
  }
  std::sort(ranks.begin(), ranks.end(), [&](const Rank& a, const Rank& b) {
    if (a.key() != b.key()) return a.key() < b.key();
    return natural_key(graph[a.object]) < natural_key(graph[b.object]);
  });
  std::vector<DumpId> order;
  order.reserve(ranks.size());
  for (const Rank& rank : ranks) order.push_back(rank.object);
  return order;
}

}  // namespace pgark::dumper
