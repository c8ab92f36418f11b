#include "restore/live/stream_feed.hpp"

#include <boost/asio/this_coro.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/async/async_buffer.hpp"
#include "base/async/task_group.hpp"
#include "base/async/wakeup.hpp"
#include "format/chunk.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::StreamReader;

namespace {

constexpr std::size_t kBlockBytes = std::size_t{4} << 20;

// One being read, one waiting, the others being decoded.
std::size_t block_count(const async::CpuPool& cpu) {
  return cpu.thread_count() + 2;
}

class StreamFeed {
 public:
  StreamFeed(asio::any_io_executor owner, async::CpuPool& cpu,
             std::unique_ptr<format::SequentialSource> source, RowFeed& feed)
      : owner_(owner),
        cpu_(cpu),
        source_(std::move(source)),
        feed_(feed),
        group_(owner),
        ended_(owner),
        coders_(cpu.thread_count()),
        blocks_(block_count(cpu), kBlockBytes),
        decoding_(cpu, owner, [this](std::exception_ptr error) { group_.fail(std::move(error)); }) {}

  asio::awaitable<void> run() {
    async::Task watch = [this] { return interrupt_when_cancelled(); };
    async::Task pump = [this] { return pump_and_wait(); };
    group_.spawn(owner_, std::move(watch));
    group_.spawn(owner_, std::move(pump));
    co_await group_.join();
  }

 private:
  // A read may wait for ever.
  asio::awaitable<void> interrupt_when_cancelled() {
    std::exception_ptr cancelled;
    try {
      while (!at_end_) co_await ended_.wait();
    } catch (...) {
      cancelled = std::current_exception();
    }
    if (!cancelled) co_return;
    source_->interrupt();
    std::rethrow_exception(cancelled);
  }

  // Jobs use what is here: they end before anything else.
  asio::awaitable<void> pump_and_wait() {
    std::exception_ptr failure;
    try {
      co_await pump();
    } catch (...) {
      failure = std::current_exception();
      decoding_.drop_waiting();
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    try {
      co_await decoding_.wait();
    } catch (const Exception&) {
      failure = std::current_exception();
    } catch (const std::exception&) {
      if (!failure) failure = std::current_exception();
    }
    co_await asio::this_coro::throw_if_cancelled(true);
    at_end_ = true;
    ended_.notify();
    if (failure) std::rethrow_exception(failure);
    feed_.finish(stream_->toc());
  }

  asio::awaitable<void> pump() {
    co_await open();
    feed_.begin(stream_->early_toc());
    while (true) {
      BufferLease block = co_await async::acquire(blocks_);
      const std::uint64_t at = stream_->bytes_read();
      const StreamReader::Item item = co_await next(*block);
      if (item.kind == StreamReader::Kind::end) co_return;
      for (const format::DataSummary& ended : item.ended) feed_.end_entry(ended.entry, ended.chunks);
      if (item.kind != StreamReader::Kind::chunk) continue;
      BufferLease rows = co_await async::acquire(feed_.buffers());
      decode(std::move(block), std::move(rows), at);
    }
  }

  asio::awaitable<void> open() {
    std::optional<Result<std::unique_ptr<StreamReader>>> opened;
    async::JobGroup reading(reader_, owner_);
    reading.submit([&] { opened = StreamReader::open(*source_); });
    co_await reading.wait();
    stream_ = value_or_throw(std::move(*opened));
  }

  asio::awaitable<StreamReader::Item> next(ByteBuffer& block) {
    std::optional<Result<StreamReader::Item>> item;
    async::JobGroup reading(reader_, owner_);
    reading.submit([&] { item = stream_->next(block); });
    co_await reading.wait();
    co_return value_or_throw(std::move(*item));
  }

  void decode(BufferLease block, BufferLease rows, std::uint64_t at) {
    struct Chunk {
      BufferLease block, rows;
    };
    const auto chunk = std::make_shared<Chunk>(Chunk{std::move(block), std::move(rows)});
    decoding_.submit([this, chunk, at] {
      format::ChunkCoder& coder = coders_[async::CpuPool::current_thread()];
      auto info = coder.decode(*chunk->block, *chunk->rows, /*check_digest=*/true);
      chunk->block.release();
      if (!info) {
        Error error = info.error();
        error.object = source_name_;
        error.offset = at;
        throw Exception(std::move(error));
      }
      feed_.put({*info, std::move(chunk->rows)});
    });
  }

  const asio::any_io_executor owner_;
  async::CpuPool& cpu_;
  const std::unique_ptr<format::SequentialSource> source_;
  const std::string source_name_ = source_->name();
  RowFeed& feed_;
  async::TaskGroup group_;
  async::Wakeup ended_;
  bool at_end_ = false;
  async::CpuPool reader_{1};
  std::unique_ptr<StreamReader> stream_;
  std::vector<format::ChunkCoder> coders_;
  BufferPool blocks_;
  async::JobGroup decoding_;
};

}  // namespace

asio::awaitable<void> feed_stream(async::CpuPool& cpu, std::unique_ptr<format::SequentialSource> source,
                                  RowFeed& feed) {
  const asio::any_io_executor owner = co_await asio::this_coro::executor;
  StreamFeed stream(owner, cpu, std::move(source), feed);
  co_await stream.run();
}

}  // namespace pgark::restore
