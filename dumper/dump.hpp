// Backs one database up into an archive, or whatever takes its place: the whole of SCHEMA_COVERAGE section A
// and ARCHITECTURE section 4.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>

#include "base/async/cpu_pool.hpp"
#include "base/events.hpp"
#include "dumper/dump_output.hpp"
#include "dumper/options.hpp"
#include "format/toc.hpp"
#include "format/writer.hpp"
#include "protocol/params/connect_params.hpp"

namespace pgark::dumper {

struct DumpOutcome {
  format::ArchiveTotals totals;
  std::uint64_t row_bytes = 0;  // as the server sent them
  std::size_t tables = 0;       // whose rows were copied
  bool large_objects = false;
  std::size_t entries = 0;
  std::vector<format::ReportItem> report;
};

// Runs the whole dump; the archive is committed when it returns. On failure or cancellation throws, with
// every running statement cancelled on the server and the output left unfinished (its destructor discards
// it). `executor`: of the io_context; each connection gets a strand of its own.
boost::asio::awaitable<DumpOutcome> dump(boost::asio::any_io_executor executor, async::CpuPool& cpu,
                                         params::ConnectParams source, DumpOptions options,
                                         std::unique_ptr<DumpOutput> output, EventSink& events);

// The same into an archive.
boost::asio::awaitable<DumpOutcome> dump(boost::asio::any_io_executor executor, async::CpuPool& cpu,
                                         params::ConnectParams source, DumpOptions options,
                                         std::unique_ptr<format::ArchiveWriter> writer, EventSink& events);

}  // namespace pgark::dumper
