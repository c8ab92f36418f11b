#include "restore/live/live_supply.hpp"

#include <utility>

#include "base/async/run_on.hpp"
#include "base/scratch_buffer.hpp"

namespace pgark::restore {

namespace asio = boost::asio;

LiveSupply::LiveSupply(asio::any_io_executor executor, LiveLoads& loads, StepId step,
                       RowConversion conversion, async::CpuPool& cpu)
    : executor_(std::move(executor)),
      loads_(loads),
      step_(step),
      conversion_(std::move(conversion)),
      cpu_(cpu) {}

asio::awaitable<std::optional<DecodedChunk>> LiveSupply::next() {
  asio::awaitable<std::optional<FedRows>> asking = loads_.next_rows(step_);
  std::optional<FedRows> fed = co_await async::run_on(loads_.owner(), std::move(asking));
  if (!fed) co_return std::nullopt;
  ref_.info = fed->info;
  if (conversion_.converts(ref_.info.encoding)) co_await convert(ref_.info.encoding, *fed->rows);
  co_return DecodedChunk{&ref_, std::move(fed->rows)};
}

asio::awaitable<void> LiveSupply::convert(format::RowEncoding encoding, ByteBuffer& rows) {
  Result<> converted;
  async::JobGroup jobs(cpu_, executor_);
  jobs.submit([&] { converted = conversion_.convert(encoding, rows, converted_); });
  co_await jobs.wait();
  value_or_throw(converted);
  rows.swap(converted_);
  trim_scratch(converted_);
}

asio::awaitable<void> LiveSupply::close() {
  co_return;
}

}  // namespace pgark::restore
