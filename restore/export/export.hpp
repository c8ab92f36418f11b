// The rows of an archive's tables as files that other programs read: CSV or COPY text. No server is needed.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/async/cpu_pool.hpp"
#include "base/events.hpp"
#include "format/io.hpp"
#include "format/reader.hpp"
#include "restore/export/csv_rows.hpp"
#include "restore/options.hpp"

namespace pgark::restore {

enum class ExportForm : std::uint8_t { csv, text };

struct ExportChoice {
  ExportForm form = ExportForm::csv;
  CsvChoice csv;
  bool header = false;  // the columns' names first; csv only
};

// The tables whose rows `options` select, in the archive's order. Large objects are none. Errors: usage
// (nothing is selected, a bad pattern).
Result<std::vector<const format::TocEntry*>> exported_tables(const format::Toc& toc,
                                                             const RestoreOptions& options);

// "public.orders.csv": schema and name with what a file system or a shell could stumble over as %XX, so that
// different tables have different names; long ones end in a checksum.
std::string export_file_name(const format::TocEntry& table, ExportForm form);

struct ExportOutcome {
  std::uint64_t rows = 0, file_bytes = 0;
};

// One table into one sink, which is committed when it returns. Throws archive_damaged, mismatch, io,
// no_space; the sink is then discarded. The archive and the event sink outlive it.
boost::asio::awaitable<ExportOutcome> export_table(boost::asio::any_io_executor executor, async::CpuPool& cpu,
                                                   ExportChoice choice, const format::ArchiveReader& archive,
                                                   const format::TocEntry& table,
                                                   std::unique_ptr<format::Sink> sink, EventSink& events);

}  // namespace pgark::restore
