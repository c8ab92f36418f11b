#include "restore/script/script.hpp"

#include <boost/asio/strand.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/async/run_on.hpp"
#include "restore/archive_facts.hpp"
#include "restore/chosen_toc.hpp"
#include "restore/chunk_stream.hpp"
#include "restore/large_object_rows.hpp"
#include "restore/lone_partitions.hpp"
#include "restore/plan.hpp"
#include "restore/script/script_order.hpp"
#include "restore/script/script_output.hpp"
#include "restore/script/script_text.hpp"
#include "restore/selection_report.hpp"
#include "restore/session.hpp"
#include "restore/trigger_switch.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::Toc;
using format::TocEntry;

namespace {

// One being written, the others decoded meanwhile.
constexpr std::size_t kChunksAhead = 3;

std::string one_statement(std::string sql) {
  const std::vector<std::string> statements{std::move(sql)};
  return statements_text(statements);
}

// One script. Lives on its strand.
class ScriptWriter {
 public:
  ScriptWriter(asio::any_io_executor strand, async::CpuPool& cpu, ScriptOptions options,
               const format::ArchiveReader& archive, std::unique_ptr<format::Sink> sink, EventSink& events)
      : strand_(strand),
        options_(std::move(options)),
        archive_(archive),
        chosen_(value_or_throw(ChosenToc::make(archive.toc(), options_.restore))),
        toc_(chosen_.get()),
        events_(events),
        target_version_num_(source_version_num(toc_)),
        session_(session_choice(toc_, options_.restore)),
        decoder_(archive, cpu, kChunksAhead, options_.restore.buffer_bytes),
        output_(strand, cpu, std::move(sink)) {}

  asio::awaitable<ScriptOutcome> run() {
    const Selection selection = value_or_throw(Selection::make(archive_.toc(), options_.restore));
    report_selection(chosen_, selection, events_);
    std::vector<const TocEntry*> entries = script_order(toc_, selection);
    leave_out_attachments(selection, entries);
    count_work(entries);
    events_.phase("writing SQL");
    co_await output_.text(script_title(toc_) + restrict_line(options_.restrict_key));
    co_await output_.text(session_text(session_));
    const bool one_transaction = options_.restore.single_transaction;
    if (one_transaction) co_await output_.text(one_statement("BEGIN"));
    if (options_.restore.clean) co_await write_drops(entries);
    co_await output_.text(statements_text(chosen_.schemas_sql(selection)));
    for (const TocEntry* entry : entries) {
      co_await write_entry(*entry);
      ++events_.progress.steps_done;
    }
    if (one_transaction) co_await output_.text(one_statement("COMMIT"));
    co_await output_.text(unrestrict_line(options_.restrict_key));
    co_await output_.finish();
    outcome_.entries = entries.size();
    outcome_.file_bytes = output_.bytes_written();
    co_return outcome_;
  }

 private:
  void leave_out_attachments(const Selection& selection, std::vector<const TocEntry*>& entries) {
    const SettledAttachments settled = settle_attachments(toc_, archive_.toc(), selection, events_);
    const std::set<format::EntryId> left_out(settled.left_out.begin(), settled.left_out.end());
    std::erase_if(entries, [&left_out](const TocEntry* entry) { return left_out.contains(entry->id); });
  }

  void count_work(const std::vector<const TocEntry*>& entries) {
    events_.progress.steps_done = 0;
    events_.progress.steps_total = entries.size();
    std::uint64_t bytes = 0;
    for (const TocEntry* entry : entries) {
      if (const auto* data = toc_.find_data(entry->id)) bytes += data->raw_bytes;
    }
    events_.progress.bytes_done = 0;
    events_.progress.rows_done = 0;
    events_.progress.bytes_total = bytes;
  }

  // With --create the database goes as a whole, otherwise what is in it, last created first.
  asio::awaitable<void> write_drops(const std::vector<const TocEntry*>& entries) {
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      if (options_.restore.create != ((*entry)->kind == "DATABASE") || is_large_objects(**entry)) continue;
      for (const DdlUnit& unit : drop_units(**entry, target_version_num_))
        co_await output_.text(statements_text(unit.statements));
    }
  }

  asio::awaitable<void> write_entry(const TocEntry& entry) {
    if (!archive_.chunks_of(entry.id).empty()) co_return co_await write_rows(entry);
    co_await output_.text(entry_text(entry, options_.restore, target_version_num_, state_));
    // What the database's properties change holds for new sessions only (A5.6).
    const bool changes_sessions = entry.kind == "DATABASE" || entry.kind == "DATABASE PROPERTIES";
    if (changes_sessions && entry.pass == format::Pass::main) co_await connect(entry.name);
  }

  asio::awaitable<void> connect(const std::string& database) {
    co_await output_.text(value_or_throw(connect_text(database, options_.restrict_key)));
    co_await output_.text(session_text(session_));
    state_ = SessionState();
  }

  asio::awaitable<void> write_rows(const TocEntry& entry) {
    const auto target = parse_copy_target(entry.copy_target);
    const bool switches = options_.restore.disable_triggers && target;
    if (switches) co_await output_.text(one_statement(disable_triggers_sql(target->relation_sql)));
    co_await write_copy(entry);
    if (switches) co_await output_.text(one_statement(enable_triggers_sql(target->relation_sql)));
  }

  asio::awaitable<void> write_copy(const TocEntry& entry) {
    const bool large_objects = is_large_object_data(entry);
    std::string begin = large_objects ? large_objects_begin(entry) : copy_begin(entry);
    co_await output_.text(std::move(begin));
    ChunkStream stream(strand_, decoder_, archive_.chunks_of(entry.id), kChunksAhead,
                       value_or_throw(RowConversion::as_text(entry, target_version_num_)));
    std::uint64_t rows = 0;
    ChunkStream::Taker take = [this, &rows, large_objects](DecodedChunk& chunk) {
      return write_chunk(chunk, large_objects, rows);
    };
    co_await stream.give_all(std::move(take));
    std::string end = large_objects ? std::string("COMMIT;\n\n") : copy_end();
    co_await output_.text(std::move(end));
    value_or_throw(check_row_count(toc_, entry, rows));
    if (large_objects) outcome_.large_objects = true;
    if (!large_objects) ++outcome_.tables;
    outcome_.rows += rows;
  }

  asio::awaitable<void> write_chunk(DecodedChunk& chunk, bool large_objects, std::uint64_t& rows) {
    if (large_objects) {
      const std::vector<std::string> statements = value_or_throw(large_object_sql(*chunk.rows));
      for (const std::string& sql : statements) co_await output_.text(sql + ";\n\n");
    } else {
      co_await output_.rows(*chunk.rows);
    }
    rows += chunk.ref->info.rows;
    outcome_.raw_bytes += chunk.ref->info.raw_bytes;
    events_.progress.bytes_done += chunk.ref->info.raw_bytes;
    events_.progress.rows_done += chunk.ref->info.rows;
  }

  const asio::any_io_executor strand_;
  const ScriptOptions options_;
  const format::ArchiveReader& archive_;
  const ChosenToc chosen_;
  const Toc& toc_;  // of chosen_
  EventSink& events_;
  const int target_version_num_;  // the script is for servers like the one that the archive comes from
  const SessionChoice session_;
  ChunkDecoder decoder_;
  ScriptOutput output_;
  SessionState state_;
  ScriptOutcome outcome_;
};

}  // namespace

asio::awaitable<ScriptOutcome> write_script(asio::any_io_executor executor, async::CpuPool& cpu,
                                            ScriptOptions options, const format::ArchiveReader& archive,
                                            std::unique_ptr<format::Sink> sink, EventSink& events) {
  const asio::any_io_executor strand = asio::make_strand(executor);
  ScriptWriter writer(strand, cpu, std::move(options), archive, std::move(sink), events);
  asio::awaitable<ScriptOutcome> running = writer.run();
  co_return co_await async::run_on(strand, std::move(running));
}

}  // namespace pgark::restore
