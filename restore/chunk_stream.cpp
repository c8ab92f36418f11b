#include "restore/chunk_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <utility>

#include "base/async/async_buffer.hpp"
#include "base/scratch_buffer.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::ChunkRef;

ChunkDecoder::ChunkDecoder(const format::ArchiveReader& archive, async::CpuPool& cpu,
                           std::size_t buffer_count, std::size_t buffer_bytes)
    : archive_(archive),
      cpu_(cpu),
      threads_(cpu.thread_count()),
      buffers_(buffer_count, buffer_bytes, Reuse::as_left) {}

Result<> ChunkDecoder::decode(const ChunkRef& chunk, const RowConversion& conversion, ByteBuffer& out) {
  PerThread& own = threads_[async::CpuPool::current_thread()];
  const bool converts = conversion.converts(chunk.info.encoding);
  auto result =
      archive_.read(chunk, own.coder, own.scratch, converts ? own.rows : out, /*check_digest=*/true);
  if (result && converts) {
    result = conversion.convert(chunk.info.encoding, own.rows, out);
    if (!result) {
      result.error().object = archive_.name();
      result.error().offset = chunk.offset;
    }
  }
  trim_scratch(own.scratch);
  trim_scratch(own.rows);
  return result;
}

// Written by one job, then read on the stream's executor.
struct ChunkStream::Slot {
  Slot(const asio::any_io_executor& executor, const ChunkRef& chunk)
      : ref(chunk), wake_up(executor, asio::steady_timer::time_point::max()) {}
  const ChunkRef& ref;
  BufferLease rows;
  Result<> result;
  std::exception_ptr failure;  // no memory
  bool ready = false;          // on the executor only
  asio::steady_timer wake_up;
};

ChunkStream::ChunkStream(asio::any_io_executor executor, ChunkDecoder& decoder,
                         std::span<const ChunkRef> chunks, std::size_t ahead, RowConversion conversion)
    : executor_(executor),
      decoder_(decoder),
      waiting_(chunks),
      ahead_(ahead),
      conversion_(std::move(conversion)),
      jobs_(decoder.cpu(), executor) {}

ChunkStream::~ChunkStream() = default;

void ChunkStream::start(BufferLease lease) {
  const auto slot = std::make_shared<Slot>(executor_, waiting_.front());
  waiting_ = waiting_.subspan(1);
  slot->rows = std::move(lease);
  started_.push_back(slot);
  jobs_.submit([slot, decoder = &decoder_, conversion = conversion_, executor = executor_] {
    try {
      slot->result = decoder->decode(slot->ref, conversion, *slot->rows);
    } catch (...) {
      slot->failure = std::current_exception();  // whoever waits is woken all the same
    }
    asio::post(executor, [slot] {
      slot->ready = true;
      slot->wake_up.cancel();
    });
  });
}

asio::awaitable<std::optional<DecodedChunk>> ChunkStream::next() {
  if (started_.empty()) {
    if (waiting_.empty()) co_return std::nullopt;
    BufferLease lease = co_await async::acquire(decoder_.buffers());
    start(std::move(lease));
  }
  // Further ahead only with buffers that nobody else waits for.
  while (started_.size() < ahead_ && !waiting_.empty()) {
    auto lease = decoder_.buffers().try_acquire();
    if (!lease) break;
    start(std::move(*lease));
  }
  const std::shared_ptr<Slot> slot = started_.front();
  while (!slot->ready) {
    co_await slot->wake_up.async_wait(asio::as_tuple(asio::use_awaitable));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
  }
  started_.pop_front();
  if (slot->failure) std::rethrow_exception(slot->failure);
  if (!slot->result) throw Exception(slot->result.error());
  co_return DecodedChunk{&slot->ref, std::move(slot->rows)};
}

asio::awaitable<void> ChunkStream::give_all(Taker take) {
  std::exception_ptr failure;
  try {
    while (std::optional<DecodedChunk> chunk = co_await next()) co_await take(*chunk);
  } catch (...) {
    failure = std::current_exception();
  }
  // The jobs that still run use the archive and the buffers: they end before anything else.
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await close();
  co_await asio::this_coro::throw_if_cancelled(true);
  if (failure) std::rethrow_exception(failure);
}

asio::awaitable<void> ChunkStream::close() {
  waiting_ = {};
  started_.clear();
  try {
    co_await jobs_.wait();
  } catch (...) {
    // Jobs keep their errors in their slots; what is thrown here is the cancellation that led to close().
  }
}

}  // namespace pgark::restore
