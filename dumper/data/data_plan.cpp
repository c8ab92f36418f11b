#include "dumper/data/data_plan.hpp"

#include <algorithm>

#include "dumper/data/large_object_copy.hpp"

namespace pgark::dumper {
namespace {

constexpr std::uint64_t kPageBytes = 8192;  // weight of a usual page; the server's block size may differ
constexpr std::uint64_t kBytesMin = 1;      // an empty table still costs a COPY

bool can_be_cut(const Catalog& catalog, const Relation& relation, const DataObject& object) {
  return catalog.database.server_version_num >= kTidRangeScanVersionNum && relation.kind == 'r' &&
         relation.access_method == "heap" && !relation.planning_runs_functions &&
         object.condition_sql.empty() && !object.columns_sql.empty();
}

std::uint32_t range_pages_min(const TableWork& work, std::uint32_t pages_per_range_min) {
  const std::uint64_t page_bytes = std::max(work.bytes / work.pages, kPageBytes);
  return static_cast<std::uint32_t>(
      std::max<std::uint64_t>(pages_per_range_min * kPageBytes / page_bytes, 1));
}

TableWork weigh(const Catalog& catalog, const DataObject& object, std::size_t position,
                std::uint32_t pages_per_range_min) {
  const Relation& relation = catalog.relations[object.relation];
  TableWork work;
  work.object = position;
  work.bytes = std::max({relation.total_bytes, relation.heap_bytes, kBytesMin});
  if (relation.heap_pages <= 0 || relation.heap_pages > 0xfffffffe || !can_be_cut(catalog, relation, object))
    return work;
  work.pages = static_cast<std::uint32_t>(relation.heap_pages);
  work.pages_min = range_pages_min(work, pages_per_range_min);
  if (work.pages < 2 * static_cast<std::uint64_t>(work.pages_min)) work.pages = 0;
  return work;
}

TableWork weigh_large_objects(const Catalog& catalog, const DataObject& object, std::size_t position,
                              std::uint32_t pages_per_range_min) {
  const LargeObjectStore& store = catalog.large_object_store;
  TableWork work;
  work.object = position;
  work.bytes = std::max(store.heap_bytes, kBytesMin);
  if (object.source != RowSource::large_object_heap) {
    work.pages = large_object_blocks(object);
  } else if (store.heap_pages > 0 && store.heap_pages <= 0xfffffffe) {
    work.pages = static_cast<std::uint32_t>(store.heap_pages);
    work.pages_min = range_pages_min(work, pages_per_range_min);
  }
  if (work.pages < 2 * static_cast<std::uint64_t>(work.pages_min)) work.pages = 0;
  return work;
}

}  // namespace

std::size_t DataPlan::useful_workers(std::size_t jobs) const {
  std::size_t streams = 0;
  for (const TableWork& work : tables) {
    streams += work.pages == 0 ? 1 : work.pages / work.pages_min;
    if (streams >= jobs) return jobs;
  }
  return streams;
}

DataPlan plan_data(const Catalog& catalog, std::span<const DataObject> objects,
                   std::uint32_t pages_per_range_min) {
  DataPlan plan;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (objects[i].source != RowSource::table) {
      plan.tables.push_back(weigh_large_objects(catalog, objects[i], i, pages_per_range_min));
      plan.bytes += plan.tables.back().bytes;
      continue;
    }
    const Relation& relation = catalog.relations[objects[i].relation];
    if (catalog.database.in_recovery && relation.persistence == 'u') {
      plan.skipped.push_back({format::ReportLevel::lost, "TABLE DATA", objects[i].qualified_sql,
                              "the rows of an unlogged table cannot be read on a standby"});
      continue;
    }
    plan.tables.push_back(weigh(catalog, objects[i], i, pages_per_range_min));
    plan.bytes += plan.tables.back().bytes;
  }
  std::stable_sort(plan.tables.begin(), plan.tables.end(),
                   [](const TableWork& a, const TableWork& b) { return a.bytes > b.bytes; });
  return plan;
}

}  // namespace pgark::dumper
