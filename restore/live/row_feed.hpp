// Rows on their way from a dump that is still running to the restore that loads them.
//
// Whoever feeds tells the table of contents, then gives rows in any order, says of an entry that it has got
// all of its chunks, and at last gives the table of contents with the totals. The restore takes rows by
// entry. What is in between is bounded: all of it is in the buffers of one pool, so that a source which is
// faster than the target waits for a buffer.
//
// Lifetime: outlives both sides. Thread rule: any thread, but where something else is said.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/buffer_pool.hpp"
#include "format/chunk.hpp"
#include "format/toc.hpp"
#include "restore/proof/large_object_digest.hpp"

namespace pgark::restore {

// What a failure leaves behind, for hints.
inline constexpr const char* kLeftMarked =
    "the target is incomplete and marked so: its rows are not to be had again, so begin anew with --clean";

// Whole rows. `info.encoding`: text, or columnar for COPY BINARY rows; nothing is compressed.
struct FedRows {
  format::ChunkInfo info;
  BufferLease rows;
};

class RowFeed {
 public:
  RowFeed(std::size_t buffers, std::size_t buffer_bytes);

  // From here on large_object_digest() is kept. Before begin().
  void digest_large_objects() { wants_digest_ = true; }
  // Of all that was put. REQUIRES: final_toc().
  const LargeObjectDigest& large_object_digest() const { return large_object_digest_; }

  BufferPool& buffers() { return buffers_; }

  // The side that feeds.
  void begin(format::Toc toc);
  // Throws Exception for rows that are no pieces of large objects.
  void put(FedRows rows);
  // So many chunks have been put or will be.
  void end_entry(format::EntryId entry, std::uint64_t chunks);
  // Everything has been put. `toc`: with totals.
  void finish(format::Toc toc);

  // The side that takes. `changed` is called after each of the above, from the thread that does it, until
  // the next listen().
  void listen(std::function<void()> changed);
  // Constant once it is there; nullptr before.
  const format::Toc* early_toc() const;
  const format::Toc* final_toc() const;
  // Entries whose rows wait, each once, the longest waiting first.
  std::vector<format::EntryId> waiting() const;
  std::optional<FedRows> take(format::EntryId entry);
  // Every chunk of it was put and taken.
  bool exhausted(format::EntryId entry) const;
  // Entries whose end was told since the last call.
  std::vector<format::EntryId> take_ended();
  // Rows of the entry that wait, and those to come, are thrown away.
  void drop(format::EntryId entry);
  // Nothing more comes before something is taken.
  bool clogged() const;
  // The target is marked as incomplete (Journal), for whoever tells of a failure.
  void set_marked(bool marked) { marked_ = marked; }
  bool left_marked() const { return marked_; }

 private:
  struct Entry {
    std::uint64_t put = 0, taken = 0;
    std::optional<std::uint64_t> total;
  };
  void notify();
  void end(format::EntryId entry, std::uint64_t chunks);

  BufferPool buffers_;  // before what holds leases of it
  mutable std::mutex mutex_;
  std::function<void()> changed_;
  std::optional<format::Toc> early_toc_, final_toc_;
  std::deque<FedRows> queue_;
  std::unordered_map<format::EntryId, Entry> entries_;
  std::unordered_set<format::EntryId> dropped_;
  std::vector<format::EntryId> ended_;
  std::atomic<bool> marked_{false};
  bool wants_digest_ = false;
  format::EntryId large_objects_ = 0;  // of their bytes
  std::mutex digest_mutex_;            // of the member below
  LargeObjectDigest large_object_digest_;
};

}  // namespace pgark::restore
