// Which tables' rows are copied, how heavy each is, and which can be cut into ranges of heap pages. Pure.
//
// A heap is cut by ctid where the server has a TID range scan (14 and newer, SCHEMA_COVERAGE E12); every
// other table is one stream: servers before that would read the whole table for every range, and other access
// methods need not number their rows by page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "dumper/catalog/model.hpp"
#include "dumper/data/data_object.hpp"
#include "format/toc.hpp"

namespace pgark::dumper {

// Servers before would read the whole table for every range of pages.
inline constexpr int kTidRangeScanVersionNum = 140000;

struct TableWork {
  std::size_t object = 0;               // position in the data objects
  std::uint64_t bytes = 0;              // heap and TOAST: the weight
  std::uint32_t pages = 0;              // of the heap; 0: not to be cut
  std::uint32_t pages_min = 1;          // ranges are not cut below this
  std::vector<std::size_t> after = {};  // objects that must be complete before it is begun; all are planned
  bool operator==(const TableWork&) const = default;
};

struct DataPlan {
  std::vector<TableWork> tables;  // heaviest first
  std::uint64_t bytes = 0;        // sum of the weights
  std::vector<format::ReportItem> skipped;

  // How many workers can be busy at once, at most `jobs`; 0 when there is nothing to copy.
  std::size_t useful_workers(std::size_t jobs) const;
};

// `pages_per_range_min`: for pages without TOAST; the more bytes hang on a page, the fewer pages a range may
// have.
DataPlan plan_data(const Catalog& catalog, std::span<const DataObject> objects,
                   std::uint32_t pages_per_range_min);

}  // namespace pgark::dumper
