#include "restore/ddl_runner.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <utility>

#include "base/sqlstate.hpp"
#include "restore/journal.hpp"

namespace pgark::restore {

namespace asio = boost::asio;

namespace {

// One transaction holds the locks of all that a batch creates; the server's lock table is not large.
constexpr std::size_t kBatchUnitsMax = 128;
constexpr std::size_t kBatchBytesMax = std::size_t{256} << 10;

std::size_t text_bytes(const DdlUnit& unit) {
  std::size_t bytes = 0;
  for (const std::string& sql : unit.statements) bytes += sql.size();
  return bytes;
}

// Moves a batch from the front of `pending`: as many wanted units as fit, at least one if there is one.
std::vector<DdlUnit> take_batch(std::deque<DdlUnit>& pending, std::size_t units_max,
                                const std::function<bool(const DdlUnit&)>& wanted) {
  std::vector<DdlUnit> batch;
  std::size_t bytes = 0;
  while (!pending.empty() && batch.size() < units_max) {
    if (wanted && !wanted(pending.front())) {
      pending.pop_front();
      continue;
    }
    bytes += text_bytes(pending.front());
    if (!batch.empty() && bytes > kBatchBytesMax) break;
    batch.push_back(std::move(pending.front()));
    pending.pop_front();
  }
  return batch;
}

// An entry's owner is a unit of its own, right behind it.
std::size_t entries_in(const std::vector<DdlUnit>& batch) {
  std::size_t count = 0;
  const format::TocEntry* last = nullptr;
  for (const DdlUnit& unit : batch) {
    if (unit.entry != last) ++count;
    last = unit.entry;
  }
  return count;
}

// 40001: serialization_failure; the message is what the server says when two
// sessions update one catalog row, with no better code than internal_error.
bool is_worth_a_retry(const Error& error) {
  if (!error.server) return false;
  const std::string& state = error.server->sqlstate;
  if (state == sqlstate::kDeadlockDetected || state == sqlstate::kLockNotAvailable || state == "40001")
    return true;
  return state == "XX000" && error.server->message.find("concurrently updated") != std::string::npos;
}

}  // namespace

bool is_statement_failure(const Error& error, const protocol::Connection& connection) {
  return error.code == ErrorCode::server && connection.status() == protocol::Status::idle;
}

asio::awaitable<DdlRunner::Attempt> DdlRunner::attempt(std::span<const DdlUnit> batch) {
  std::vector<std::string> statements;
  std::vector<std::size_t> unit_of_statement;
  SessionState state = state_;
  if (savepoints_) {
    statements.emplace_back("SAVEPOINT batch");
    unit_of_statement.push_back(0);
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    append_statements(batch[i], state, statements);
    unit_of_statement.resize(statements.size(), i);
  }
  std::string record_sql = recorded_ ? Journal::record_sql(batch) : std::string();
  const bool recorded = !record_sql.empty();
  if (savepoints_) {
    statements.emplace_back("RELEASE SAVEPOINT batch");
    unit_of_statement.push_back(batch.size() - 1);
  }
  if (recorded) {
    statements.push_back(std::move(record_sql));
    unit_of_statement.resize(statements.size(), batch.size() - 1);
  }
  Attempt result;
  std::size_t failed_index = 0;
  try {
    std::vector<protocol::Statement> sent;  // copies: the texts are needed again to name a failure
    for (const std::string& sql : statements) sent.push_back({sql, {}});
    co_await connection_->pipeline(std::move(sent), &failed_index);
    state_ = state;
    co_return result;
  } catch (const Exception& exception) {
    if (!is_statement_failure(exception.error(), *connection_)) throw;
    if (recorded && failed_index + 1 == statements.size()) throw Exception(Journal::lost(exception.error()));
    result.error = exception.error();
  }
  if (savepoints_) co_await undo_batch();
  // A failure of the commit itself has no statement; it is charged to the last one.
  failed_index = std::min(failed_index, statements.size() - 1);
  result.failed_unit = unit_of_statement[failed_index];
  result.error =
      with_entry(std::move(*result.error), *batch[result.failed_unit].entry, statements[failed_index]);
  co_return result;
}

asio::awaitable<void> DdlRunner::undo_batch() {
  co_await connection_->execute("ROLLBACK TO SAVEPOINT batch; RELEASE SAVEPOINT batch");
}

asio::awaitable<void> DdlRunner::run(std::vector<DdlUnit> units, Callbacks callbacks) {
  std::deque<DdlUnit> pending(std::make_move_iterator(units.begin()), std::make_move_iterator(units.end()));
  std::size_t units_max = kBatchUnitsMax;
  while (!pending.empty()) {
    const std::size_t room = transactions_ == nullptr ? units_max : transactions_->room();
    std::vector<DdlUnit> batch = take_batch(pending, std::min(units_max, room), callbacks.wanted);
    if (batch.empty()) break;
    Attempt result = co_await attempt(batch);
    if (!result.error) {
      for (const DdlUnit& unit : batch) callbacks.settled(unit, std::nullopt);
      if (transactions_ != nullptr) co_await transactions_->add(entries_in(batch));
      units_max = std::min(units_max * 2, kBatchUnitsMax);
      continue;
    }
    if (transactions_ != nullptr) {
      callbacks.settled(batch[result.failed_unit], std::move(result.error));
      break;
    }
    auto again = batch.begin();
    if (result.failed_unit == 0) {
      callbacks.settled(*again++, std::move(result.error));
      units_max = std::max<std::size_t>(units_max / 2, 1);
    } else {
      units_max = result.failed_unit;  // those before it, next; then it stands at the front
    }
    pending.insert(pending.begin(), std::make_move_iterator(again), std::make_move_iterator(batch.end()));
  }
}

asio::awaitable<std::optional<Error>> DdlRunner::run_one(DdlUnit unit, bool retry) {
  const std::span<const DdlUnit> batch(&unit, 1);
  Attempt result = co_await attempt(batch);
  if (retry && transactions_ == nullptr && result.error && is_worth_a_retry(*result.error))
    result = co_await attempt(batch);
  co_return std::move(result.error);
}

}  // namespace pgark::restore
