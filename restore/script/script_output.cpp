#include "restore/script/script_output.hpp"

#include <utility>

namespace pgark::restore {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kPendingBytesMax = std::size_t{256} << 10;

}  // namespace

ScriptOutput::ScriptOutput(asio::any_io_executor executor, async::CpuPool& cpu,
                           std::unique_ptr<format::Sink> sink)
    : executor_(std::move(executor)), cpu_(cpu), sink_(std::move(sink)) {}

asio::awaitable<void> ScriptOutput::text(std::string text) {
  pending_ += text;
  if (pending_.size() >= kPendingBytesMax) co_await flush();
}

asio::awaitable<void> ScriptOutput::rows(ByteSpan bytes) {
  co_await flush();
  co_await write(bytes);
}

asio::awaitable<void> ScriptOutput::flush() {
  if (pending_.empty()) co_return;
  co_await write(as_bytes(pending_));
  pending_.clear();
}

asio::awaitable<void> ScriptOutput::write(ByteSpan bytes) {
  async::JobGroup jobs(cpu_, executor_);
  jobs.submit([this, bytes] { value_or_throw(sink_->write_at(written_, bytes)); });
  co_await jobs.wait();
  written_ += bytes.size();
}

asio::awaitable<void> ScriptOutput::finish() {
  co_await flush();
  async::JobGroup jobs(cpu_, executor_);
  jobs.submit([this] { value_or_throw(sink_->commit()); });
  co_await jobs.wait();
}

}  // namespace pgark::restore
