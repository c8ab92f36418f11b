#include "restore/plan.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <deque>
#include <utility>

#include "base/sql_quote.hpp"

namespace pgark::restore {

using format::EntryId;
using format::TocEntry;

namespace {

bool is_refresh(const Step& step) {
  return step.entry->kind == "MATERIALIZED VIEW DATA";
}

// The statement that creates them has an array of them in it (dumper/ddl/large_object).
void add_large_objects(const TocEntry& entry, LargeObjectIds& ids) {
  if (entry.create.empty()) return;
  const std::string_view sql = entry.create.front().sql;
  const char* const end = sql.data() + sql.size();
  const char* at = sql.data() + std::min(sql.find('{'), sql.size());
  while (at != end && *at != '}') {
    std::uint32_t oid = 0;
    const auto [next, error] = std::from_chars(++at, end, oid);
    if (error != std::errc()) return;
    ids.insert(oid);
    at = next;
  }
}

}  // namespace

bool RestorePlan::may_run(const Step& step) const {
  const auto use = [&](EntryId table) {
    const auto found = tables_in_use_.find(table);
    return found == tables_in_use_.end() ? TableUse{} : found->second;
  };
  for (const EntryId table : step.exclusive_tables) {
    if (const TableUse in_use = use(table); in_use.exclusive != 0 || in_use.shared != 0) return false;
  }
  return std::none_of(step.shared_tables.begin(), step.shared_tables.end(),
                      [&](EntryId table) { return use(table).exclusive != 0; });
}

void RestorePlan::use_tables(const Step& step, bool begin) {
  const auto change = [begin](std::uint32_t& count) { begin ? ++count : --count; };
  for (const EntryId table : step.exclusive_tables) change(tables_in_use_[table].exclusive);
  for (const EntryId table : step.shared_tables) change(tables_in_use_[table].shared);
}

StepId RestorePlan::start(Step& step) {
  ready_.erase({~step.priority, step.id});
  ready_live_.erase(step.id);
  step.state = StepState::running;
  ++running_;
  use_tables(step, true);
  return step.id;
}

std::optional<StepId> RestorePlan::take() {
  for (const auto& [priority, id] : ready_) {
    if (may_run(steps_[id])) return start(steps_[id]);
  }
  return std::nullopt;
}

bool RestorePlan::has_ready() const {
  return std::ranges::any_of(ready_, [this](const auto& ready) { return may_run(steps_[ready.second]); });
}

bool RestorePlan::is_ready(const Step& step) const {
  return step.live ? ready_live_.contains(step.id) : ready_.contains({~step.priority, step.id});
}

std::optional<StepId> RestorePlan::take_load_of(EntryId entry) {
  for (const StepId id : steps_of_entry_[entry]) {
    if (may_take(steps_[id])) return start(steps_[id]);
  }
  return std::nullopt;
}

void RestorePlan::settle(Step& step, StepState state) {
  assert(step.state == StepState::waiting || step.state == StepState::running);
  if (step.state == StepState::running) {
    use_tables(step, false);
    --running_;
  }
  if (step.state == StepState::waiting) {
    ready_.erase({~step.priority, step.id});
    ready_live_.erase(step.id);
  }
  step.state = state;
  --unsettled_;
  --unsettled_of_pass_[step.pass];
}

void RestorePlan::make_ready(const Step& step) {
  if (step.state != StepState::waiting || step.unmet != 0 || step.pass != pass_ || step.serial) return;
  if (step.live) {
    ready_live_.insert(step.id);
  } else {
    ready_.insert({~step.priority, step.id});
  }
}

void RestorePlan::begin_pass() {
  bool advanced = false;
  while (pass_ + 1u < unsettled_of_pass_.size() && unsettled_of_pass_[pass_] == 0) {
    if (hold_event_triggers_ && pass_ + 2u == unsettled_of_pass_.size()) break;
    ++pass_;
    advanced = true;
  }
  if (!advanced) return;
  for (const Step& step : steps_) make_ready(step);
}

std::uint64_t RestorePlan::held_steps() const {
  return hold_event_triggers_ ? unsettled_of_pass_.back() : 0;
}

void RestorePlan::begin_event_triggers() {
  hold_event_triggers_ = false;
  begin_pass();
}

void RestorePlan::done(StepId id) {
  Step& step = steps_[id];
  settle(step, StepState::done);
  for (const StepId successor : step.successors) {
    --steps_[successor].unmet;
    make_ready(steps_[successor]);
  }
  refreshed_ = refreshed_ || is_refresh(step);
  begin_pass();
  end_round();
}

void RestorePlan::failed(StepId id, Error error) {
  Step& step = steps_[id];
  settle(step, StepState::failed);
  const TocEntry& entry = *step.entry;
  if (!entry_failed_[entry.id]) {
    entry_failed_[entry.id] = true;
    add_failure(entry, std::move(error));
  }
  set_aside_.erase(entry.id);
  for (const StepId sibling : steps_of_entry_[entry.id]) {
    if (steps_[sibling].state == StepState::waiting) settle(steps_[sibling], StepState::skipped);
  }
  skip_dependents(step);
  begin_pass();
  end_round();
}

bool RestorePlan::postpone(StepId id, const Error& error) {
  Step& step = steps_[id];
  assert(step.state == StepState::running);
  if (!is_refresh(step)) return false;
  use_tables(step, false);
  --running_;
  step.state = StepState::waiting;
  postponed_.insert_or_assign(id, error);
  end_round();
  return true;
}

bool RestorePlan::may_set_aside(StepId id) const {
  const auto& siblings = steps_of_entry_[steps_[id].entry->id];
  return steps_[id].split && std::none_of(siblings.begin(), siblings.end(), [this](StepId sibling) {
           return steps_[sibling].state != StepState::running && steps_[sibling].state != StepState::waiting;
         });
}

std::vector<StepId> RestorePlan::set_aside(StepId id) {
  Step& step = steps_[id];
  assert(step.state == StepState::running && may_set_aside(id));
  use_tables(step, false);
  --running_;
  step.state = StepState::waiting;
  const std::vector<StepId>& siblings = steps_of_entry_[step.entry->id];
  set_aside_.insert(step.entry->id);
  bool others_run = false;
  for (const StepId sibling : siblings) {
    ready_.erase({~steps_[sibling].priority, sibling});
    others_run = others_run || steps_[sibling].state == StepState::running;
  }
  if (others_run) return {};

  set_aside_.erase(step.entry->id);
  Step& whole = steps_[siblings.front()];
  const Step& last = steps_[siblings.back()];
  whole.chunks = {whole.chunks.data(), last.chunks.data() + last.chunks.size()};
  whole.split = false;
  make_ready(whole);
  std::vector<StepId> needless(siblings.begin() + 1, siblings.end());
  for (const StepId sibling : needless) done(sibling);
  return needless;
}

void RestorePlan::end_round() {
  if (postponed_.empty() || running_ != 0 || !ready_.empty() || !ready_live_.empty()) return;
  const auto postponed = std::exchange(postponed_, {});
  const bool again = std::exchange(refreshed_, false);
  for (const auto& [id, error] : postponed) {
    if (again) {
      make_ready(steps_[id]);
    } else if (steps_[id].state == StepState::waiting) {
      failed(id, error);
    }
  }
}

void RestorePlan::add_failure(const TocEntry& entry, Error error) {
  failures_.push_back({entry.id, entry.kind, qualified_name(entry), std::move(error), false});
}

void RestorePlan::abandoned(StepId id) {
  settle(steps_[id], StepState::skipped);
  begin_pass();
  end_round();
}

void RestorePlan::skip_dependents(const Step& cause) {
  std::deque<const Step*> causes{&cause};
  while (!causes.empty()) {
    const Step& from = *causes.front();
    causes.pop_front();
    for (const StepId id : from.successors) {
      Step& step = steps_[id];
      if (step.state != StepState::waiting || go_without(from, step)) continue;
      skip(step, *from.entry);
      causes.push_back(&step);
    }
  }
}

// One entry holds the bytes of all large objects: those that were created get theirs. And a partition is
// created as a table of its own and attached later: it and its rows come back without what it belonged to.
bool RestorePlan::go_without(const Step& failed, Step& step) {
  const TocEntry& cause = *failed.entry;
  const TocEntry& entry = *step.entry;
  if (is_large_objects(cause) && is_large_object_data(entry)) {
    add_large_objects(cause, *left_out_);
  } else {
    const auto parent = parent_of_.find(entry.id);
    if (parent == parent_of_.end() || parent->second != cause.id) return false;
  }
  --step.unmet;
  make_ready(step);
  return true;
}

void RestorePlan::skip(Step& step, const TocEntry& cause) {
  settle(step, StepState::skipped);
  const TocEntry& entry = *step.entry;
  if (entry_failed_[entry.id]) return;
  entry_failed_[entry.id] = true;
  Error error;
  error.code = ErrorCode::incomplete;
  error.object = describe(entry);
  error.message = "not tried, because " + describe(cause) + " could not be restored";
  failures_.push_back({entry.id, entry.kind, qualified_name(entry), std::move(error), true});
}

std::optional<StepId> RestorePlan::first_step(EntryId id) const {
  const auto& steps = steps_of_entry_[id];
  return steps.empty() ? std::nullopt : std::optional(steps.front());
}

bool RestorePlan::creates_table_of(const format::Toc& toc, const Selection& selection, const TocEntry& data) {
  return std::any_of(data.dependencies.begin(), data.dependencies.end(), [&](EntryId id) {
    const TocEntry& needed = *toc.find(id);
    return selection.contains(id) && needed.kind == "TABLE" && needed.schema == data.schema &&
           needed.name == data.name;
  });
}

bool RestorePlan::entry_done(EntryId id) const {
  const auto& steps = steps_of_entry_[id];
  return !steps.empty() && std::all_of(steps.begin(), steps.end(),
                                       [this](StepId step) { return steps_[step].state == StepState::done; });
}

std::uint64_t RestorePlan::entries_done() const {
  std::uint64_t count = 0;
  for (EntryId id = 0; id < steps_of_entry_.size(); ++id) count += entry_done(id) ? 1 : 0;
  return count;
}

std::string qualified_name(const TocEntry& entry) {
  std::string name = entry.schema.empty() ? entry.name : entry.schema + "." + entry.name;
  if (!entry.table.empty() && entry.table != entry.name) name += " on " + entry.table;
  return one_line(name);
}

std::string describe(const TocEntry& entry) {
  return entry.kind + " " + qualified_name(entry);
}

}  // namespace pgark::restore
