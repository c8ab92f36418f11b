// What a restore will do, in which order, on which connection and about how long: its plan carried out
// against a clock instead of a server. Pure.
//
// The times are those of a machine like the one of docs/benchmarks.md; what they are good for is to compare
// steps, numbers of connections and archives with each other. The sizes are those of the source.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "format/toc.hpp"
#include "restore/plan.hpp"

namespace pgark::restore {

// Of one connection with a processor to itself.
struct WorkRates {
  double load_bytes_per_s = 60e6;    // rows, as the plan counts them
  double build_bytes_per_s = 250e6;  // of the table that an index, a constraint or a refresh reads
  double statement_s = 0.0007;
};

enum class WorkKind : std::uint8_t { create, load, index, constraint, refresh, other };
const char* work_name(WorkKind kind);  // "load rows"

struct ForecastStep {
  StepId step = 0;
  const format::TocEntry* entry = nullptr;
  WorkKind kind = WorkKind::other;
  std::size_t part = 1, parts = 1;              // of the entry
  std::uint64_t bytes = 0;                      // handled
  double start_s = 0, seconds = 0;              // from the beginning of the restore
  int connection = 0;                           // from 1; 0: all of them, one after the other
  std::vector<const format::TocEntry*> locked;  // tables that nobody else can use meanwhile
};

struct WorkTotal {
  std::size_t steps = 0;
  std::uint64_t bytes = 0;
  double seconds = 0;  // of connections
};

struct Forecast {
  std::vector<ForecastStep> steps;  // in the order in which they begin
  std::map<WorkKind, WorkTotal> totals;
  double seconds = 0;
  std::vector<const ForecastStep*> chain;  // the last step, and before it what it waited for, first to last
  std::uint64_t table_bytes = 0, index_bytes = 0;  // on the target's disk, about
  // Tables that the target has already and this restore locks exclusively, or drops.
  std::vector<const format::TocEntry*> locked_tables;
};

// `plan`: of toc and selection, nothing of it done yet; toc outlives the result.
Forecast forecast(const format::Toc& toc, const Selection& selection, RestorePlan plan,
                  const RestoreOptions& options, const WorkRates& rates = {});

}  // namespace pgark::restore
