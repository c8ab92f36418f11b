#include "restore/worker.hpp"

#include <utility>

#include "base/server_version.hpp"
#include "base/sql_quote.hpp"
#include "base/sqlstate.hpp"
#include "restore/live/live_supply.hpp"
#include "restore/session.hpp"
#include "restore/statements.hpp"

namespace pgark::restore {

namespace asio = boost::asio;

Worker::Worker(asio::any_io_executor executor, const WorkerContext& context, std::size_t connection)
    : executor_(std::move(executor)), context_(context), number_(connection) {}

void Worker::tell(std::string_view what, Clock::time_point begin, bool rows) const {
  context_.events->worked({number_, what, begin, Clock::now(), rows});
}

void Worker::adopt(std::unique_ptr<protocol::Connection> connection) {
  connection_ = std::move(connection);
  ddl_.emplace(*connection_);
}

asio::awaitable<void> Worker::record() {
  if (context_.journal == nullptr) co_return;
  co_await Journal::hold(*connection_);
  ddl_.emplace(*connection_, nullptr, /*recorded=*/context_.live == nullptr);
}

asio::awaitable<void> Worker::connect() {
  adopt(co_await open_session(executor_, context_.target, context_.session, *context_.events));
  co_await record();
}

asio::awaitable<StepOutcome> Worker::run(const Step& step, const std::atomic<bool>& abandon) {
  StepOutcome outcome;
  if (step.is_load && ((step.chunks.empty() && !step.live) || context_.options.rehearsal != Rehearsal::none))
    co_return outcome;
  // The one kind that a rollback does not take back.
  if (context_.options.rolls_back() && step.entry->kind == "SEQUENCE SET") co_return outcome;
  if (!connection_) co_await connect();
  busy_ = true;
  const auto begun = Clock::now();
  if (step.is_load) {
    LoadResult loaded = co_await run_load(step, abandon);
    outcome.error = std::move(loaded.error);
    outcome.abandoned = loaded.abandoned;
    outcome.rows = loaded.rows;
    outcome.raw_bytes = loaded.raw_bytes;
    outcome.row_bytes = loaded.row_bytes;
    outcome.digest = loaded.digest;
  } else {
    outcome = co_await run_ddl(step);
  }
  if (transactions_ && !outcome.error && !outcome.side_error) co_await transactions_->add(1);
  busy_ = false;
  tell(step.is_load ? quote_qualified(step.entry->schema, step.entry->name) : describe(*step.entry), begun,
       step.is_load);
  co_return outcome;
}

asio::awaitable<LoadResult> Worker::run_load(const Step& step, const std::atomic<bool>& abandon) {
  const bool in_transaction = transactions_.has_value();
  if (step.live) {
    LiveSupply rows(executor_, *context_.live, step.id, row_conversion(step), *context_.cpu);
    co_return co_await load_live(*connection_, step, rows, row_conversion(step), abandon, *context_.events,
                                 in_transaction);
  }
  // Bytes of large objects that could not be created may still find them the next time.
  const bool recorded = context_.journal != nullptr && (step.left_out == nullptr || step.left_out->empty());
  RowSource source{*context_.decoder, row_conversion(step),
                   recorded ? Journal::record_sql(step) : std::string()};
  co_return co_await load(*connection_, step, std::move(source), abandon, *context_.events, in_transaction);
}

asio::awaitable<void> Worker::run_units(std::vector<DdlUnit> units, DdlRunner::Callbacks callbacks,
                                        std::string_view what) {
  if (!connection_) co_await connect();
  busy_ = true;
  const auto begun = Clock::now();
  co_await ddl_->run(std::move(units), std::move(callbacks));
  busy_ = false;
  tell(what, begun, /*rows=*/false);
}

asio::awaitable<void> Worker::run_beside_steps(
    std::function<asio::awaitable<void>(protocol::Connection&)> work, std::string_view what) {
  if (!connection_) co_await connect();
  busy_ = true;
  const auto begun = Clock::now();
  co_await work(*connection_);
  busy_ = false;
  tell(what, begun, /*rows=*/false);
}

// Binary rows are read without a question by a table of other types of the same size, so they are sent only
// where that cannot be. Servers newer than we know could have changed a form.
RowConversion Worker::row_conversion(const Step& step) const {
  // An older server takes for a value what stands for infinity in a newer one's interval.
  const int target = connection_->server_version_num() / 10000, source = context_.source_version_num / 10000;
  const bool known_server = !is_newer_than_known(connection_->server_version_num()) && target >= source;
  if (step.into_new_table && known_server && (step.certain_columns || !context_.all_rows_as_text)) {
    return RowConversion::as_stored(*step.entry);
  }
  return value_or_throw(RowConversion::as_text(*step.entry, context_.source_version_num));
}

asio::awaitable<void> Worker::begin_transactions(std::size_t entries_max) {
  transactions_.emplace(*connection_, entries_max);
  ddl_.emplace(*connection_, &*transactions_);
  co_await transactions_->begin();
}

asio::awaitable<void> Worker::end_transactions() {
  co_await transactions_->commit();
  ddl_.emplace(*connection_);
  transactions_.reset();
}

asio::awaitable<void> Worker::begin_last_transaction() {
  co_await connection_->execute("BEGIN");
  ddl_.emplace(*connection_).use_savepoints();
}

asio::awaitable<void> Worker::end_last_transaction() {
  co_await connection_->execute("COMMIT");
  ddl_.emplace(*connection_);
}

asio::awaitable<void> Worker::begin_rehearsal() {
  // Whoever uses the database is not kept waiting behind a rehearsal for long.
  co_await connection_->execute("BEGIN; SET LOCAL lock_timeout = '5s'");
  ddl_->use_savepoints();
}

asio::awaitable<void> Worker::end_rehearsal() {
  co_await connection_->execute("ROLLBACK");
  ddl_.emplace(*connection_);
}

asio::awaitable<std::optional<Error>> Worker::conclude(const Step& step, bool commit) {
  busy_ = true;
  std::optional<Error> error = co_await finish_split_load(*connection_, step, commit);
  busy_ = false;
  co_return error;
}

std::vector<DdlUnit> Worker::units_of(const Step& step) const {
  if (step.phase == 0) return create_units(*step.entry, context_.options, connection_->server_version_num());
  DdlUnit unit{step.entry, {step.phase_sql}, true, step.phase == 1};
  unit.number = step.phase - 1u;
  return {std::move(unit)};
}

// The foreign key is there by now, and holds for new rows.
void Worker::forgive_invalid_key(const Step& step, StepOutcome& outcome) const {
  const bool validates = step.phase == 2 && step.entry->kind == "FK CONSTRAINT";
  if (!validates || !outcome.error || is_disk_full(*outcome.error)) return;
  outcome.error->message += "; it was added as NOT VALID, so that it holds for new rows";
  outcome.side_error = std::exchange(outcome.error, std::nullopt);
}

asio::awaitable<StepOutcome> Worker::run_ddl(const Step& step) {
  StepOutcome outcome;
  std::vector<DdlUnit> units = units_of(step);
  for (DdlUnit& unit : units) {
    if (context_.journal != nullptr && context_.journal->has(*step.entry, unit.number)) continue;
    bool essential = unit.essential;
    std::optional<Error> error = co_await ddl_->run_one(unit, /*retry=*/true);
    std::optional<DdlUnit> weaker;
    if (error && !transactions_) weaker = weaker_form(unit, *error);
    if (weaker) {
      const char* instead = weaker->instead;
      const std::optional<Error> failed_too = co_await ddl_->run_one(std::move(*weaker), /*retry=*/true);
      if (!failed_too) {
        error->message += std::string("; ") + instead;
        essential = false;
      }
    }
    if (error) error->message = told_with(unit, std::move(error->message));
    if (error && essential) {
      outcome.error = std::move(error);
      break;
    }
    if (error) outcome.side_error = std::move(error);
  }
  forgive_invalid_key(step, outcome);
  co_return outcome;
}

std::optional<protocol::CancelHandle> Worker::unfinished() const {
  if (!busy_ || !connection_) return std::nullopt;
  return connection_->cancel_handle();
}

asio::awaitable<void> Worker::close() {
  if (connection_ && connection_->status() == protocol::Status::idle) co_await connection_->close();
  ddl_.reset();
  connection_.reset();
}

}  // namespace pgark::restore
