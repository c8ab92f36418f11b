#include "restore/forecast/forecast.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <queue>
#include <set>
#include <tuple>
#include <utility>

#include "restore/disk_room.hpp"

namespace pgark::restore {

using format::EntryId;
using format::Toc;
using format::TocEntry;

namespace {

WorkKind kind_of(const Step& step, const Selection& selection) {
  const std::string& kind = step.entry->kind;
  if (step.is_load) return WorkKind::load;
  if (kind == "MATERIALIZED VIEW DATA") return WorkKind::refresh;
  if (kind == "INDEX") return WorkKind::index;
  if (kind.ends_with("CONSTRAINT")) return WorkKind::constraint;
  return selection.section(step.entry->id) == format::Section::pre_data ? WorkKind::create : WorkKind::other;
}

class Clockwork {
 public:
  Clockwork(const Toc& toc, const Selection& selection, RestorePlan plan, const RestoreOptions& options,
            const WorkRates& rates)
      : toc_(toc), selection_(selection), plan_(std::move(plan)), options_(options), rates_(rates) {}

  Forecast run() {
    number_parts();
    create_objects();
    run_parallel();
    plan_.begin_event_triggers();
    run_parallel();
    result_.seconds = now_;
    trace_chain();
    add_sizes();
    add_locks();
    return std::move(result_);
  }

 private:
  struct Running {
    double end;
    StepId id;
    int connection;
    bool operator>(const Running& other) const { return std::tie(end, id) > std::tie(other.end, other.id); }
  };

  void number_parts() {
    for (const Step& step : plan_.steps()) parts_[step.id] = ++parts_of_[step.entry->id];
  }

  double duration(const Step& step, WorkKind kind) const {
    const auto bytes = static_cast<double>(step.cost);
    if (kind == WorkKind::load && options_.rehearsal != Rehearsal::none) return 0;
    return rates_.statement_s +
           bytes / (kind == WorkKind::load ? rates_.load_bytes_per_s : rates_.build_bytes_per_s);
  }

  void add(const Step& step, double start, int connection) {
    ForecastStep planned;
    planned.step = step.id;
    planned.entry = step.entry;
    planned.kind = kind_of(step, selection_);
    planned.part = parts_[step.id];
    planned.parts = parts_of_[step.entry->id];
    planned.bytes = step.cost;
    planned.start_s = start;
    planned.seconds = connection == 0 ? rates_.statement_s : duration(step, planned.kind);
    planned.connection = connection;
    for (const EntryId table : step.exclusive_tables) planned.locked.push_back(toc_.find(table));
    WorkTotal& total = result_.totals[planned.kind];
    ++total.steps;
    total.bytes += connection == 0 ? 0 : planned.bytes;
    total.seconds += planned.seconds;
    place_of_[step.id] = result_.steps.size();
    result_.steps.push_back(std::move(planned));
  }

  // Definitions come first, shared out among the connections in rounds.
  void create_objects() {
    const int connections = std::max(options_.jobs, 1);
    for (const StepId id : plan_.serial_steps()) {
      add(plan_.step(id), now_, 0);
      now_ += rates_.statement_s / connections;
      plan_.done(id);
    }
  }

  void run_parallel() {
    std::priority_queue<Running, std::vector<Running>, std::greater<>> running;
    std::set<int> idle;
    for (int i = 1; i <= std::max(options_.jobs, 1); ++i) idle.insert(i);
    while (!plan_.finished()) {
      while (!idle.empty()) {
        const std::optional<StepId> id = plan_.take();
        if (!id) break;
        const int connection = *idle.begin();
        idle.erase(idle.begin());
        add(plan_.step(*id), now_, connection);
        if (freed_by_) waited_for_[*id] = *freed_by_;
        running.push({now_ + result_.steps.back().seconds, *id, connection});
      }
      if (running.empty()) return;  // what is left needs what is not selected
      const Running next = running.top();
      running.pop();
      now_ = next.end;
      freed_by_ = next.id;
      plan_.done(next.id);
      idle.insert(next.connection);
    }
  }

  // Whatever ended last, and what had to end for each of those to begin.
  void trace_chain() {
    std::optional<StepId> at = freed_by_;
    while (at) {
      result_.chain.push_back(&result_.steps[place_of_[*at]]);
      const auto before = waited_for_.find(*at);
      at = before == waited_for_.end() ? std::nullopt : std::optional<StepId>(before->second);
    }
    std::reverse(result_.chain.begin(), result_.chain.end());
  }

  void add_sizes() {
    if (!options_.wants_rows() || options_.rehearsal != Rehearsal::none) return;
    const ExpectedSizes sizes = expected_sizes(toc_, selection_);
    result_.table_bytes = sizes.tables;
    result_.index_bytes = sizes.indexes;
  }

  void add_locks() {
    std::set<EntryId> locked;
    for (const ForecastStep& step : result_.steps) {
      for (const TocEntry* table : step.locked) {
        if (!selection_.contains(table->id)) locked.insert(table->id);
      }
    }
    for (const TocEntry& entry : toc_.entries) {
      const bool dropped = options_.clean && entry.kind == "TABLE" && selection_.contains(entry.id);
      if (dropped || locked.contains(entry.id)) result_.locked_tables.push_back(&entry);
    }
  }

  const Toc& toc_;
  const Selection& selection_;
  RestorePlan plan_;
  const RestoreOptions& options_;
  const WorkRates& rates_;
  Forecast result_;
  double now_ = 0;
  std::optional<StepId> freed_by_;  // whose end moved the clock
  std::map<StepId, StepId> waited_for_;
  std::map<StepId, std::size_t> parts_, place_of_;
  std::map<EntryId, std::size_t> parts_of_;
};

}  // namespace

const char* work_name(WorkKind kind) {
  switch (kind) {
    case WorkKind::create: return "create objects";
    case WorkKind::load: return "load rows";
    case WorkKind::index: return "build indexes";
    case WorkKind::constraint: return "add constraints";
    case WorkKind::refresh: return "refresh materialized views";
    case WorkKind::other: return "everything else";
  }
  return "";
}

Forecast forecast(const Toc& toc, const Selection& selection, RestorePlan plan, const RestoreOptions& options,
                  const WorkRates& rates) {
  return Clockwork(toc, selection, std::move(plan), options, rates).run();
}

}  // namespace pgark::restore
