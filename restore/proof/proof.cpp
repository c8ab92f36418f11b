#include "restore/proof/proof.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/strand.hpp>
#include <memory>
#include <span>
#include <utility>

#include "base/async/run_on.hpp"
#include "base/row_settings.hpp"
#include "protocol/connection.hpp"
#include "restore/chosen_toc.hpp"
#include "restore/ddl_runner.hpp"
#include "restore/plan.hpp"
#include "restore/proof/large_object_check.hpp"
#include "restore/proof/row_checks.hpp"
#include "restore/proof/row_reading.hpp"
#include "restore/proof/sequence_checks.hpp"
#include "restore/session.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using protocol::Connection;

namespace {

constexpr std::size_t kSequencesPerRoundTrip = 500;

asio::awaitable<std::unique_ptr<Connection>> open_reader(asio::any_io_executor executor,
                                                         params::ConnectParams target, SessionChoice session,
                                                         EventSink& events) {
  auto connection = co_await open_session(std::move(executor), std::move(target), std::move(session), events);
  std::string sql = "SET default_transaction_read_only = on";
  for (const RowSetting& setting : kRowSettings)
    sql += fmt::format("; SET {} = {}", setting.name, setting.value);
  co_await connection->execute(std::move(sql));
  co_return connection;
}

class Prover {
 public:
  Prover(asio::any_io_executor executor, async::CpuPool& cpu, params::ConnectParams target,
         RestoreOptions options, ProofSource source, std::set<format::EntryId> left_out, EventSink& events)
      : executor_(std::move(executor)),
        cpu_(cpu),
        target_(std::move(target)),
        options_(std::move(options)),
        source_(source),
        chosen_(value_or_throw(ChosenToc::make(source.toc, options_))),
        toc_(chosen_.get()),
        left_out_(std::move(left_out)),
        events_(events) {}

  asio::awaitable<ProofReport> run() {
    selection_ = value_or_throw(Selection::make(source_.toc, options_));
    const SessionChoice session = session_choice(toc_, options_);
    for (int i = 0; i < std::max(options_.jobs, 1); ++i) {
      const asio::any_io_executor strand = asio::make_strand(executor_);
      asio::awaitable<std::unique_ptr<Connection>> opening = open_reader(strand, target_, session, events_);
      connections_.push_back(co_await async::run_on(strand, std::move(opening)));
    }
    co_await on_first([this] { return check_objects(); });
    co_await on_first([this] { return check_sequences(); });
    co_await on_first([this] { return check_bytes(); });
    co_await on_first([this] { return check_rows(); });
    for (const auto& connection : connections_) {
      asio::awaitable<void> closing = connection->close();
      co_await async::run_on(connection->executor(), std::move(closing));
    }
    co_return std::move(report_);
  }

 private:
  template <class Work>
  asio::awaitable<void> on_first(Work work) {
    asio::awaitable<void> working = work();
    co_await async::run_on(first().executor(), std::move(working));
  }

  asio::awaitable<void> check_objects() {
    const wire::ResultSet objects = co_await first().query(objects_sql());
    const ObjectDifferences found = compare_objects(toc_, *selection_, left_out_, objects);
    report_.objects = found.by_kind;
    for (const format::TocEntry* entry : found.missing) differs(*entry, "is not in the database");
    for (const format::TocEntry* entry : found.not_valid) differs(*entry, "is not valid in the database");
    for (const auto& [kind, count] : found.not_compared)
      report_.not_compared.push_back(fmt::format("{} of kind {}", count, kind));
  }

  asio::awaitable<void> check_sequences() {
    const std::vector<SequenceCheck> checks = sequence_checks(toc_, *selection_, left_out_);
    std::span<const SequenceCheck> left(checks);
    while (!left.empty()) {
      const auto batch = left.first(std::min(left.size(), kSequencesPerRoundTrip));
      left = left.subspan(batch.size());
      co_await compare_sequences(batch);
    }
    report_.sequences = checks.size();
  }

  // One that cannot be read makes the others go one by one.
  asio::awaitable<void> compare_sequences(std::span<const SequenceCheck> checks) {
    std::vector<protocol::Statement> statements;
    for (const SequenceCheck& check : checks) statements.push_back({check.sql, {}});
    std::vector<wire::ResultSet> results;
    std::optional<Error> refused;
    try {
      results = co_await first().pipeline(std::move(statements));
    } catch (const Exception& exception) {
      if (!is_statement_failure(exception.error(), first())) throw;
      refused = exception.error();
    }
    if (refused && checks.size() == 1) differs(*checks[0].entry, "cannot be read: " + refused->message);
    if (refused && checks.size() > 1) {
      for (std::size_t i = 0; i < checks.size(); ++i) co_await compare_sequences(checks.subspan(i, 1));
    }
    for (std::size_t i = 0; i < results.size(); ++i) {
      const std::string_view value = results[i].empty() ? std::string_view() : results[i].text(0, 0);
      if (value != checks[i].value)
        differs(*checks[i].entry,
                fmt::format("stands at ({}), in the archive at ({})", value, checks[i].value));
    }
  }

  asio::awaitable<void> check_bytes() {
    LargeObjectProof proof = co_await check_large_objects(first(), source_, cpu_, *selection_, left_out_);
    report_.large_objects = proof.objects;
    if (proof.difference) report_.differences.push_back({"LARGE OBJECTS", "", std::move(*proof.difference)});
  }

  asio::awaitable<void> check_rows() {
    const RowChecks checks = row_checks(toc_, *selection_, left_out_);
    for (const std::string& name : checks.not_compared)
      report_.not_compared.push_back(name + ": its extension brings rows of its own");
    if (checks.tables.empty()) co_return;
    const std::vector<RowsRead> read = co_await read_rows(connections_, checks.tables, cpu_, events_);
    for (std::size_t i = 0; i < read.size(); ++i) compare_rows(checks.tables[i], read[i]);
    report_.tables = read.size();
  }

  void compare_rows(const RowCheck& check, const RowsRead& read) {
    report_.rows += read.totals.rows;
    std::string text;
    if (read.error) {
      text = "cannot be read: " + read.error->message;
    } else if (read.totals.rows != check.rows) {
      text = fmt::format("holds {} rows, the archive {}", read.totals.rows, check.rows);
    } else if (check.rows_only) {
      report_.not_compared.push_back("rows of " + check.name +
                                     " beyond their number: they were loaded through it, and "
                                     "its partitions list their columns in different orders");
    } else if (read.totals.digest != check.digest) {
      text = fmt::format(
          "holds as many rows as the archive, {}, but not the same ones: their digest is {}, not {}",
          check.rows, read.totals.digest.hex(), check.digest.hex());
    }
    if (!text.empty()) report_.differences.push_back({"TABLE DATA", check.name, std::move(text)});
  }

  void differs(const format::TocEntry& entry, std::string text) {
    report_.differences.push_back({entry.kind, qualified_name(entry), std::move(text)});
  }

  Connection& first() { return *connections_.front(); }

  asio::any_io_executor executor_;
  async::CpuPool& cpu_;
  params::ConnectParams target_;
  const RestoreOptions options_;
  const ProofSource source_;
  const ChosenToc chosen_;
  const format::Toc& toc_;  // of chosen_
  const std::set<format::EntryId> left_out_;
  EventSink& events_;
  std::optional<Selection> selection_;
  std::vector<std::unique_ptr<Connection>> connections_;
  ProofReport report_;
};

}  // namespace

asio::awaitable<ProofReport> prove(asio::any_io_executor executor, async::CpuPool& cpu,
                                   params::ConnectParams target, RestoreOptions options, ProofSource source,
                                   std::set<format::EntryId> left_out, EventSink& events) {
  events.progress.bytes_done = events.progress.bytes_total = 0;
  events.progress.rows_done = events.progress.steps_done = events.progress.steps_total = 0;
  events.phase("proving what was restored");
  Prover prover(executor, cpu, std::move(target), std::move(options), source, std::move(left_out), events);
  co_return co_await prover.run();
}

}  // namespace pgark::restore
