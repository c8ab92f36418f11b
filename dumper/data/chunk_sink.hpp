// The end of the copy pipeline: rows become a chunk in the archive, on a thread of the CPU pool.
//
// Counts the rows it stores and those the server says it sent; both must agree for every table. Borrows
// writer and events, which outlive it. Thread rule: store() in jobs of the pool given; the rest from any
// thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "base/async/cpu_pool.hpp"
#include "base/buffer_pool.hpp"
#include "base/events.hpp"
#include "dumper/data/data_object.hpp"
#include "format/chunk.hpp"
#include "format/writer.hpp"

namespace pgark::dumper {

class ChunkSink {
 public:
  ChunkSink(const async::CpuPool& cpu, std::span<const DataObject> objects, format::CodecChoice codec,
            format::ArchiveWriter& writer, Progress& progress);

  struct Position {
    std::size_t object = 0;  // position in the data objects
    std::uint32_t part = 0;
    std::uint32_t sequence = 0;
  };
  // Encodes and appends; gives up without a word when `stop` asks for it. Throws Exception.
  void store(const Position& position, ByteSpan rows, const std::stop_token& stop = {});

  // Rows by the command tag of one COPY.
  void expect(std::size_t object, std::uint64_t rows);
  // When everything is stored: the server's counts must be ours, else ErrorCode::mismatch naming the table.
  Result<> check_counts() const;

 private:
  struct Count {
    std::atomic<std::uint64_t> stored{0};
    std::atomic<std::uint64_t> sent{0};
  };

  const std::span<const DataObject> objects_;
  const format::CodecChoice codec_;
  format::ArchiveWriter& writer_;
  Progress& progress_;
  std::vector<format::ChunkCoder> coders_;  // by CpuPool::current_thread()
  std::vector<Count> counts_;               // by object
};

}  // namespace pgark::dumper
