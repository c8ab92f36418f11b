// The part of a restore that looks at the target and makes it ready, before anything of the archive is
// created: see restore_job.hpp.
#include <algorithm>
#include <utility>

#include "base/sql_quote.hpp"
#include "format/entry_properties.hpp"
#include "restore/archive_facts.hpp"
#include "restore/lone_partitions.hpp"
#include "restore/neighbours.hpp"
#include "restore/restore_job.hpp"
#include "restore/session.hpp"
#include "restore/target.hpp"
#include "restore/transaction_room.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::EntryId;
using format::TocEntry;

namespace {

bool is_property(const TocEntry& entry) {
  return entry.kind == "DATABASE PROPERTIES";
}

Error no_record_of_keys(std::string why) {
  Error error;
  error.code = ErrorCode::mismatch;
  error.object = "pgark_restore";
  error.message = "foreign keys are not dropped without a record of them, which cannot be kept: " +
                  one_line(std::move(why));
  error.hint = "nothing has been changed; --single-transaction needs none";
  return error;
}

}  // namespace

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
    error.object = input_.name;
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
  context_.all_rows_as_text =
      (options.clean && !options.create) || renames_objects(options) || !restores_whole_database();
  if (options.rolls_back() || options.single_transaction)
    co_await check_transaction_room(connection, toc_, *selection_, options.rolls_back(), events_);
  if (options.rolls_back()) co_await leader().begin_rehearsal();
  if (options.single_transaction && !options.rolls_back()) co_await leader().begin_transactions(0);
  if (!options.resume) co_await check_target();
  if (!options.create) co_await prepare_cluster(connection);
  if (options.resume) {
    co_await resume();
    co_await leave_out_attachments();
    co_await drop_keys();
    co_return;
  }
  if (options.clean && !options.create) {
    events_.phase("dropping what the archive will create");
    co_await Journal::drop_left_behind(connection, events_);
    kept_ = co_await drop_selected(connection, toc_, *selection_,
                                   options.single_transaction || options.rolls_back(), events_);
  }
  co_await make_schemas(connection);
  co_await leave_out_attachments();
  if (!in_transactions() && !options.names_come_back) co_await begin_journal();
  co_await drop_keys();
}

asio::awaitable<void> RestoreJob::check_target() {
  const RestoreOptions& options = context_.options;
  protocol::Connection& connection = leader().connection();
  const bool creates = creates_objects();
  if (!options.clean) co_await Journal::check_none(connection, creates);
  if (creates && !options.clean) co_await check_room(connection);
  if (creates && !options.names_come_back) co_await warn_of_default_privileges(connection, events_);
  if (!creates) co_await check_tables_exist(connection, toc_, *selection_);
  if (!options.append) co_await check_tables_are_empty(connection, toc_, *selection_);
}

// Nothing of the target's may be lost or mistaken for the archive's.
asio::awaitable<void> RestoreJob::check_room(protocol::Connection& connection) {
  try {
    co_await check_empty(connection);
    co_return;
  } catch (const Exception& exception) {
    if (!renames_objects(context_.options) || exception.error().code != ErrorCode::target_not_empty) throw;
  }
  co_await check_beside(connection, toc_, *selection_, events_);
}

// Settled here, so that nothing waits for them.
asio::awaitable<void> RestoreJob::leave_out_attachments() {
  SettledAttachments settled =
      co_await settle_attachments(leader().connection(), toc_, input_.toc, *selection_, events_);
  outcome_.not_attached = settled.left_out;
  settled.left_out.insert(settled.left_out.end(), settled.there.begin(), settled.there.end());
  for (const EntryId id : settled.left_out) {
    const std::optional<StepId> step = step_of(*toc_.find(id));
    if (step && plan_->step(*step).state == StepState::waiting) plan_->done(*step);
  }
}

// Every database has a schema public, so that an archive does not say how to create it.
asio::awaitable<void> RestoreJob::make_schemas(protocol::Connection& connection) {
  for (std::string sql : chosen_.schemas_sql(*selection_)) co_await connection.execute(std::move(sql));
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
  mark_in_doubt_ = live();  // until the server has answered
  if (!touches_journal()) refused = co_await journal_.create(connection, std::move(identity), !live());
  mark_in_doubt_ = false;
  if (refused && options.drop_foreign_keys) throw Exception(no_record_of_keys(std::move(*refused)));
  if (refused) {
    events_.message(Severity::info,
                    (live() ? "no mark is set while it runs: "
                            : "no record is kept of this restore, so that it cannot be resumed: ") +
                        one_line(*refused),
                    {});
    co_return;
  }
  context_.journal = &journal_;
  if (live()) input_.feed->set_marked(true);
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

// What an earlier attempt has done is done; what it dropped, it has dropped.
asio::awaitable<void> RestoreJob::resume() {
  protocol::Connection& connection = leader().connection();
  std::string identity =
      Journal::identity(toc_, *selection_, context_.options, connection.server_version_num());
  co_await journal_.resume(connection, std::move(identity), input_.toc, events_);
  context_.journal = &journal_;
  co_await leader().record();
  build_plan();
  for (const Step& step : plan_->steps()) {
    if (context_.options.create && step.entry->kind == "DATABASE") plan_->done(step.id);
    if (!step.is_load || !journal_.has_run(step)) continue;
    for (const auto& chunk : step.chunks) {
      rows_loaded_[step.entry->id] += chunk.info.rows;
      outcome_.rows += chunk.info.rows;
      outcome_.rows_before += chunk.info.rows;
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

}  // namespace pgark::restore
