// Loads a run of chunks into its table, one COPY, or into the large objects.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/events.hpp"
#include "protocol/connection.hpp"
#include "restore/chunk_stream.hpp"
#include "restore/plan.hpp"

namespace pgark::restore {

struct LoadResult {
  std::optional<Error> error;  // the COPY failed; nothing of the run was kept
  bool abandoned = false;      // another load of the table failed; nothing of the run was kept
  std::uint64_t rows = 0, raw_bytes = 0, row_bytes = 0;  // row_bytes: as they were sent
  format::Digest128 digest;                              // by the chunks
};

// Where the rows of a run come from, and in which form.
struct RowSource {
  ChunkDecoder& decoder;
  RowConversion conversion;
  std::string record_sql = {};  // run in the transaction of the rows; empty: nothing
};

// The run is a transaction of its own, with two exceptions: `in_transaction`, when the caller has begun one;
// and a split step, which begins one when there is none, leaves it open when it succeeds, with every deferred
// check done, and rolls it back otherwise. finish_split_load() ends it. Counts the rows sent against the
// index and against what the server says it stored. Throws when the restore cannot go on: connection lost,
// archive_damaged, mismatch. After a throw (cancellation included) the transaction is not committed.
// `abandon` is looked at between chunks.
boost::asio::awaitable<LoadResult> load(protocol::Connection& connection, const Step& step, RowSource source,
                                        const std::atomic<bool>& abandon, EventSink& events,
                                        bool in_transaction);

// Likewise of a live step: the rows that `rows` has until its end. Without a transaction of the caller's they
// are committed at once, and those of earlier loads of the step are before.
boost::asio::awaitable<LoadResult> load_live(protocol::Connection& connection, const Step& step,
                                             ChunkSupply& rows, RowConversion conversion,
                                             const std::atomic<bool>& abandon, EventSink& events,
                                             bool in_transaction);

// Returns the error of a COMMIT that the server refused. Throws when the connection is lost.
boost::asio::awaitable<std::optional<Error>> finish_split_load(protocol::Connection& connection,
                                                               const Step& step, bool commit);

}  // namespace pgark::restore
