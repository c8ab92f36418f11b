// The rows of one live load, on the loading connection's executor.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "base/async/cpu_pool.hpp"
#include "restore/chunk_stream.hpp"
#include "restore/live/live_loads.hpp"
#include "restore/row_conversion.hpp"

namespace pgark::restore {

// Lifetime: loads and pool outlive it. Thread rule: `executor`.
class LiveSupply final : public ChunkSupply {
 public:
  LiveSupply(boost::asio::any_io_executor executor, LiveLoads& loads, StepId step, RowConversion conversion,
             async::CpuPool& cpu);

  boost::asio::awaitable<std::optional<DecodedChunk>> next() override;
  boost::asio::awaitable<void> close() override;

 private:
  boost::asio::awaitable<void> convert(format::RowEncoding encoding, ByteBuffer& rows);

  const boost::asio::any_io_executor executor_;
  LiveLoads& loads_;
  const StepId step_;
  const RowConversion conversion_;
  async::CpuPool& cpu_;
  format::ChunkRef ref_;  // of the chunk given last
  ByteBuffer converted_;
};

}  // namespace pgark::restore
