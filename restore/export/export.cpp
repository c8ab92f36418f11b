#include "restore/export/export.hpp"

#include <fmt/format.h>

#include <boost/asio/strand.hpp>
#include <utility>

#include "base/async/run_on.hpp"
#include "format/checksum.hpp"
#include "restore/archive_facts.hpp"
#include "restore/chunk_stream.hpp"
#include "restore/script/script_output.hpp"
#include "restore/selection.hpp"
#include "restore/statements.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::TocEntry;

namespace {

// One being written, the others decoded meanwhile.
constexpr std::size_t kChunksAhead = 3;
constexpr std::size_t kBufferBytes = RestoreOptions().buffer_bytes;

// Two of them, the ends and ".partial" stay below the 255 bytes that a file's name may have.
constexpr std::size_t kFilePartBytesMax = 110;

// Letters and digits, "_" and "-", and whatever is not ASCII; not the "." that stands between the parts.
std::string file_part(std::string_view name) {
  std::string part;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                       (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
    part += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  if (part.size() <= kFilePartBytesMax) return part;
  std::size_t end = kFilePartBytesMax - 17;
  while (end > 0 &&
         (part.find('%', end - 2) < end || (static_cast<unsigned char>(part[end]) & 0xC0U) == 0x80U))
    --end;
  return part.substr(0, end) + fmt::format("~{:016x}", format::checksum64(as_bytes(name)));
}

std::vector<std::string> columns_of(const TocEntry& table) {
  const auto target = parse_copy_target(table.copy_target);
  return target ? target->columns : std::vector<std::string>();
}

// One table. Lives on its strand.
class TableExport {
 public:
  TableExport(asio::any_io_executor strand, async::CpuPool& cpu, ExportChoice choice,
              const format::ArchiveReader& archive, const TocEntry& table, std::unique_ptr<format::Sink> sink,
              EventSink& events)
      : strand_(strand),
        choice_(std::move(choice)),
        archive_(archive),
        table_(table),
        columns_(columns_of(table)),
        events_(events),
        decoder_(archive, cpu, kChunksAhead, kBufferBytes),
        output_(strand, cpu, std::move(sink)) {
    choice_.csv.has_columns = !columns_.empty();
  }

  asio::awaitable<ExportOutcome> run() {
    if (choice_.header) {
      std::string line = csv_header(columns_, choice_.csv);
      co_await output_.text(std::move(line));
    }
    ChunkStream stream(strand_, decoder_, archive_.chunks_of(table_.id), kChunksAhead,
                       value_or_throw(RowConversion::as_text(table_, source_version_num(archive_.toc()))));
    ChunkStream::Taker take = [this](DecodedChunk& chunk) { return write(chunk); };
    co_await stream.give_all(std::move(take));
    value_or_throw(check_row_count(archive_.toc(), table_, outcome_.rows));
    co_await output_.finish();
    outcome_.file_bytes = output_.bytes_written();
    co_return outcome_;
  }

 private:
  asio::awaitable<void> write(DecodedChunk& chunk) {
    if (choice_.form == ExportForm::text) {
      co_await output_.rows(*chunk.rows);
    } else {
      csv_.clear();
      append_csv(*chunk.rows, choice_.csv, csv_);
      co_await output_.rows(csv_);
    }
    outcome_.rows += chunk.ref->info.rows;
    events_.progress.bytes_done += chunk.ref->info.raw_bytes;
    events_.progress.rows_done += chunk.ref->info.rows;
  }

  const asio::any_io_executor strand_;
  ExportChoice choice_;
  const format::ArchiveReader& archive_;
  const TocEntry& table_;
  const std::vector<std::string> columns_;
  EventSink& events_;
  ChunkDecoder decoder_;
  ScriptOutput output_;
  ByteBuffer csv_;
  ExportOutcome outcome_;
};

}  // namespace

Result<std::vector<const TocEntry*>> exported_tables(const format::Toc& toc, const RestoreOptions& options) {
  const auto selection = Selection::make(toc, options);
  if (!selection) return tl::unexpected<Error>(selection.error());
  std::vector<const TocEntry*> tables;
  for (const format::EntryId id : selection->order()) {
    const TocEntry* entry = toc.find(id);
    if (entry->kind == "TABLE DATA") tables.push_back(entry);
  }
  if (tables.empty()) {
    return fail(
        ErrorCode::usage, "no rows of tables are selected", {},
        "pgark inspect shows which tables have rows; those of a partitioned table are in its partitions");
  }
  return tables;
}

std::string export_file_name(const TocEntry& table, ExportForm form) {
  return file_part(table.schema) + "." + file_part(table.name) + (form == ExportForm::csv ? ".csv" : ".txt");
}

asio::awaitable<ExportOutcome> export_table(asio::any_io_executor executor, async::CpuPool& cpu,
                                            ExportChoice choice, const format::ArchiveReader& archive,
                                            const TocEntry& table, std::unique_ptr<format::Sink> sink,
                                            EventSink& events) {
  const asio::any_io_executor strand = asio::make_strand(executor);
  TableExport running(strand, cpu, std::move(choice), archive, table, std::move(sink), events);
  asio::awaitable<ExportOutcome> run = running.run();
  co_return co_await async::run_on(strand, std::move(run));
}

}  // namespace pgark::restore
