// Turns a selection of entries into steps, edges, locks, passes and priorities: RestorePlan::build.
#include <algorithm>
#include <functional>
#include <optional>
#include <queue>
#include <unordered_map>
#include <unordered_set>

#include "restore/lone_partitions.hpp"
#include "restore/plan.hpp"
#include "restore/row_conversion.hpp"
#include "restore/row_order.hpp"
#include "restore/statements.hpp"
#include "restore/two_phase.hpp"

namespace pgark::restore {

using format::ChunkRef;
using format::EntryId;
using format::Section;
using format::Toc;
using format::TocEntry;

namespace {

constexpr std::uint64_t kRunBytesMin = std::uint64_t{16} << 20;
constexpr std::uint64_t kRunBytesMax = std::uint64_t{1} << 30;
constexpr std::uint64_t kRunsPerJob = 32;
// What a statement without rows behind it costs: about a page.
constexpr std::uint64_t kStatementCost = 8192;
// Below that a second statement costs more than others gain.
constexpr std::uint64_t kTwoPhasesBytesMin = std::uint64_t{32} << 20;
constexpr std::uint8_t kEventTriggerPass = 3;
constexpr std::size_t kPassCount = 4;

bool is_table(const TocEntry& entry) {
  return entry.kind == "TABLE" || entry.kind == "FOREIGN TABLE";
}

// About what a chunk's rows are to the server. Columns may take next to nothing in the archive; in a row each
// has its length and, as a rule, a value of some bytes.
std::uint64_t row_bytes_of(const ChunkRef& chunk, const TocEntry& entry) {
  constexpr std::uint64_t kRowBytes = 2, kFieldBytes = 8;
  if (chunk.info.encoding == format::RowEncoding::text) return chunk.info.raw_bytes;
  return std::max(chunk.info.raw_bytes,
                  chunk.info.rows * (kRowBytes + kFieldBytes * entry.column_types.size()));
}

std::uint64_t row_bytes_of(std::span<const ChunkRef> chunks, const TocEntry& entry) {
  std::uint64_t total = 0;
  for (const ChunkRef& chunk : chunks) total += row_bytes_of(chunk, entry);
  return total;
}

// Cuts the chunks of one table into runs of about `run_bytes`, where one part ends if that is near.
std::vector<std::span<const ChunkRef>> cut_into_runs(std::span<const ChunkRef> chunks, const TocEntry& entry,
                                                     std::uint64_t run_bytes) {
  std::vector<std::span<const ChunkRef>> runs;
  std::size_t begin = 0;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    bytes += row_bytes_of(chunks[i], entry);
    const bool last = i + 1 == chunks.size();
    const bool part_ends = !last && chunks[i + 1].info.part != chunks[i].info.part;
    if (last || bytes >= run_bytes || (part_ends && bytes >= run_bytes / 2)) {
      runs.push_back(chunks.subspan(begin, i + 1 - begin));
      begin = i + 1;
      bytes = 0;
    }
  }
  if (runs.empty()) runs.emplace_back();
  return runs;
}

}  // namespace

class PlanBuilder {
 public:
  PlanBuilder(const Toc& toc, const Selection& selection, const RestorePlan::ChunkLookup& chunks_of,
              PlanOptions options)
      : toc_(toc),
        selection_(selection),
        chunks_of_(chunks_of),
        options_(options),
        row_order_(options.no_foreign_keys ? RowOrder() : row_order(toc, selection)) {}

  Result<RestorePlan> build() {
    const std::size_t ids = toc_.entries.size() + 1;
    plan_.steps_of_entry_.resize(ids);
    plan_.entry_failed_.resize(ids);
    plan_.unsettled_of_pass_.resize(kPassCount);
    add_steps();
    add_edges();
    const std::vector<StepId> order = sorted();
    if (order.size() != plan_.steps_.size()) return circle();
    settle_order(order);
    weigh(order);
    begin();
    return std::move(plan_);
  }

 private:
  void add_steps() {
    const std::uint64_t total = bytes_of_all();
    const std::uint64_t run_bytes = run_bytes_of(total);
    whole_bytes_ = total / (2 * jobs());
    for (const EntryId id : selection_.order()) {
      const TocEntry& entry = *toc_.find(id);
      if (entry.kind == "TABLE DATA" || is_large_object_data(entry))
        add_loads(entry, run_bytes);
      else
        add_statements(entry);
    }
  }

  void add_statements(const TocEntry& entry) {
    const bool worth_it = options_.two_phases && entry.size_estimate_bytes >= kTwoPhasesBytesMin;
    const std::optional<TwoPhases> phases = worth_it ? two_phases(toc_, entry) : std::nullopt;
    if (!phases) {
      add_step(entry).cost = kStatementCost;
      return;
    }
    for (const bool first : {true, false}) {
      Step& step = add_step(entry);
      step.cost = kStatementCost;
      if (first == phases->first_is_long) step.cost += entry.size_estimate_bytes;
      step.phase = first ? 1 : 2;
      step.phase_sql = first ? phases->first : phases->second;
    }
  }

  std::uint64_t bytes_of_all() const {
    std::uint64_t total = 0;
    for (const TocEntry& entry : toc_.entries) {
      if (selection_.contains(entry.id)) total += row_bytes_of(chunks_of_(entry.id), entry);
    }
    return total;
  }

  std::uint64_t jobs() const { return static_cast<std::uint64_t>(std::max(options_.jobs, 1)); }

  std::uint64_t run_bytes_of(std::uint64_t total) const {
    if (options_.run_bytes != 0) return options_.run_bytes;
    return std::clamp(total / (jobs() * kRunsPerJob), kRunBytesMin, kRunBytesMax);
  }

  // A table that is not much of a connection's share is loaded by one: its rows then stand as they stood in
  // the source, and are stored as frozen.
  bool loads_whole(std::span<const ChunkRef> chunks, const TocEntry& entry) const {
    return options_.run_bytes == 0 && row_bytes_of(chunks, entry) <= whole_bytes_;
  }

  void add_loads(const TocEntry& entry, std::uint64_t run_bytes) {
    const auto chunks = chunks_of_(entry.id);
    // With one connection there is nobody to share a table with: one run, one COPY.
    const bool creates_table = RestorePlan::creates_table_of(toc_, selection_, entry);
    const bool certain = creates_table && has_certain_columns(entry);
    const bool no_triggers = options_.disable_triggers && !creates_table && entry.kind == "TABLE DATA";
    // A table's triggers are switched under a lock that lets nobody else write.
    const bool in_one_piece = no_triggers || (!creates_table && row_order_.in_one_piece.contains(entry.id));
    if (options_.live) {
      add_live_load(entry, creates_table, certain, no_triggers);
      return;
    }
    const bool shared =
        (options_.jobs > 1 || options_.run_bytes != 0) && !in_one_piece && !loads_whole(chunks, entry);
    const std::uint64_t limit = shared ? run_bytes : ~std::uint64_t{0};
    const auto runs = runs_of(chunks, entry, limit);
    for (const auto& run : runs) {
      Step& step = add_step(entry);
      step.is_load = true;
      if (is_large_object_data(entry)) step.left_out = plan_.left_out_;
      step.chunks = run;
      step.first_chunk = static_cast<std::size_t>(run.data() - chunks.data());
      step.cost = kStatementCost + row_bytes_of(run, entry);
      step.split = runs.size() > 1;
      step.sole_load_of_new_table = !step.split && creates_table;
      step.disable_triggers = no_triggers;
      step.into_new_table = creates_table;
      step.certain_columns = certain;
    }
  }

  // Rows of a table that was there before, or that go in through another table, cannot be taken back once a
  // part of them is committed.
  void add_live_load(const TocEntry& entry, bool creates_table, bool certain, bool no_triggers) {
    Step& step = add_step(entry);
    step.is_load = step.live = true;
    if (is_large_object_data(entry)) step.left_out = plan_.left_out_;
    step.cost = kStatementCost + entry.size_estimate_bytes;
    const auto target = parse_copy_target(entry.copy_target);
    const bool own = target && target->schema == entry.schema && target->name == entry.name;
    step.in_one_piece = !(creates_table && own) && !is_large_object_data(entry);
    step.disable_triggers = no_triggers;
    step.into_new_table = creates_table;
    step.certain_columns = certain;
  }

  // Those that are loaded already, and the gaps between them cut to size.
  std::vector<std::span<const ChunkRef>> runs_of(std::span<const ChunkRef> chunks, const TocEntry& entry,
                                                 std::uint64_t run_bytes) const {
    const auto loaded = options_.loaded.find(entry.id);
    if (loaded == options_.loaded.end()) return cut_into_runs(chunks, entry, run_bytes);
    std::vector<std::span<const ChunkRef>> runs;
    std::size_t at = 0;
    const auto add_gap = [&](std::size_t end) {
      if (at >= end) return;
      const auto cut = cut_into_runs(chunks.subspan(at, end - at), entry, run_bytes);
      runs.insert(runs.end(), cut.begin(), cut.end());
    };
    for (const ChunkRun& run : loaded->second) {
      if (run.first < at || run.first > chunks.size() || run.count > chunks.size() - run.first) continue;
      add_gap(run.first);
      runs.push_back(chunks.subspan(run.first, run.count));
      at = run.first + run.count;
    }
    add_gap(chunks.size());
    return runs;
  }

  bool has_certain_columns(const TocEntry& data) const {
    return std::any_of(data.dependencies.begin(), data.dependencies.end(), [&](EntryId id) {
      const TocEntry& table = *toc_.find(id);
      return table.kind == "TABLE" && columns_are_certain(table, data);
    });
  }

  Step& add_step(const TocEntry& entry) {
    Step& step = plan_.steps_.emplace_back();
    step.id = static_cast<StepId>(plan_.steps_.size() - 1);
    step.entry = &entry;
    plan_.steps_of_entry_[entry.id].push_back(step.id);
    return step;
  }

  // What an entry waits for: its dependencies and, in post-data, the rows of the tables that it depends on or
  // locks (D7.2), whether or not the archive says so.
  std::vector<EntryId> needs_of(const TocEntry& entry) const {
    std::vector<EntryId> needs = entry.dependencies;
    if (selection_.section(entry.id) == Section::post_data) {
      std::vector<EntryId> tables = entry.locks;
      tables.insert(tables.end(), entry.dependencies.begin(), entry.dependencies.end());
      for (const EntryId table : tables) {
        const auto data = data_of_table_.find(table);
        if (data != data_of_table_.end()) needs.insert(needs.end(), data->second.begin(), data->second.end());
      }
    }
    std::sort(needs.begin(), needs.end());
    needs.erase(std::unique(needs.begin(), needs.end()), needs.end());
    std::erase(needs, entry.id);
    return needs;
  }

  void add_edges() {
    for (const TocEntry& entry : toc_.entries) {
      if (entry.kind == "TABLE ATTACH") {
        if (const auto found = partition_of(toc_, entry)) plan_.parent_of_[found->child] = found->parent;
      }
      if (entry.kind != "TABLE DATA") continue;
      for (const EntryId id : entry.dependencies) {
        if (is_table(*toc_.find(id))) data_of_table_[id].push_back(entry.id);
      }
    }
    for (const TocEntry& entry : toc_.entries) {
      const auto& own = plan_.steps_of_entry_[entry.id];
      if (own.empty()) continue;
      const std::vector<EntryId> needs = needs_of(entry);
      for (const StepId id : own) {
        for (const EntryId need : needs) add_edge(need, plan_.steps_[id]);
        set_locks(plan_.steps_[id], needs);
      }
      if (plan_.steps_[own.front()].phase == 1) {
        plan_.steps_[own.front()].successors.push_back(own.back());
        ++plan_.steps_[own.back()].unmet;
      }
    }
    for (const auto& [before, after] : row_order_.edges) {
      for (const StepId id : plan_.steps_of_entry_[after]) add_edge(before, plan_.steps_[id]);
    }
    for (const auto& [before, after] : lone_partition_edges(toc_, selection_)) {
      if (leads_to(after, before)) continue;
      for (const StepId id : plan_.steps_of_entry_[after]) add_edge(before, plan_.steps_[id]);
    }
  }

  // Whether a step of `to` waits for one of `from`, at whatever distance.
  bool leads_to(EntryId from, EntryId to) const {
    std::vector<StepId> open = plan_.steps_of_entry_[from];
    std::unordered_set<StepId> seen(open.begin(), open.end());
    while (!open.empty()) {
      const Step& step = plan_.steps_[open.back()];
      open.pop_back();
      if (step.entry->id == to) return true;
      for (const StepId next : step.successors) {
        if (seen.insert(next).second) open.push_back(next);
      }
    }
    return false;
  }

  void add_edge(EntryId need, Step& step) {
    for (const StepId before : plan_.steps_of_entry_[need]) {
      plan_.steps_[before].successors.push_back(step.id);
      ++step.unmet;
    }
  }

  void set_locks(Step& step, const std::vector<EntryId>& needs) const {
    step.exclusive_tables = step.entry->locks;
    std::sort(step.exclusive_tables.begin(), step.exclusive_tables.end());
    for (const EntryId id : needs) {
      const bool exclusive =
          std::binary_search(step.exclusive_tables.begin(), step.exclusive_tables.end(), id);
      if (is_table(*toc_.find(id)) && !exclusive) step.shared_tables.push_back(id);
    }
    if (step.is_load) share_parents(step);
    if (step.phase != 0) loosen_locks(step);
  }

  // What the long one of two statements leaves to others: D7.5, D7.6.
  void loosen_locks(Step& step) const {
    const bool key = step.entry->kind == "CONSTRAINT";
    if (key && step.phase == 1) {  // SHARE, as any index
      step.shared_tables.insert(step.shared_tables.end(), step.exclusive_tables.begin(),
                                step.exclusive_tables.end());
      step.exclusive_tables.clear();
    }
    // SHARE UPDATE EXCLUSIVE on its own table; ROW SHARE on the other, which goes with all but what rewrites
    // it.
    if (!key && step.phase == 2) {
      std::erase_if(step.exclusive_tables, [&](EntryId id) {
        const TocEntry& table = *toc_.find(id);
        return table.schema != step.entry->schema || table.name != step.entry->table;
      });
      step.shared_tables.clear();
    }
  }

  // COPY opens the tables that its partition belongs to, for the partition's bounds. Loads that are committed
  // together hold these locks until the last has come to its end: with a statement between them that waits
  // for such a table exclusively, they would wait for each other for ever, and the server could not see it.
  void share_parents(Step& step) const {
    auto& tables = step.shared_tables;
    for (std::size_t i = 0; i < tables.size(); ++i) {
      const auto parent = plan_.parent_of_.find(tables[i]);
      if (parent == plan_.parent_of_.end()) continue;
      if (std::find(tables.begin(), tables.end(), parent->second) == tables.end())
        tables.push_back(parent->second);
    }
  }

  // Topological order; where it leaves a choice, the order of the selection.
  std::vector<StepId> sorted() const {
    std::vector<std::uint32_t> unmet;
    std::priority_queue<StepId, std::vector<StepId>, std::greater<>> free;
    for (const Step& step : plan_.steps_) {
      unmet.push_back(step.unmet);
      if (step.unmet == 0) free.push(step.id);
    }
    std::vector<StepId> order;
    while (!free.empty()) {
      const StepId id = free.top();
      free.pop();
      order.push_back(id);
      for (const StepId successor : plan_.steps_[id].successors) {
        if (--unmet[successor] == 0) free.push(successor);
      }
    }
    return order;
  }

  tl::unexpected<Error> circle() const {
    const std::vector<StepId> order = sorted();
    std::vector<bool> placed(plan_.steps_.size());
    for (const StepId id : order) placed[id] = true;
    const auto first = std::find(placed.begin(), placed.end(), false) - placed.begin();
    return fail(ErrorCode::archive_damaged, "entries of the archive depend on each other in a circle",
                describe(*plan_.steps_[static_cast<std::size_t>(first)].entry));
  }

  // Passes never run backwards along an edge, and a step is serial only when all that it needs is.
  void settle_order(const std::vector<StepId>& order) {
    std::vector<bool> needs_parallel(plan_.steps_.size());
    for (const StepId id : order) {
      Step& step = plan_.steps_[id];
      const TocEntry& entry = *step.entry;
      step.pass = std::max(step.pass, own_pass(entry));
      step.serial =
          step.pass == 0 && selection_.section(entry.id) == Section::pre_data && !needs_parallel[id];
      if (step.serial) plan_.serial_.push_back(id);
      for (const StepId successor : step.successors) {
        plan_.steps_[successor].pass = std::max(plan_.steps_[successor].pass, step.pass);
        if (!step.serial) needs_parallel[successor] = true;
      }
    }
  }

  void weigh(const std::vector<StepId>& order) {
    for (Step& step : plan_.steps_) {
      if (!step.is_load && step.phase == 0 && selection_.section(step.entry->id) == Section::post_data)
        step.cost += work_behind(*step.entry);
    }
    for (auto id = order.rbegin(); id != order.rend(); ++id) {
      Step& step = plan_.steps_[*id];
      std::uint64_t longest = 0;
      for (const StepId successor : step.successors)
        longest = std::max(longest, plan_.steps_[successor].priority);
      step.priority = step.cost + longest;
    }
    if (options_.jobs > 1 || !selection_.ordered_by_list()) return;
    for (Step& step : plan_.steps_) step.priority = plan_.steps_.size() - step.id;
  }

  // An index or a constraint reads the rows of its tables; a refresh writes what the view held.
  std::uint64_t work_behind(const TocEntry& entry) const {
    if (describes_another(entry)) return 0;
    if (entry.size_estimate_bytes != 0) return entry.size_estimate_bytes;
    std::uint64_t bytes = 0;
    for (const EntryId id : needs_of(entry)) {
      if (const auto* data = toc_.find_data(id)) bytes += data->raw_bytes;
      if (options_.live && toc_.find(id)->section == Section::data)
        bytes += toc_.find(id)->size_estimate_bytes;
    }
    return bytes;
  }

  void begin() {
    plan_.hold_event_triggers_ = options_.hold_event_triggers;
    plan_.unsettled_ = plan_.steps_.size();
    for (const Step& step : plan_.steps_) ++plan_.unsettled_of_pass_[step.pass];
    for (const Step& step : plan_.steps_) plan_.make_ready(step);
    plan_.begin_pass();
  }

  const Toc& toc_;
  const Selection& selection_;
  const RestorePlan::ChunkLookup& chunks_of_;
  const PlanOptions options_;
  const RowOrder row_order_;
  std::uint64_t whole_bytes_ = 0;
  std::unordered_map<EntryId, std::vector<EntryId>> data_of_table_;
  RestorePlan plan_;
};

std::uint8_t own_pass(const TocEntry& entry) {
  return entry.kind == "EVENT TRIGGER" ? kEventTriggerPass : static_cast<std::uint8_t>(entry.pass);
}

Result<RestorePlan> RestorePlan::build(const Toc& toc, const Selection& selection,
                                       const ChunkLookup& chunks_of, PlanOptions options) {
  return PlanBuilder(toc, selection, chunks_of, options).build();
}

}  // namespace pgark::restore
