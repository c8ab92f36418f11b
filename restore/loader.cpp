#include "restore/loader.hpp"

#include <fmt/format.h>

#include <boost/asio/this_coro.hpp>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "protocol/wire/binary_copy.hpp"
#include "restore/ddl_runner.hpp"
#include "restore/journal.hpp"
#include "restore/large_object_rows.hpp"
#include "restore/statements.hpp"
#include "restore/trigger_switch.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::TocEntry;
using protocol::Connection;

namespace {

// One being sent, the others decoded meanwhile.
constexpr std::size_t kChunksAhead = 3;

// Of the loads that share a table: see scheduler.hpp. Much longer than a lock is waited for among them, much
// shorter than a person would.
constexpr const char* kBoundedLockWaits = "; SET LOCAL lock_timeout = '10s'";

// Emptying a table that this restore has just created, in the transaction that fills it, lets a server with
// wal_level = minimal skip the WAL (D7.8). Not when the rows go in through a partitioned parent.
// It also lets the rows be stored as frozen, so that nobody has to do that, or to mark them as visible,
// later.
bool may_begin_anew(const Step& step) {
  const auto target = parse_copy_target(step.entry->copy_target);
  return step.sole_load_of_new_table && target && target->schema == step.entry->schema &&
         target->name == step.entry->name;
}

// One message, or none when there is nothing to do.
std::string begin_sql(const Connection& connection, const Step& step) {
  // One COPY is a transaction of its own.
  if (step.live && step.into_new_table) return {};
  std::string sql = connection.transaction_status() == 'I' ? "BEGIN" : "";
  if (!sql.empty() && step.split) sql += kBoundedLockWaits;
  if (may_begin_anew(step)) {
    sql += sql.empty() ? "" : "; ";
    sql += "TRUNCATE ONLY " + parse_copy_target(step.entry->copy_target)->relation_sql;
  }
  return sql;
}

// What is named in messages: one statement of a large object load is like another.
std::string load_sql(const TocEntry& entry) {
  return is_large_object_data(entry) ? "SELECT pg_catalog.lo_put(...)" : copy_sql(entry);
}

void count_chunk(const DecodedChunk& chunk, EventSink& events, LoadResult& result) {
  result.rows += chunk.ref->info.rows;
  result.raw_bytes += chunk.ref->info.raw_bytes;
  result.row_bytes += chunk.rows->size();
  result.digest += chunk.ref->info.digest;
  events.progress.bytes_done += chunk.ref->info.raw_bytes;
  events.progress.rows_done += chunk.ref->info.rows;
}

struct LoadForm {
  RowForm form = RowForm::text;
  std::string record_sql;  // run in the transaction of the rows; empty: nothing
};

// Sends the chunks; false when the load was abandoned.
asio::awaitable<bool> send(Connection& connection, const Step& step, ChunkSupply& stream,
                           const std::atomic<bool>& abandon, EventSink& events, LoadResult& result) {
  while (true) {
    if (abandon.load(std::memory_order_relaxed)) co_return false;
    std::optional<DecodedChunk> chunk = co_await stream.next();
    if (!chunk) co_return !(step.live && abandon.load(std::memory_order_relaxed));
    co_await connection.write_copy(*chunk->rows);
    count_chunk(*chunk, events, result);
  }
}

Error mismatch(const TocEntry& entry, std::uint64_t sent, std::uint64_t stored) {
  Error error;
  error.code = ErrorCode::mismatch;
  error.object = describe(entry);
  error.message = fmt::format("{} rows were sent, but the server stored {}", sent, stored);
  error.hint = "a trigger or a rule of the table may have changed or refused rows";
  return error;
}

asio::awaitable<void> end_run(Connection& connection, const Step& step, const std::string& record_sql,
                              bool in_transaction) {
  if (in_transaction || connection.transaction_status() == 'I') co_return;
  if (!record_sql.empty()) {
    try {
      co_await connection.execute(record_sql);
    } catch (const Exception& exception) {
      if (!is_statement_failure(exception.error(), connection)) throw;
      throw Exception(Journal::lost(exception.error()));
    }
  }
  co_await connection.execute(step.split ? "SET CONSTRAINTS ALL IMMEDIATE" : "COMMIT");
}

asio::awaitable<void> copy_run(Connection& connection, const Step& step, ChunkSupply& stream,
                               const LoadForm& source, const std::atomic<bool>& abandon, EventSink& events,
                               bool in_transaction, LoadResult& result) {
  const TocEntry& entry = *step.entry;
  const RowForm form = source.form;
  std::string begin = begin_sql(connection, step);
  if (!begin.empty()) co_await connection.execute(std::move(begin));
  std::vector<std::string> triggers_back;
  const auto target = parse_copy_target(entry.copy_target);
  if (step.disable_triggers && target)
    triggers_back = co_await disable_triggers(connection, target->relation_sql);
  co_await connection.begin_copy_in(copy_sql(entry, form, may_begin_anew(step)));
  if (form == RowForm::binary) co_await connection.write_copy(as_bytes(wire::kBinaryCopyHeader));
  const bool complete = co_await send(connection, step, stream, abandon, events, result);
  if (!complete) {
    co_await connection.abort_copy("another load of this table failed");
    if (connection.transaction_status() != 'I') co_await connection.execute("ROLLBACK");
    result.abandoned = true;
    co_return;
  }
  if (form == RowForm::binary) co_await connection.write_copy(as_bytes(wire::kBinaryCopyEnd));
  const std::uint64_t stored = co_await connection.end_copy();
  if (stored != result.rows) throw Exception(mismatch(entry, result.rows, stored));
  for (std::string& sql : triggers_back) co_await connection.execute(std::move(sql));
  co_await end_run(connection, step, source.record_sql, in_transaction);
}

// Writes the pieces of large objects, one round trip for each chunk.
asio::awaitable<void> large_object_run(Connection& connection, const Step& step, ChunkSupply& stream,
                                       const LoadForm& source, const std::atomic<bool>& abandon,
                                       EventSink& events, bool in_transaction, LoadResult& result) {
  std::string begin = begin_sql(connection, step);
  if (!begin.empty()) co_await connection.execute(std::move(begin));
  while (std::optional<DecodedChunk> chunk = co_await stream.next()) {
    if (abandon.load(std::memory_order_relaxed)) {
      co_await connection.execute("ROLLBACK");
      result.abandoned = true;
      co_return;
    }
    std::vector<protocol::Statement> statements =
        value_or_throw(large_object_statements(*chunk->rows, step.left_out.get()));
    if (!statements.empty()) co_await connection.pipeline(std::move(statements));
    count_chunk(*chunk, events, result);
  }
  co_await end_run(connection, step, source.record_sql, in_transaction);
}

// The error of a COPY after which the connection is as good as before; rethrows everything else.
Error statement_failure(const std::exception_ptr& failure, const Connection& connection) {
  try {
    std::rethrow_exception(failure);
  } catch (const Exception& exception) {
    if (!is_statement_failure(exception.error(), connection)) throw;
    return exception.error();
  }
}

// Takes the counters back for rows that were not kept.
void take_back(LoadResult& result, EventSink& events) {
  events.progress.bytes_done -= std::exchange(result.raw_bytes, 0);
  events.progress.rows_done -= std::exchange(result.rows, 0);
}

}  // namespace

namespace {

asio::awaitable<LoadResult> load_from(Connection& connection, const Step& step, ChunkSupply& stream,
                                      LoadForm source, const std::atomic<bool>& abandon, EventSink& events,
                                      bool in_transaction) {
  LoadResult result;
  std::exception_ptr failure;
  try {
    if (is_large_object_data(*step.entry)) {
      co_await large_object_run(connection, step, stream, source, abandon, events, in_transaction, result);
    } else {
      co_await copy_run(connection, step, stream, source, abandon, events, in_transaction, result);
    }
  } catch (...) {
    failure = std::current_exception();
  }
  // The jobs that still run use the archive and the buffers: they end before anything else, cancelled or not.
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await stream.close();
  co_await asio::this_coro::throw_if_cancelled(true);
  if (failure || result.abandoned) take_back(result, events);
  if (!failure) co_return result;

  result.error = statement_failure(failure, connection);
  if (!in_transaction && connection.transaction_status() != 'I') co_await connection.execute("ROLLBACK");
  result.error = with_entry(std::move(*result.error), *step.entry, load_sql(*step.entry));
  co_return result;
}

}  // namespace

asio::awaitable<LoadResult> load(Connection& connection, const Step& step, RowSource source,
                                 const std::atomic<bool>& abandon, EventSink& events, bool in_transaction) {
  if (step.chunks.empty()) co_return LoadResult();
  ChunkStream stream(connection.executor(), source.decoder, step.chunks, kChunksAhead, source.conversion);
  LoadForm form{source.conversion.form(), std::move(source.record_sql)};
  co_return co_await load_from(connection, step, stream, std::move(form), abandon, events, in_transaction);
}

asio::awaitable<LoadResult> load_live(Connection& connection, const Step& step, ChunkSupply& rows,
                                      RowConversion conversion, const std::atomic<bool>& abandon,
                                      EventSink& events, bool in_transaction) {
  LoadForm form{conversion.form(), {}};
  co_return co_await load_from(connection, step, rows, std::move(form), abandon, events, in_transaction);
}

asio::awaitable<std::optional<Error>> finish_split_load(Connection& connection, const Step& step,
                                                        bool commit) {
  std::exception_ptr failure;
  try {
    co_await connection.execute(commit ? "COMMIT" : "ROLLBACK");
  } catch (const Exception&) {
    failure = std::current_exception();
  }
  if (!failure) co_return std::nullopt;
  co_return with_entry(statement_failure(failure, connection), *step.entry, load_sql(*step.entry));
}

}  // namespace pgark::restore
