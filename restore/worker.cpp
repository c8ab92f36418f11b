#include "restore/worker.hpp"

#include <utility>

#include "base/server_version.hpp"
#include "base/sqlstate.hpp"
#include "restore/loader.hpp"
#include "restore/session.hpp"
#include "restore/statements.hpp"

namespace pgark::restore {

namespace asio = boost::asio;

Worker::Worker(asio::any_io_executor executor, const WorkerContext& context)
    : executor_(std::move(executor)), context_(context) {}

void Worker::adopt(std::unique_ptr<protocol::Connection> connection) {
  connection_ = std::move(connection);
  ddl_.emplace(*connection_);
}

asio::awaitable<void> Worker::record() {
  if (context_.journal == nullptr) co_return;
  co_await Journal::hold(*connection_);
  ddl_.emplace(*connection_, nullptr, /*recorded=*/true);
}

void Worker::record_no_more() {
  if (connection_) ddl_.emplace(*connection_);
}

asio::awaitable<void> Worker::connect() {
  adopt(co_await open_session(executor_, context_.target, context_.session, *context_.events));
  co_await record();
}

asio::awaitable<StepOutcome> Worker::run(const Step& step, const std::atomic<bool>& abandon) {
  StepOutcome outcome;
  if (step.is_load && step.chunks.empty()) co_return outcome;
  if (!connection_) co_await connect();
  busy_ = true;
  if (step.is_load) {
    // Bytes of large objects that could not be created may still find them the next time.
    const bool recorded = context_.journal != nullptr && (step.left_out == nullptr || step.left_out->empty());
    RowSource source{*context_.decoder, row_conversion(step),
                     recorded ? Journal::record_sql(step) : std::string()};
    LoadResult loaded = co_await load(*connection_, step, std::move(source), abandon, *context_.events,
                                      transactions_.has_value());
    outcome.error = std::move(loaded.error);
    outcome.abandoned = loaded.abandoned;
    outcome.rows = loaded.rows;
    outcome.raw_bytes = loaded.raw_bytes;
    outcome.row_bytes = loaded.row_bytes;
  } else {
    outcome = co_await run_ddl(step);
  }
  if (transactions_ && !outcome.error && !outcome.side_error) co_await transactions_->add(1);
  busy_ = false;
  co_return outcome;
}

asio::awaitable<void> Worker::run_units(std::vector<DdlUnit> units, DdlRunner::Callbacks callbacks) {
  if (!connection_) co_await connect();
  busy_ = true;
  co_await ddl_->run(std::move(units), std::move(callbacks));
  busy_ = false;
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

asio::awaitable<std::optional<Error>> Worker::conclude(const Step& step, bool commit) {
  busy_ = true;
  std::optional<Error> error = co_await finish_split_load(*connection_, step, commit);
  busy_ = false;
  co_return error;
}

asio::awaitable<StepOutcome> Worker::run_ddl(const Step& step) {
  StepOutcome outcome;
  for (DdlUnit& unit : create_units(*step.entry, context_.options, connection_->server_version_num())) {
    if (context_.journal != nullptr && context_.journal->has(*step.entry, unit.number)) continue;
    std::optional<DdlUnit> weaker = not_valid_form(unit);
    bool essential = unit.essential;
    std::optional<Error> error = co_await ddl_->run_one(std::move(unit), /*retry=*/true);
    // A check of what has changed since its rows were stored. It is kept for the rows to come.
    const bool violated = error && sqlstate::is(*error, sqlstate::kCheckViolation);
    if (violated && weaker && !transactions_) {
      const std::optional<Error> failed_too = co_await ddl_->run_one(std::move(*weaker), /*retry=*/true);
      if (!failed_too) {
        error->message += "; it was added as NOT VALID, so that it holds for new rows";
        essential = false;
      }
    }
    if (error && essential) {
      outcome.error = std::move(error);
      break;
    }
    if (error) outcome.side_error = std::move(error);
  }
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
