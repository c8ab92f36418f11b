// Turns an archive into SQL that psql runs: the format "plain". No server is needed.
//
// The same statements in the same order as a serial restore of the archive; rows as COPY blocks, checked and
// decoded chunk by chunk. Memory is a fixed number of buffers.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>

#include "base/async/cpu_pool.hpp"
#include "base/events.hpp"
#include "format/io.hpp"
#include "format/reader.hpp"
#include "restore/script/script_options.hpp"

namespace pgark::restore {

struct ScriptOutcome {
  std::uint64_t entries = 0, tables = 0, rows = 0, raw_bytes = 0, file_bytes = 0;
  bool large_objects = false;
};

// The sink is committed when it returns. Throws usage (the selection matches nothing, ...), archive_damaged,
// mismatch, io, no_space; the sink is then discarded. The archive and the event sink outlive it.
boost::asio::awaitable<ScriptOutcome> write_script(boost::asio::any_io_executor executor, async::CpuPool& cpu,
                                                   ScriptOptions options,
                                                   const format::ArchiveReader& archive,
                                                   std::unique_ptr<format::Sink> sink, EventSink& events);

}  // namespace pgark::restore
