// Reads the rows of tables again, through several connections, and counts and digests them on the CPU pool.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/async/cpu_pool.hpp"
#include "base/events.hpp"
#include "format/checksum.hpp"
#include "protocol/connection.hpp"
#include "restore/proof/row_checks.hpp"

namespace pgark::restore {

struct RowsRead {
  format::RowTotals totals;
  std::optional<Error> error;  // the table could not be read
};

// One result for each check. `connections` are idle, each on an executor of its own (a strand), and outlive
// it, as do `checks`, the pool and the sink. Throws when a connection is lost or the work is cancelled; what
// the server refuses is the table's error.
boost::asio::awaitable<std::vector<RowsRead>> read_rows(
    std::span<const std::unique_ptr<protocol::Connection>> connections, std::span<const RowCheck> checks,
    async::CpuPool& cpu, EventSink& events);

}  // namespace pgark::restore
