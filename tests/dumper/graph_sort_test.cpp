#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "dumper/graph/dump_graph.hpp"
#include "dumper/graph/loop_finder.hpp"
#include "dumper/graph/topological_sort.hpp"

namespace pgark::dumper {
namespace {

DumpObject named(ObjectKind kind, std::string_view name, Oid oid = 0) {
  DumpObject object;
  object.kind = kind;
  object.id = {catalog_oid::kClass, oid};
  object.schema = "s";
  object.name = name;
  return object;
}

std::vector<std::string> names(const DumpGraph& graph, const std::vector<DumpId>& order) {
  std::vector<std::string> out;
  for (const DumpId id : order) {
    if (!graph[id].name.empty()) out.emplace_back(graph[id].name);
  }
  return out;
}

TEST(InitialOrder, GoesByKindThenSchemaThenNameBytewise) {
  DumpGraph graph;
  graph.add(named(ObjectKind::table, "b"));
  graph.add(named(ObjectKind::table, "Z"));
  graph.add(named(ObjectKind::function, "z"));
  DumpObject first_schema = named(ObjectKind::table, "zz");
  first_schema.schema = "a";
  graph.add(first_schema);
  graph.settle();
  const auto sorted = topological_sort(graph);
  EXPECT_TRUE(sorted.unplaced.empty());
  EXPECT_EQ(names(graph, sorted.order), (std::vector<std::string>{"z", "zz", "Z", "b"}));
}

TEST(InitialOrder, DoesNotDependOnTheOrderOfAddingNorOnOids) {
  std::vector<std::string> all;
  for (int i = 0; i < 50; ++i) all.push_back("t" + std::to_string(i));
  std::vector<std::string> expected;
  std::mt19937 random(1);
  for (int round = 0; round < 5; ++round) {
    std::vector<std::string> shuffled = all;
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    DumpGraph graph;
    for (const auto& name : shuffled) graph.add(named(ObjectKind::table, name, static_cast<Oid>(random())));
    graph.settle();
    const auto result = names(graph, topological_sort(graph).order);
    if (expected.empty()) expected = result;
    EXPECT_EQ(result, expected);
  }
}

TEST(TopologicalSort, MovesOnlyWhatItMust) {
  DumpGraph graph;
  const DumpId a = graph.add(named(ObjectKind::table, "a"));
  graph.add(named(ObjectKind::table, "b"));
  const DumpId c = graph.add(named(ObjectKind::table, "c"));
  graph.add(named(ObjectKind::table, "d"));
  graph.depend(a, c);
  graph.settle();
  EXPECT_EQ(names(graph, topological_sort(graph).order), (std::vector<std::string>{"c", "a", "b", "d"}));
}

TEST(TopologicalSort, KeepsTheSectionsApart) {
  DumpGraph graph;
  graph.add(named(ObjectKind::index, "a_index"));
  graph.add(named(ObjectKind::table_data, "b_rows"));
  graph.add(named(ObjectKind::column_default, "c_default"));
  graph.settle();
  const auto order = topological_sort(graph).order;
  EXPECT_EQ(names(graph, order), (std::vector<std::string>{"c_default", "b_rows", "a_index"}));
  EXPECT_EQ(order[1], graph.pre_boundary());
  EXPECT_EQ(order[3], graph.post_boundary());
}

TEST(TopologicalSort, WalksLongChainsWithoutRecursion) {
  DumpGraph graph;
  constexpr DumpId kCount = 50000;
  std::vector<std::string> storage(kCount);
  std::vector<DumpId> ids(kCount);
  for (DumpId i = 0; i < kCount; ++i) {
    storage[i] = std::to_string(i);
    ids[i] = graph.add(named(ObjectKind::view, storage[i]));
  }
  for (DumpId i = 0; i + 1 < kCount; ++i) graph.depend(ids[i], ids[i + 1]);
  graph.settle();
  const auto sorted = topological_sort(graph);
  ASSERT_EQ(sorted.order.size(), graph.size());
  EXPECT_EQ(graph[sorted.order.front()].name, storage[kCount - 1]);
  // The same chain closed to a ring.
  DumpId first = kNoDump, last = kNoDump;
  for (DumpId id = 0; id < graph.size(); ++id) {
    if (graph[id].name == "0") first = id;
    if (graph[id].name == storage[kCount - 1]) last = id;
  }
  graph.depend(last, first);
  const auto open = topological_sort(graph);
  const auto loops = find_loops(graph, open.unplaced);
  ASSERT_EQ(loops.size(), 1u);
  EXPECT_EQ(loops[0].size(), kCount);
  EXPECT_TRUE(is_intact(graph, loops[0]));
}

TEST(LoopFinder, ShortLoopsComeFirst) {
  DumpGraph graph;
  const DumpId a = graph.add(named(ObjectKind::function, "a"));
  const DumpId b = graph.add(named(ObjectKind::function, "b"));
  const DumpId c = graph.add(named(ObjectKind::function, "c"));
  const DumpId outside = graph.add(named(ObjectKind::function, "d"));
  graph.depend(a, b);
  graph.depend(b, c);
  graph.depend(c, a);
  graph.depend(c, b);
  graph.depend(b, outside);
  graph.settle();
  auto sorted = topological_sort(graph);
  auto loops = find_loops(graph, sorted.unplaced);
  ASSERT_EQ(loops.size(), 1u);
  EXPECT_EQ(loops[0].size(), 2u);
  graph.undepend(loops[0][1], loops[0][0]);
  sorted = topological_sort(graph);
  loops = find_loops(graph, sorted.unplaced);
  ASSERT_EQ(loops.size(), 1u);
  EXPECT_EQ(loops[0].size(), 3u);
}

TEST(LoopFinder, FindsNothingWhereThereIsNoLoop) {
  DumpGraph graph;
  const DumpId a = graph.add(named(ObjectKind::function, "a"));
  const DumpId b = graph.add(named(ObjectKind::function, "b"));
  graph.depend(a, b);
  graph.settle();
  EXPECT_TRUE(find_loops(graph, {0, 1, 2, 3}).empty());
}

TEST(DumpGraph, FollowsPgDepend) {
  DumpGraph graph;
  const DumpId table = graph.add(named(ObjectKind::table, "t", 1));
  DumpObject extension = named(ObjectKind::extension, "e");
  extension.id = {catalog_oid::kExtension, 2};
  graph.add(extension);
  DumpObject composite = named(ObjectKind::composite_type, "c");
  composite.id = {catalog_oid::kType, 3};
  graph.add(composite);
  graph.add(named(ObjectKind::hidden_relation, "c", 4));
  const CatalogId operator_id{2617, 5}, unknown{2617, 6}, table_id{catalog_oid::kClass, 1};
  graph.add_catalog_dependencies({
      {operator_id, {catalog_oid::kExtension, 2}, 'e'},
      {table_id, operator_id, 'n'},
      {table_id, unknown, 'n'},
      {table_id, table_id, 'n'},
      {{catalog_oid::kClass, 4}, {catalog_oid::kType, 3}, 'i'},
      {{catalog_oid::kExtension, 2}, table_id, 'p'},
  });
  // An operator we know nothing of stands for its extension; unknown ends, self references and pins are
  // nothing.
  EXPECT_EQ(graph[table].dependencies,
            std::vector<DumpId>{graph.find(CatalogId{catalog_oid::kExtension, 2})});
  // A composite type needs its relation, not the other way round.
  const DumpId relation = graph.find(CatalogId{catalog_oid::kClass, 4});
  EXPECT_TRUE(graph[relation].dependencies.empty());
  EXPECT_EQ(graph[graph.find(CatalogId{catalog_oid::kType, 3})].dependencies, std::vector<DumpId>{relation});
}

}  // namespace
}  // namespace pgark::dumper
