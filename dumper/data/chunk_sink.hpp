// The end of the copy pipeline: rows go into the dump's output, on a thread of the CPU pool.
//
// Counts the rows that were stored and those the server says it sent; both must agree for every table.
// Borrows output and progress, which outlive it. Thread rule: store() in jobs of the output's pool; the rest
// from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "base/buffer_pool.hpp"
#include "base/events.hpp"
#include "dumper/data/data_object.hpp"
#include "dumper/dump_output.hpp"

namespace pgark::dumper {

class ChunkSink {
 public:
  ChunkSink(std::span<const DataObject> objects, DumpOutput& output, Progress& progress);

  struct Position {
    std::size_t object = 0;  // position in the data objects
    std::uint32_t part = 0;
    std::uint32_t sequence = 0;
  };
  // Announces a store() of this object.
  void announce(std::size_t object) { counts_[object].announced.fetch_add(1, std::memory_order_relaxed); }
  // Gives up without a word when `stop` asks for it. Throws Exception.
  void store(const Position& position, BufferLease& rows, const std::stop_token& stop = {});
  // Every store() of the object has been announced: tells a live output. Throws Exception.
  void end(std::size_t object);

  // Rows by the command tag of one COPY.
  void expect(std::size_t object, std::uint64_t rows);
  // When everything is stored: the server's counts must be ours, else ErrorCode::mismatch naming the table.
  Result<> check_counts() const;

 private:
  struct Count {
    std::atomic<std::uint64_t> stored{0};
    std::atomic<std::uint64_t> sent{0};
    std::atomic<std::uint32_t> announced{0};
  };

  const std::span<const DataObject> objects_;
  DumpOutput& output_;
  Progress& progress_;
  std::vector<Count> counts_;  // by object
};

}  // namespace pgark::dumper
