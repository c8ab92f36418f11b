// What a restore does and in which order: steps with dependencies, locks and priorities. Pure: it knows
// nothing of connections, and whoever drives it reports what happened with done() and failed().
//
// An entry is one step, except TABLE DATA and LARGE OBJECT DATA, which are one step per run of chunks so that
// several connections load one big table. Three things make a step wait: steps that it needs, its pass
// (SCHEMA_COVERAGE D6), and another running step that locks the same table (D7.3). Among the steps that may
// run, the one with the longest chain of work behind it comes first.
//
// Lifetime: the TOC and the chunk index outlive the plan. Thread rule: none; one user at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "format/reader.hpp"
#include "restore/restore.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

using StepId = std::uint32_t;  // index into RestorePlan::steps()
using LargeObjectIds = std::unordered_set<std::uint32_t>;

enum class StepState : std::uint8_t { waiting, running, done, failed, skipped };

// A run of an entry's chunks, by their place among them.
struct ChunkRun {
  std::size_t first = 0, count = 0;
};
// What an earlier attempt has loaded: runs that do not overlap, in order, by entry.
using LoadedRuns = std::map<format::EntryId, std::vector<ChunkRun>>;

struct Step {
  StepId id = 0;
  const format::TocEntry* entry = nullptr;
  // A load step only: consecutive chunks of the entry's, in the order of part and sequence.
  std::span<const format::ChunkRef> chunks;
  std::size_t first_chunk = 0;  // place of the first of them among the entry's
  bool is_load = false;
  // The only load step of its entry, into a table that this restore creates.
  bool sole_load_of_new_table = false;
  // A load step only: into a table that this restore creates.
  bool into_new_table = false;
  // Of those: whose columns are the archive's, whatever else the target holds.
  bool certain_columns = false;
  // A load step only: no triggers and foreign keys meanwhile.
  bool disable_triggers = false;
  // Of large objects only: those that could not be created, whose bytes are left out. Complete when the step
  // may run.
  std::shared_ptr<const LargeObjectIds> left_out;
  // 1 and 2: one of two statements that add a constraint (two_phase.hpp), which phase_sql is.
  std::uint8_t phase = 0;
  std::string phase_sql;
  // A load step that shares its entry with others: they are committed together.
  bool split = false;
  // A load step whose rows come from a RowFeed: it has no chunks, several runners may be at it at once, and
  // take() does not give it out.
  bool live = false;
  // Of those: all rows in one COPY, as a part of them could not be taken back.
  bool in_one_piece = false;
  // Belongs to the DDL that is run in TOC order before anything else starts.
  bool serial = false;
  std::uint8_t pass = 0;
  std::uint64_t cost = 0;      // estimated, in bytes handled
  std::uint64_t priority = 0;  // cost of the longest chain that begins here
  StepState state = StepState::waiting;
  std::uint32_t unmet = 0;         // steps it still waits for
  std::vector<StepId> successors;  // steps that wait for it
  std::vector<format::EntryId> exclusive_tables, shared_tables;
};

// The pass in which an entry may run at the earliest (SCHEMA_COVERAGE D6): event triggers come after every
// other statement, so that none of ours fires them.
std::uint8_t own_pass(const format::TocEntry& entry);

struct PlanOptions {
  int jobs = 1;
  // Raw bytes of a run of chunks; 0 = derived from the size of the data and the number of jobs.
  std::uint64_t run_bytes = 0;
  bool disable_triggers = false;  // of tables that this restore does not create
  bool no_foreign_keys = false;   // of such tables: their rows may come in any order
  // Constraints of big tables may be added by two statements. The same for every attempt at a restore.
  bool two_phases = false;
  // Each becomes a step of its own, which the caller settles with done().
  LoadedRuns loaded = {};
  // Rows come from a RowFeed: there are no chunks to plan with.
  bool live = false;
  // Event triggers wait for begin_event_triggers(): what the caller itself does at the end would fire them.
  bool hold_event_triggers = false;
};

class RestorePlan {
 public:
  using ChunkLookup = std::function<std::span<const format::ChunkRef>(format::EntryId)>;

  // Errors: archive_damaged when entries need each other in a circle.
  static Result<RestorePlan> build(const format::Toc& toc, const Selection& selection,
                                   const ChunkLookup& chunks_of, PlanOptions options);

  std::span<const Step> steps() const { return steps_; }
  const Step& step(StepId id) const { return steps_[id]; }
  // The serial steps, in TOC order. All of them are settled, with done() and failed(), before take() is used.
  std::span<const StepId> serial_steps() const { return serial_; }

  // The most urgent step that may run now, marked running; nullopt when there is none at the moment.
  std::optional<StepId> take();
  // True when take() would give a step.
  bool has_ready() const;
  // True when take_load_of() would give this one.
  bool may_take(const Step& step) const { return is_ready(step) && may_run(step); }
  // The next load step of an entry, marked running; nullopt when none may run now.
  std::optional<StepId> take_load_of(format::EntryId id);
  std::size_t step_count(format::EntryId id) const { return steps_of_entry_[id].size(); }
  void done(StepId id);
  // Skips, transitively, what needs the entry. `error` goes into failures().
  void failed(StepId id, Error error);
  // A step that was neither done nor failed by itself: another load of its entry failed meanwhile.
  void abandoned(StepId id);

  // For a running step that failed. The refresh of a materialized view may have failed because it reads
  // another one through a function, of which the archive cannot tell: it is set aside (true) until nothing
  // else is left to run, and tried again as long as rounds bring other refreshes; then it fails with the last
  // error. False, and nothing done, for any other step.
  bool postpone(StepId id, const Error& error);

  // For a running split step whose transaction was rolled back because it could not have a lock, and for
  // those that were rolled back with it: the entry will be loaded in one piece, when none of its steps runs
  // any more. Returns the steps that have become needless then, which are done.
  std::vector<StepId> set_aside(StepId id);
  // False once a part of the entry is committed: what is left cannot be loaded anew.
  bool may_set_aside(StepId id) const;
  bool is_set_aside(format::EntryId entry) const { return set_aside_.contains(entry); }

  // Lists a failure that nothing depends on (an owner that does not exist): the entry itself was restored.
  void add_failure(const format::TocEntry& entry, Error error);

  // Nothing is left to run, but for event triggers that are held.
  bool finished() const { return unsettled_ == held_steps(); }
  void begin_event_triggers();
  // The (first) step of an entry; nullopt when it is not selected.
  std::optional<StepId> first_step(format::EntryId id) const;
  // True for a TABLE DATA entry whose table this restore creates as well.
  static bool creates_table_of(const format::Toc& toc, const Selection& selection,
                               const format::TocEntry& data);
  bool entry_done(format::EntryId id) const;  // every step of it
  std::uint64_t entries_done() const;
  const std::vector<FailedEntry>& failures() const { return failures_; }
  std::vector<FailedEntry> take_failures() { return std::move(failures_); }

 private:
  friend class PlanBuilder;  // plan_builder.cpp
  struct TableUse {
    std::uint32_t exclusive = 0, shared = 0;
  };
  bool may_run(const Step& step) const;
  StepId start(Step& step);
  void use_tables(const Step& step, bool begin);
  void settle(Step& step, StepState state);
  void make_ready(const Step& step);
  bool is_ready(const Step& step) const;
  void begin_pass();
  std::uint64_t held_steps() const;
  void skip_dependents(const Step& cause);
  bool go_without(const Step& failed, Step& step);
  void skip(Step& step, const format::TocEntry& cause);
  void end_round();

  std::vector<Step> steps_;
  std::vector<StepId> serial_;
  std::vector<std::vector<StepId>> steps_of_entry_;   // by entry id
  std::set<std::pair<std::uint64_t, StepId>> ready_;  // of the current pass; first = ~priority
  std::set<StepId> ready_live_;                       // the live ones of them
  std::map<format::EntryId, TableUse> tables_in_use_;
  std::vector<std::uint64_t> unsettled_of_pass_;
  std::uint64_t unsettled_ = 0;
  std::uint8_t pass_ = 0;
  bool hold_event_triggers_ = false;
  std::uint64_t running_ = 0;
  std::shared_ptr<LargeObjectIds> left_out_ = std::make_shared<LargeObjectIds>();
  std::unordered_map<format::EntryId, format::EntryId> parent_of_;  // tables of partitions
  std::map<StepId, Error> postponed_;
  std::set<format::EntryId> set_aside_;  // entries that will be loaded in one piece
  bool refreshed_ = false;               // a refresh has succeeded in this round
  std::vector<bool> entry_failed_;       // by entry id: failed or skipped, and listed
  std::vector<FailedEntry> failures_;
};

// "public.t", and "TABLE public.t", for messages.
std::string qualified_name(const format::TocEntry& entry);
std::string describe(const format::TocEntry& entry);

}  // namespace pgark::restore
