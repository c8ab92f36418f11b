// The rows of a run of chunks, decoded on the CPU pool ahead of the connection that sends them.
//
// Memory: decoded chunks live in buffers of one BufferPool shared by all streams; stored bytes in one scratch
// buffer per CPU thread. A stream holds a later chunk's buffer only while it holds (or has sent) all earlier
// ones, so streams that share a pool cannot wait for each other.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/async/cpu_pool.hpp"
#include "base/buffer_pool.hpp"
#include "format/reader.hpp"
#include "restore/row_conversion.hpp"

namespace pgark::restore {

// What all streams share. Outlives them. Thread safe.
class ChunkDecoder {
 public:
  ChunkDecoder(const format::ArchiveReader& archive, async::CpuPool& cpu, std::size_t buffer_count,
               std::size_t buffer_bytes);

  async::CpuPool& cpu() { return cpu_; }
  BufferPool& buffers() { return buffers_; }
  // REQUIRES: on a thread of the pool. Checks both checksums, the row count and the row digest.
  Result<> decode(const format::ChunkRef& chunk, const RowConversion& conversion, ByteBuffer& out);

 private:
  struct PerThread {
    format::ChunkCoder coder;
    ByteBuffer scratch;
    ByteBuffer rows;  // as they are kept, when they are to be converted
  };
  const format::ArchiveReader& archive_;
  async::CpuPool& cpu_;
  std::vector<PerThread> threads_;
  BufferPool buffers_;
};

struct DecodedChunk {
  const format::ChunkRef* ref = nullptr;
  BufferLease rows;
};

// Where a load gets its rows from.
class ChunkSupply {
 public:
  virtual ~ChunkSupply() = default;
  // The next chunk; nullopt at the end. Its `ref` is valid until the next call. Throws archive_damaged.
  virtual boost::asio::awaitable<std::optional<DecodedChunk>> next() = 0;
  // Waits for the jobs that still run; never throws. REQUIRES: throw_if_cancelled is off.
  virtual boost::asio::awaitable<void> close() = 0;
};

// Thread rule: the executor given; REQUIRES close() before destruction, also after a failure.
class ChunkStream final : public ChunkSupply {
 public:
  // At most `ahead` chunks are decoded or being decoded at any time.
  ChunkStream(boost::asio::any_io_executor executor, ChunkDecoder& decoder,
              std::span<const format::ChunkRef> chunks, std::size_t ahead, RowConversion conversion = {});
  ~ChunkStream() override;

  // In order.
  boost::asio::awaitable<std::optional<DecodedChunk>> next() override;
  boost::asio::awaitable<void> close() override;

  // What is done with each chunk, in order; may throw.
  using Taker = std::function<boost::asio::awaitable<void>(DecodedChunk&)>;
  // All chunks, and close(), whatever happens; rethrows what was thrown.
  boost::asio::awaitable<void> give_all(Taker take);

 private:
  struct Slot;
  void start(BufferLease lease);

  boost::asio::any_io_executor executor_;
  ChunkDecoder& decoder_;
  std::span<const format::ChunkRef> waiting_;  // not started
  const std::size_t ahead_;
  const RowConversion conversion_;
  std::deque<std::shared_ptr<Slot>> started_;
  async::JobGroup jobs_;
};

}  // namespace pgark::restore
