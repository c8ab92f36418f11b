#include "restore/restore_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <iterator>
#include <utility>

#include "base/async/run_on.hpp"
#include "base/async/task_group.hpp"
#include "base/sql_quote.hpp"
#include "format/entry_properties.hpp"
#include "restore/archive_facts.hpp"
#include "restore/creation_rounds.hpp"
#include "restore/requirements.hpp"
#include "restore/scheduler.hpp"
#include "restore/selection_report.hpp"
#include "restore/session.hpp"
#include "restore/target.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::EntryId;
using format::TocEntry;

namespace {

constexpr int kCancelTimeoutMs = 3000;

// Each connection sends one chunk while two are decoded.
std::size_t buffer_count(const RestoreOptions& options) {
  return static_cast<std::size_t>(std::max(options.jobs, 1)) * 3;
}

bool is_property(const TocEntry& entry) {
  return entry.kind == "DATABASE PROPERTIES";
}

}  // namespace

RestoreJob::RestoreJob(asio::any_io_executor executor, asio::any_io_executor strand, async::CpuPool& cpu,
                       params::ConnectParams target, RestoreOptions options, RestoreInput input,
                       EventSink& events)
    : executor_(std::move(executor)),
      strand_(std::move(strand)),
      input_(std::move(input)),
      chosen_(value_or_throw(ChosenToc::make(input_.toc, options))),
      toc_(chosen_.get()),
      events_(events),
      cpu_(cpu),
      context_{std::move(target), session_choice(input_.toc, options), std::move(options), nullptr,
               &events,           source_version_num(input_.toc)} {
  if (context_.options.rolls_back()) context_.options.jobs = 1;
  context_.session.lazy_commits = true;
  if (input_.archive == nullptr) return;
  decoder_.emplace(*input_.archive, cpu, buffer_count(context_.options), context_.options.buffer_bytes);
  context_.decoder = &*decoder_;
}

asio::awaitable<RestoreOutcome> RestoreJob::run() {
  std::exception_ptr failure;
  try {
    co_await run_phases();
  } catch (const Exception& exception) {
    failure = std::make_exception_ptr(Exception(with_resume_hint(exception.error())));
  } catch (...) {
    failure = std::current_exception();
    if (context_.journal != nullptr || mark_in_doubt_) events_.message(Severity::notice, aftermath(), {});
  }
  if (failure) {
    // What cancelled us must not stop us from telling the server.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await cancel_statements();
    if (context_.journal != nullptr) tell_of_foreign_keys(keys_, events_);
    std::rethrow_exception(failure);
  }
  co_return std::move(outcome_);
}

asio::awaitable<void> RestoreJob::run_phases() {
  selection_ = value_or_throw(Selection::make(input_.toc, context_.options));
  report_selection(chosen_, *selection_, events_, !context_.options.names_come_back);
  build_plan();
  if (live()) begin_live();
  add_workers();

  events_.phase("checking the target");
  co_await open_target();
  co_await prepare_target();
  events_.phase("creating objects");
  co_await run_serial_steps();
  co_await compare_collations(leader().connection(), toc_, events_);
  events_.phase(context_.options.rehearsal != Rehearsal::none
                    ? "building indexes and constraints"
                    : "loading rows, building indexes and constraints");
  co_await run_parallel_steps(workers_.size());
  if (live()) co_await await_totals();
  if (context_.options.rehearsal == Rehearsal::none) co_await check_rows();
  co_await put_keys_back();
  // What is recorded ends when nothing is left to do, so that --resume does all of it.
  const bool recorded = context_.journal != nullptr;
  if (context_.options.analyze && recorded) co_await run_analyze();
  co_await run_last_steps();
  if (context_.options.rolls_back())
    co_await leader().end_rehearsal();
  else if (in_transactions())
    co_await leader().end_transactions();
  if (context_.options.analyze && !recorded) co_await run_analyze();
  co_await finish_cluster();
  co_await flush_commits(leader().connection());
  for (const auto& worker : workers_) {
    asio::awaitable<void> closing = worker->close();
    co_await async::run_on(worker->executor(), std::move(closing));
  }

  outcome_.entries_done = plan_->entries_done() - outcome_.not_attached.size();
  outcome_.failed = plan_->take_failures();
  std::ranges::move(lost_keys_, std::back_inserter(outcome_.failed));
}

// What arrived is all there is.
asio::awaitable<void> RestoreJob::check_rows() {
  co_await empty_half_loaded_tables();
  verify_rows();
}

Error RestoreJob::with_resume_hint(Error error) const {
  if (context_.journal == nullptr && !mark_in_doubt_) return error;
  if (error.object == Journal::kSchema) return error;
  error.hint += error.hint.empty() ? "" : "; ";
  error.hint += aftermath();
  return error;
}

const char* RestoreJob::aftermath() const {
  return live() ? kLeftMarked : "what is finished is recorded in the target: --resume goes on from there";
}

void RestoreJob::build_plan() {
  const RestorePlan::ChunkLookup chunks_of = [this](EntryId id) {
    return live() ? std::span<const format::ChunkRef>() : input_.archive->chunks_of(id);
  };
  PlanOptions options;
  options.jobs = context_.options.jobs;
  options.disable_triggers = context_.options.disable_triggers;
  options.no_foreign_keys = context_.options.drop_foreign_keys;
  options.loaded = journal_.loaded();
  options.live = live();
  options.hold_event_triggers = true;
  options.two_phases = !in_transactions();
  plan_ = value_or_throw(RestorePlan::build(toc_, *selection_, chunks_of, std::move(options)));
  std::uint64_t bytes = 0;
  for (const Step& step : plan_->steps()) {
    for (const auto& chunk : step.chunks) bytes += chunk.info.raw_bytes;
  }
  events_.progress.steps_total = plan_->steps().size();
  if (!live()) events_.progress.bytes_total = bytes;
}

bool RestoreJob::in_transactions() const {
  return context_.options.single_transaction || context_.options.transaction_size != 0 ||
         context_.options.rolls_back();
}

void RestoreJob::add_workers() {
  workers_.push_back(std::make_unique<Worker>(strand_, context_));
  for (int i = 1; i < context_.options.jobs; ++i) {
    const asio::any_io_executor strand = asio::make_strand(executor_);
    workers_.push_back(std::make_unique<Worker>(strand, context_, workers_.size()));
  }
}

// The archive's event triggers, which the end of the record must not fire, and that end, in one transaction:
// whatever cuts it off, either the record is still there or nothing is missing.
asio::awaitable<void> RestoreJob::run_last_steps() {
  const bool ends_record = context_.journal != nullptr && !has_open_keys();
  if (ends_record) {
    co_await leader().begin_last_transaction();
    co_await Journal::remove(leader().connection(), events_);
  }
  plan_->begin_event_triggers();
  co_await run_parallel_steps(ends_record ? 1 : workers_.size());
  if (!ends_record) co_return;
  co_await leader().end_last_transaction();
  context_.journal = nullptr;
  if (live()) input_.feed->set_marked(false);
}

asio::awaitable<void> RestoreJob::run_serial_steps() {
  StepIds properties, others;
  for (const StepId id : plan_->serial_steps()) {
    if (plan_->step(id).state != StepState::waiting) continue;
    (is_property(*plan_->step(id).entry) ? properties : others).push_back(id);
  }
  if (!properties.empty()) {
    co_await run_serial(std::move(properties));
    // The database's properties hold for new sessions only (A5.6).
    co_await leader().close();
    leader().adopt(co_await open_session(strand_, context_.target, context_.session, events_));
    if (context_.journal != nullptr) co_await Journal::claim_again(leader().connection());
    co_await leader().record();
  }
  const std::size_t transaction_size = context_.options.transaction_size;
  if (transaction_size != 0) co_await leader().begin_transactions(transaction_size);
  co_await run_serial(std::move(others));
}

asio::awaitable<void> RestoreJob::run_serial(StepIds steps) {
  const int connections = in_transactions() ? 1 : context_.options.jobs;
  for (CreationRound& round : creation_rounds(*plan_, toc_, steps, connections)) {
    if (round.size() == 1) {
      co_await run_definitions(leader(), std::move(round.front()));
    } else {
      async::TaskGroup group(strand_);
      for (std::size_t i = 0; i < round.size(); ++i) {
        async::Task task = [this, &worker = *workers_[i], &list = round[i]] {
          return run_definitions(worker, std::move(list));
        };
        group.spawn(workers_[i]->executor(), std::move(task));
      }
      co_await group.join();
    }
    if (first_error_) throw Exception(*first_error_);
  }
}

// On the worker's executor, beside others.
asio::awaitable<void> RestoreJob::run_definitions(Worker& worker, StepIds steps) {
  std::vector<DdlUnit> units;
  std::map<StepId, std::size_t> units_left;
  for (const StepId id : steps) {
    const TocEntry& entry = *plan_->step(id).entry;
    for (DdlUnit& unit : create_units(entry, context_.options, leader().connection().server_version_num())) {
      if (unit.creates && kept_.contains(entry.id)) continue;
      if (journal_.has(entry, unit.number)) continue;
      ++units_left[id];
      units.push_back(std::move(unit));
    }
  }
  DdlRunner::Callbacks callbacks;
  callbacks.wanted = [this](const DdlUnit& unit) {
    const std::lock_guard lock(settling_);
    return !first_error_ && plan_->step(*step_of(*unit.entry)).state == StepState::waiting;
  };
  callbacks.settled = [this, &units_left](const DdlUnit& unit, std::optional<Error> error) {
    const std::lock_guard lock(settling_);
    settle_unit(unit, std::move(error), units_left);
  };
  co_await worker.run_units(std::move(units), std::move(callbacks), "definitions");
  const std::lock_guard lock(settling_);
  if (first_error_) co_return;
  // Entries that have nothing to run on this target.
  for (const StepId id : steps) {
    if (plan_->step(id).state == StepState::waiting) plan_->done(id);
  }
}

void RestoreJob::settle_unit(const DdlUnit& unit, std::optional<Error> error,
                             std::map<StepId, std::size_t>& units_left) {
  const StepId id = *step_of(*unit.entry);
  const bool in_doubt = context_.options.single_transaction || context_.options.transaction_size != 0;
  if (error && !in_doubt && is_dispensable(unit, *error)) {
    events_.message(Severity::notice, "the comment that it has is kept: " + error->message,
                    one_line(describe(*unit.entry)));
    error.reset();
  }
  if (error) error->message = told_with(unit, std::move(error->message));
  if (error && (context_.options.stops_at_error() || is_disk_full(*error))) {
    if (!first_error_) first_error_ = std::move(error);
    return;
  }
  if (error && unit.essential) {
    plan_->failed(id, std::move(*error));
  } else {
    if (error) plan_->add_failure(*unit.entry, std::move(*error));
    if (--units_left[id] == 0) {
      plan_->done(id);
      ++events_.progress.steps_done;
    }
  }
  report_failures();
}

std::optional<StepId> RestoreJob::step_of(const TocEntry& entry) const {
  return plan_->first_step(entry.id);
}

asio::awaitable<void> RestoreJob::run_parallel_steps(std::size_t connections) {
  Scheduler::Options options;
  options.exit_on_error = context_.options.stops_at_error();
  options.on_step = [this](const Step& step, const StepOutcome& outcome) { on_step(step, outcome); };
  options.on_settled = [this] { report_failures(); };
  options.on_set_aside = [this](const Step& step, const StepOutcome& outcome) {
    on_set_aside(step, outcome);
  };
  options.live = live_ ? &*live_ : nullptr;
  options.on_loaded = [this](const Step& step, const StepOutcome& outcome) { on_loaded(step, outcome); };
  std::vector<StepRunner*> runners;
  for (std::size_t i = 0; i < connections; ++i) runners.push_back(workers_[i].get());
  Scheduler scheduler(strand_, *plan_, std::move(options));
  co_await scheduler.run(runners);
}

void RestoreJob::on_step(const Step& step, const StepOutcome& outcome) {
  ++events_.progress.steps_done;
  if (outcome.error || outcome.abandoned) {
    // Rows that were rolled back with those of another connection.
    events_.progress.bytes_done -= outcome.raw_bytes;
    events_.progress.rows_done -= outcome.rows;
    return;
  }
  if (step.is_load) on_loaded(step, outcome);
  events_.message(Severity::debug, "restored", describe(*step.entry));
}

void RestoreJob::on_loaded(const Step& step, const StepOutcome& outcome) {
  rows_loaded_[step.entry->id] += outcome.rows;
  outcome_.rows += outcome.rows;
  outcome_.raw_bytes += outcome.raw_bytes;
  outcome_.row_bytes += outcome.row_bytes;
  if (live()) digests_loaded_[step.entry->id] += outcome.digest;
}

void RestoreJob::on_set_aside(const Step& step, const StepOutcome& outcome) {
  events_.progress.bytes_done -= outcome.raw_bytes;
  events_.progress.rows_done -= outcome.rows;
  if (outcome.error) {
    events_.message(Severity::notice, "several connections got into each other's way: loading it through one",
                    describe(*step.entry));
  }
}

void RestoreJob::report_failures() {
  const auto& failures = plan_->failures();
  for (; failures_reported_ < failures.size(); ++failures_reported_)
    report_failure(failures[failures_reported_]);
}

void RestoreJob::report_failure(const FailedEntry& failed) {
  Error text = failed.error;
  text.object.clear();
  std::string line = text.to_string();
  if (text.server && !text.server->detail.empty()) line += "; detail: " + one_line(text.server->detail);
  if (!text.statement.empty()) line += "; statement: " + text.statement;
  events_.message(failed.skipped ? Severity::warning : Severity::error, line,
                  failed.kind + " " + failed.name);
}

// Several connections loaded a table and one of them could not commit: what the others committed goes again,
// so that a table holds all of its rows or none.
asio::awaitable<void> RestoreJob::empty_half_loaded_tables() {
  for (const FailedEntry& failed : plan_->failures()) {
    const TocEntry& entry = *toc_.find(failed.entry);
    if (rows_loaded_[entry.id] == 0 || failed.skipped) continue;
    const auto target = parse_copy_target(entry.copy_target);
    const bool own_table = target && target->schema == entry.schema && target->name == entry.name;
    if (!own_table || !RestorePlan::creates_table_of(toc_, *selection_, entry)) continue;
    std::string sql = "TRUNCATE ONLY " + target->relation_sql;
    if (context_.journal != nullptr) sql += "; " + Journal::forget_sql(entry.id);
    co_await leader().connection().execute(std::move(sql));
    outcome_.rows -= std::exchange(rows_loaded_[entry.id], 0);
  }
}

void RestoreJob::verify_rows() const {
  const format::Toc& totals = live() ? *input_.feed->final_toc() : toc_;
  for (const Step& step : plan_->steps()) {
    if (!step.is_load || !plan_->entry_done(step.entry->id)) continue;
    const auto* archived = totals.find_data(step.entry->id);
    const auto loaded = rows_loaded_.find(step.entry->id);
    const std::uint64_t expected = archived == nullptr ? 0 : archived->rows;
    const std::uint64_t actual = loaded == rows_loaded_.end() ? 0 : loaded->second;
    if (expected == actual) continue;
    Error error;
    error.code = ErrorCode::mismatch;
    error.object = describe(*step.entry);
    error.message = fmt::format("the {} {} rows, {} were restored",
                                live() ? "source has sent" : "archive holds", expected, actual);
    throw Exception(std::move(error));
  }
  if (live()) verify_digests();
}

asio::awaitable<void> RestoreJob::cancel_statements() {
  async::TaskGroup group(strand_);
  for (const auto& worker : workers_) {
    const std::optional<protocol::CancelHandle> handle = worker->unfinished();
    if (!handle) continue;
    async::Task task = [handle = *handle] { return handle.cancel(kCancelTimeoutMs); };
    group.spawn(strand_, std::move(task));
  }
  co_await group.join();
}

}  // namespace pgark::restore
