#include "dumper/dump.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/async/run_on.hpp"
#include "dumper/archive_info.hpp"
#include "dumper/archive_output.hpp"
#include "dumper/consistent_read.hpp"
#include "dumper/data/copy_tables.hpp"
#include "dumper/data/data_plan.hpp"
#include "dumper/data/row_needs.hpp"
#include "dumper/ddl/build_toc.hpp"
#include "dumper/newer_words.hpp"
#include "dumper/session.hpp"

namespace pgark::dumper {
namespace {

namespace asio = boost::asio;

// One dump. Everything but the workers' connections runs on the leader's strand.
class Dump {
 public:
  Dump(asio::any_io_executor executor, asio::any_io_executor strand, async::CpuPool& cpu,
       params::ConnectParams source, DumpOptions options, std::unique_ptr<DumpOutput> output,
       EventSink& events)
      : executor_(std::move(executor)),
        strand_(std::move(strand)),
        cpu_(cpu),
        source_(std::move(source)),
        options_(std::move(options)),
        output_(std::move(output)),
        events_(events) {}

  asio::awaitable<DumpOutcome> run() {
    std::exception_ptr failure;
    try {
      co_return co_await steps();
    } catch (...) {
      failure = std::current_exception();
    }
    // Here the coroutine may be under cancellation, where every co_await throws. The requests need a clean
    // state.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await running_.cancel_all(strand_);
    rethrow(failure);
  }

 private:
  asio::awaitable<DumpOutcome> steps() {
    co_await begin();
    co_await read();
    TocBuild build = value_or_throw(std::move(*built_));
    co_await announce(build.toc);
    co_await copy(build);
    co_await leader_->close();  // releases the locks
    co_return co_await finish(std::move(build.toc));
  }

  asio::awaitable<void> begin() {
    events_.phase("connecting");
    leader_ = co_await protocol::Connection::connect(strand_, source_, notice_handler());
    running_.add(*leader_);
    co_await pin_session(*leader_, options_.session);
    co_await settle_quoting();
    if (is_newer_than_known(leader_->server_version_num())) {
      note(format::ReportLevel::warning, "DATABASE", source_.database,
           "the server is newer than version " + std::to_string(kNewestMajor) +
               ", the newest one this pgark knows; what is new in it may be missing from the archive");
    }
  }

  asio::awaitable<void> settle_quoting() {
    if (options_.session.quote_all_identifiers) co_return;
    const std::optional<std::string> word = co_await find_newer_word(*leader_);
    if (!word) co_return;
    options_.session.quote_all_identifiers = true;
    co_await leader_->execute("SET quote_all_identifiers = on");
    report_.push_back(
        {format::ReportLevel::info, "DATABASE", source_.database,
         "every name is quoted, because one of them is a word of SQL in a later major: " + *word});
  }

  asio::awaitable<void> read() {
    events_.phase("reading catalogs");
    const std::function<void(const ConsistentRead&)> build = [this](const ConsistentRead& read) {
      DumpOptions options = options_;
      settle(options, read.snapshot);
      built_ = build_toc(read.catalog, options);
    };
    ConsistentReadInput input{source_, options_, notice_handler(), events_, running_, cpu_, build};
    ConsistentRead read = co_await read_consistently(*leader_, std::move(input));
    snapshot_ = std::move(read.snapshot);
    settle(options_, snapshot_);
    catalog_ = std::move(read.catalog);
    tables_locked_ = read.tables_locked;
    if (tables_locked_) co_return;
    note(format::ReportLevel::warning, "DATABASE", source_.database,
         "tables were locked one by one, as --lock-budget asks: one that is altered before its turn ends the "
         "dump");
  }

  // By the server's own name for it.
  static void settle(DumpOptions& options, const Snapshot& snapshot) {
    if (!options.session.encoding.empty()) options.session.encoding = snapshot.encoding;
  }

  // What is known before the first row.
  asio::awaitable<void> announce(format::Toc& toc) {
    toc.info = archive_info(catalog_, snapshot_, options_, started_, started_);
    toc.info.erase(format::info_key::kFinished);
    Result<> begun;
    async::JobGroup jobs(cpu_, strand_);
    jobs.submit([&] { begun = output_->begin(toc); });
    co_await jobs.wait();
    value_or_throw(begun);
  }

  // Live rows are of no use before those that they need.
  static void put_in_order(DataPlan& plan, const TocBuild& build) {
    const RowNeeds needs = row_needs(build.toc);
    if (needs.empty()) return;
    std::unordered_map<format::EntryId, std::size_t> object_of;
    for (std::size_t i = 0; i < build.data.size(); ++i) object_of.emplace(build.data[i].entry, i);
    for (TableWork& work : plan.tables) {
      const auto found = needs.find(build.data[work.object].entry);
      if (found == needs.end()) continue;
      for (const format::EntryId entry : found->second) {
        if (const auto object = object_of.find(entry); object != object_of.end())
          work.after.push_back(object->second);
      }
    }
  }

  asio::awaitable<void> copy(const TocBuild& build) {
    DataPlan plan = plan_data(catalog_, build.data, options_.pages_per_range_min);
    if (output_->live()) put_in_order(plan, build);
    for (const TableWork& work : plan.tables) {
      const bool table = build.data[work.object].source == RowSource::table;
      ++(table ? tables_ : large_objects_);
    }
    for (format::ReportItem& item : plan.skipped) report_.push_back(std::move(item));
    if (plan.tables.empty()) co_return;
    events_.phase("copying rows");
    CopyTablesInput input{executor_, cpu_,     source_,  notice_handler(), snapshot_, build.data,
                          plan,      options_, *output_, events_,          running_,  tables_locked_};
    co_await copy_tables(*leader_, std::move(input));
  }

  asio::awaitable<DumpOutcome> finish(format::Toc toc) {
    events_.phase("completing the archive");
    toc.info = archive_info(catalog_, snapshot_, options_, started_, std::chrono::system_clock::now());
    for (format::ReportItem& item : report_) toc.report.push_back(std::move(item));
    DumpOutcome outcome;
    outcome.row_bytes = events_.progress.bytes_done;
    outcome.tables = tables_;
    outcome.large_objects = large_objects_ != 0;
    outcome.entries = toc.entries.size();
    outcome.report = toc.report;
    std::optional<Result<format::ArchiveTotals>> totals;
    // Work of more than a moment, which must not keep the I/O threads from the signals.
    const std::function<void()> finish_it = [&] { totals = output_->finish(std::move(toc)); };
    async::JobGroup jobs(cpu_, strand_);
    jobs.submit(finish_it);
    // To give back the memory of ten thousand tables takes a moment as well.
    jobs.submit([this] { catalog_ = Catalog(); });
    co_await jobs.wait();
    outcome.totals = value_or_throw(std::move(*totals));
    co_return outcome;
  }

  void note(format::ReportLevel level, std::string kind, std::string name, std::string text) {
    events_.message(Severity::warning, text, name);
    report_.push_back({level, std::move(kind), std::move(name), std::move(text)});
  }

  protocol::NoticeHandler notice_handler() const {
    return [&events = events_](const ServerMessage& message) {
      events.message(Severity::notice, message.severity + ": " + message.message, {});
    };
  }

  [[noreturn]] void rethrow(std::exception_ptr failure) const {
    try {
      std::rethrow_exception(std::move(failure));
    } catch (const Exception& exception) {
      throw Exception(explain_standby_conflict(exception.error(), snapshot_.in_recovery));
    }
  }

  const asio::any_io_executor executor_, strand_;
  async::CpuPool& cpu_;
  const params::ConnectParams source_;
  DumpOptions options_;  // settled once begin() is done
  const std::unique_ptr<DumpOutput> output_;
  EventSink& events_;
  const WallTime started_ = std::chrono::system_clock::now();

  RunningConnections running_;
  std::unique_ptr<protocol::Connection> leader_;
  Snapshot snapshot_;
  Catalog catalog_;
  bool tables_locked_ = true;
  std::optional<Result<TocBuild>> built_;
  std::size_t tables_ = 0, large_objects_ = 0;  // pieces of work
  std::vector<format::ReportItem> report_;
};

}  // namespace

asio::awaitable<DumpOutcome> dump(asio::any_io_executor executor, async::CpuPool& cpu,
                                  params::ConnectParams source, DumpOptions options,
                                  std::unique_ptr<DumpOutput> output, EventSink& events) {
  const asio::any_io_executor strand = asio::make_strand(executor);
  Dump dump(executor, strand, cpu, std::move(source), std::move(options), std::move(output), events);
  asio::awaitable<DumpOutcome> running = dump.run();
  co_return co_await async::run_on(strand, std::move(running));
}

asio::awaitable<DumpOutcome> dump(asio::any_io_executor executor, async::CpuPool& cpu,
                                  params::ConnectParams source, DumpOptions options,
                                  std::unique_ptr<format::ArchiveWriter> writer, EventSink& events) {
  std::unique_ptr<DumpOutput> output = std::make_unique<ArchiveOutput>(cpu, options.codec, std::move(writer));
  return dump(std::move(executor), cpu, std::move(source), std::move(options), std::move(output), events);
}

}  // namespace pgark::dumper
