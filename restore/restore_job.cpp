#include "restore/restore_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/async/task_group.hpp"
#include "base/sql_quote.hpp"
#include "format/entry_properties.hpp"
#include "restore/archive_facts.hpp"
#include "restore/creation_rounds.hpp"
#include "restore/requirements.hpp"
#include "restore/scheduler.hpp"
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
                       params::ConnectParams target, RestoreOptions options,
                       const format::ArchiveReader& archive, EventSink& events)
    : executor_(std::move(executor)),
      strand_(std::move(strand)),
      archive_(archive),
      chosen_(archive.toc(), options),
      toc_(chosen_.get()),
      events_(events),
      decoder_(archive, cpu, buffer_count(options), options.buffer_bytes),
      context_{std::move(target), session_choice(archive.toc(), options), std::move(options), &decoder_,
               &events,           source_version_num(archive.toc())} {
  context_.session.lazy_commits = true;
}

asio::awaitable<RestoreOutcome> RestoreJob::run() {
  std::exception_ptr failure;
  try {
    co_await run_phases();
  } catch (const Exception& exception) {
    failure = std::make_exception_ptr(Exception(with_resume_hint(exception.error())));
  } catch (...) {
    failure = std::current_exception();
    if (context_.journal != nullptr)
      events_.message(Severity::notice,
                      "what is finished is recorded in the target: --resume goes on from there", {});
  }
  if (failure) {
    // What cancelled us must not stop us from telling the server.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await cancel_statements();
    std::rethrow_exception(failure);
  }
  co_return std::move(outcome_);
}

asio::awaitable<void> RestoreJob::run_phases() {
  selection_ = value_or_throw(Selection::make(toc_, context_.options));
  for (const std::string& pattern : selection_->unmatched())
    events_.message(Severity::warning, "the pattern matches nothing in the archive", pattern);
  build_plan();
  add_workers();

  events_.phase("checking the target");
  co_await open_target();
  co_await prepare_target();
  events_.phase("creating objects");
  co_await run_serial_steps();
  co_await compare_collations(leader().connection(), toc_, events_);
  events_.phase("loading rows, building indexes and constraints");
  co_await run_parallel_steps();
  co_await empty_half_loaded_tables();
  verify_rows();
  co_await end_journal();
  plan_->begin_event_triggers();
  co_await run_parallel_steps();
  if (in_transactions()) co_await leader().end_transactions();
  co_await finish_cluster();
  co_await flush_commits(leader().connection());
  for (const auto& worker : workers_) {
    asio::awaitable<void> closing = worker->close();
    co_await asio::co_spawn(worker->executor(), std::move(closing), asio::use_awaitable);
  }

  outcome_.entries_done = plan_->entries_done();
  outcome_.failed = plan_->take_failures();
}

Error RestoreJob::with_resume_hint(Error error) const {
  if (context_.journal == nullptr || error.object == Journal::kSchema) return error;
  error.hint += error.hint.empty() ? "" : "; ";
  error.hint += "what is finished is recorded in the target: --resume goes on from there";
  return error;
}

void RestoreJob::build_plan() {
  const RestorePlan::ChunkLookup chunks_of = [this](EntryId id) { return archive_.chunks_of(id); };
  PlanOptions options;
  options.jobs = context_.options.jobs;
  options.disable_triggers = context_.options.disable_triggers;
  options.loaded = journal_.loaded();
  options.hold_event_triggers = true;
  plan_ = value_or_throw(RestorePlan::build(toc_, *selection_, chunks_of, std::move(options)));
  std::uint64_t bytes = 0;
  for (const Step& step : plan_->steps()) {
    for (const auto& chunk : step.chunks) bytes += chunk.info.raw_bytes;
  }
  events_.progress.steps_total = plan_->steps().size();
  events_.progress.bytes_total = bytes;
}

bool RestoreJob::in_transactions() const {
  return context_.options.single_transaction || context_.options.transaction_size != 0;
}

void RestoreJob::add_workers() {
  workers_.push_back(std::make_unique<Worker>(strand_, context_));
  for (int i = 1; i < context_.options.jobs; ++i) {
    const asio::any_io_executor strand = asio::make_strand(executor_);
    workers_.push_back(std::make_unique<Worker>(strand, context_));
  }
}

asio::awaitable<void> RestoreJob::open_target() {
  if (context_.options.create) co_await make_database();
  leader().adopt(co_await open_session(strand_, context_.target, context_.session, events_));
  compare_versions(leader().connection(), toc_, events_);
  compare_statistics(leader().connection(), toc_, *selection_, events_);
}

asio::awaitable<void> RestoreJob::make_database() {
  const auto found = std::find_if(plan_->steps().begin(), plan_->steps().end(),
                                  [](const Step& step) { return step.entry->kind == "DATABASE"; });
  if (found == plan_->steps().end()) {
    Error error;
    error.code = ErrorCode::usage;
    error.message = "the archive does not hold the definition of its database, so it cannot be created";
    error.object = archive_.name();
    error.hint = "create the database yourself and leave --create out";
    throw Exception(std::move(error));
  }
  const StepId step = found->id;
  auto maintenance =
      co_await open_maintenance(strand_, context_.target, found->entry->name, context_.session, events_);
  co_await prepare_cluster(*maintenance);
  co_await maintenance->close();
  if (context_.options.resume) {
    context_.target.database = outcome_.database = found->entry->name;
    co_return;
  }
  CreatedDatabase created = co_await create_database(strand_, context_.target, *plan_->step(step).entry,
                                                     context_.options, context_.session, events_);
  context_.target.database = outcome_.database = created.name;
  plan_->done(step);
  if (created.side_error) plan_->add_failure(*plan_->step(step).entry, std::move(*created.side_error));
  report_failures();
}

asio::awaitable<void> RestoreJob::prepare_target() {
  const RestoreOptions& options = context_.options;
  protocol::Connection& connection = leader().connection();
  // With --create the database is new, whatever was dropped for it.
  context_.all_rows_as_text = (options.clean && !options.create) || !restores_whole_database();
  if (options.single_transaction) co_await leader().begin_transactions(0);
  if (!options.resume) co_await check_target();
  if (!options.create) co_await prepare_cluster(connection);
  if (options.resume) {
    co_await resume();
    co_return;
  }
  if (options.clean && !options.create) {
    events_.phase("dropping what the archive will create");
    co_await Journal::drop_left_behind(connection);
    kept_ = co_await drop_selected(connection, toc_, *selection_, options.single_transaction, events_);
  }
  if (!in_transactions()) co_await begin_journal();
}

asio::awaitable<void> RestoreJob::check_target() {
  const RestoreOptions& options = context_.options;
  protocol::Connection& connection = leader().connection();
  const bool creates = creates_objects();
  if (!options.clean) co_await Journal::check_none(connection, creates);
  if (creates && !options.clean) co_await check_empty(connection);
  if (creates) co_await warn_of_default_privileges(connection, events_);
  if (!creates) co_await check_tables_exist(connection, toc_, *selection_);
  if (!options.append) co_await check_tables_are_empty(connection, toc_, *selection_);
}

// The archive has a schema of the record's name.
bool RestoreJob::touches_journal() const {
  return std::any_of(toc_.entries.begin(), toc_.entries.end(), [this](const TocEntry& entry) {
    return selection_->contains(entry.id) &&
           (entry.schema == Journal::kSchema || (entry.kind == "SCHEMA" && entry.name == Journal::kSchema));
  });
}

asio::awaitable<void> RestoreJob::begin_journal() {
  protocol::Connection& connection = leader().connection();
  const RestoreOptions& options = context_.options;
  const int version = connection.server_version_num();
  std::string identity = Journal::identity(toc_, *selection_, options, version);
  std::optional<std::string> refused = "a schema of the archive has its name, pgark_restore";
  if (!touches_journal()) refused = co_await journal_.create(connection, std::move(identity));
  if (refused) {
    events_.message(Severity::info,
                    "no record is kept of this restore, so that it cannot be resumed: " + one_line(*refused),
                    {});
    co_return;
  }
  context_.journal = &journal_;
  co_await leader().record();
  std::vector<DdlUnit> there;
  for (const EntryId id : kept_) {
    for (DdlUnit& unit : create_units(*toc_.find(id), options, version)) {
      if (unit.creates) there.push_back(std::move(unit));
    }
  }
  if (there.empty()) co_return;
  std::string sql = Journal::record_sql(there);
  co_await connection.execute(std::move(sql));
}

// All but the event triggers of the archive, which the end of the record must not fire, is done.
asio::awaitable<void> RestoreJob::end_journal() {
  if (std::exchange(context_.journal, nullptr) == nullptr) co_return;
  for (const auto& worker : workers_) worker->record_no_more();
  co_await Journal::remove(leader().connection(), events_);
}

// What an earlier attempt has done is done; what it dropped, it has dropped.
asio::awaitable<void> RestoreJob::resume() {
  protocol::Connection& connection = leader().connection();
  std::string identity =
      Journal::identity(toc_, *selection_, context_.options, connection.server_version_num());
  co_await journal_.resume(connection, std::move(identity), archive_.toc(), events_);
  context_.journal = &journal_;
  co_await leader().record();
  build_plan();
  for (const Step& step : plan_->steps()) {
    if (context_.options.create && step.entry->kind == "DATABASE") plan_->done(step.id);
    if (!step.is_load || !journal_.has_run(step)) continue;
    for (const auto& chunk : step.chunks) {
      rows_loaded_[step.entry->id] += chunk.info.rows;
      outcome_.rows += chunk.info.rows;
      outcome_.raw_bytes += chunk.info.raw_bytes;
      events_.progress.rows_done += chunk.info.rows;
      events_.progress.bytes_done += chunk.info.raw_bytes;
    }
    plan_->done(step.id);
  }
}

// Then, in a target that was empty, every type and every parent of a table is the archive's. Elsewhere a
// domain, a composite type or a parent that was there before may decide what a column is.
bool RestoreJob::restores_whole_database() const {
  const auto content = toc_.info.find(format::info_key::kComplete);
  return content != toc_.info.end() && content->second == "full" &&
         std::all_of(toc_.entries.begin(), toc_.entries.end(), [this](const TocEntry& entry) {
           return selection_->contains(entry.id) || entry.section != format::Section::pre_data ||
                  describes_another(entry) || format::is_global(entry) || entry.kind == "DATABASE" ||
                  is_property(entry);
         });
}

// Index builds, triggers and rows go into a database that holds their tables already.
bool RestoreJob::creates_objects() const {
  return std::any_of(toc_.entries.begin(), toc_.entries.end(), [this](const TocEntry& entry) {
    return selection_->contains(entry.id) && selection_->section(entry.id) == format::Section::pre_data &&
           entry.kind != "DATABASE" && !is_property(entry) && !describes_another(entry);
  });
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
  co_await worker.run_units(std::move(units), std::move(callbacks));
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

asio::awaitable<void> RestoreJob::run_parallel_steps() {
  Scheduler::Options options;
  options.exit_on_error = context_.options.stops_at_error();
  options.on_step = [this](const Step& step, const StepOutcome& outcome) { on_step(step, outcome); };
  options.on_settled = [this] { report_failures(); };
  options.on_set_aside = [this](const Step& step, const StepOutcome& outcome) {
    on_set_aside(step, outcome);
  };
  std::vector<StepRunner*> runners;
  for (const auto& worker : workers_) runners.push_back(worker.get());
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
  if (step.is_load) {
    rows_loaded_[step.entry->id] += outcome.rows;
    outcome_.rows += outcome.rows;
    outcome_.raw_bytes += outcome.raw_bytes;
    outcome_.row_bytes += outcome.row_bytes;
  }
  events_.message(Severity::debug, "restored", describe(*step.entry));
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
  for (; failures_reported_ < failures.size(); ++failures_reported_) {
    const FailedEntry& failed = failures[failures_reported_];
    Error text = failed.error;
    text.object.clear();
    std::string line = text.to_string();
    if (!text.statement.empty()) line += "; statement: " + text.statement;
    events_.message(failed.skipped ? Severity::warning : Severity::error, line,
                    failed.kind + " " + failed.name);
  }
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
  for (const Step& step : plan_->steps()) {
    if (!step.is_load || !plan_->entry_done(step.entry->id)) continue;
    const auto* archived = toc_.find_data(step.entry->id);
    const auto loaded = rows_loaded_.find(step.entry->id);
    const std::uint64_t expected = archived == nullptr ? 0 : archived->rows;
    const std::uint64_t actual = loaded == rows_loaded_.end() ? 0 : loaded->second;
    if (expected == actual) continue;
    Error error;
    error.code = ErrorCode::mismatch;
    error.object = describe(*step.entry);
    error.message = fmt::format("the archive holds {} rows, {} were restored", expected, actual);
    throw Exception(std::move(error));
  }
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
