#include "format/verifier.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

namespace pgark::format {
namespace {

// What the threads share.
class Verification {
 public:
  Verification(const ArchiveReader& archive, const VerifyOptions& options)
      : archive_(archive), options_(options), order_(order_of_places(archive.chunks())) {
    progress_.chunks_total = order_.size();
    for (const ChunkRef& chunk : archive.chunks()) progress_.raw_bytes_total += chunk.info.raw_bytes;
    report_.file_bytes = archive.file_bytes();
    report_.chunks = order_.size();
  }

  // The work of one thread.
  void run() {
    ChunkCoder coder;
    ByteBuffer stored;
    ByteBuffer rows;
    while (!stopped_.load()) {
      const std::size_t at = next_.fetch_add(1);
      if (at >= order_.size()) return;
      const ChunkRef& chunk = archive_.chunks()[order_[at]];
      note(chunk, options_.decode ? archive_.read(chunk, coder, stored, rows, true)
                                  : archive_.read_stored(chunk, stored));
    }
  }

  Result<VerifyReport> result() {
    if (stopped_.load()) return fail(ErrorCode::interrupted, "the verification was stopped", archive_.name());
    std::ranges::sort(report_.damages, {}, [](const ChunkDamage& damage) {
      return std::pair(std::string_view(damage.error.object), damage.error.offset);
    });
    return std::move(report_);
  }

 private:
  void note(const ChunkRef& chunk, const Result<>& outcome) {
    const std::lock_guard lock(mutex_);
    if (outcome) {
      report_.rows += chunk.info.rows;
      report_.raw_bytes += chunk.info.raw_bytes;
    } else {
      ++report_.damaged_chunks;
      if (report_.damages.size() < options_.damages_max)
        report_.damages.push_back(describe(chunk, outcome.error()));
    }
    ++progress_.chunks_done;
    progress_.raw_bytes_done += chunk.info.raw_bytes;
    progress_.damaged_chunks = report_.damaged_chunks;
    if (options_.on_progress && !options_.on_progress(progress_)) stopped_.store(true);
  }

  ChunkDamage describe(const ChunkRef& chunk, const Error& error) const {
    ChunkDamage damage;
    damage.entry = chunk.info.entry;
    if (const TocEntry* entry = archive_.toc().find(chunk.info.entry); entry != nullptr) {
      damage.kind = entry->kind;
      damage.schema = entry->schema;
      damage.name = entry->name;
    }
    damage.part = chunk.info.part;
    damage.sequence = chunk.info.sequence;
    damage.rows = chunk.info.rows;
    damage.error = error;
    return damage;
  }

  const ArchiveReader& archive_;
  const VerifyOptions& options_;
  std::vector<std::uint32_t> order_;  // of the chunks
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;  // guards what follows and serialises the callback
  VerifyProgress progress_;
  VerifyReport report_;
};

}  // namespace

Result<VerifyReport> verify_archive(const ArchiveReader& archive, const VerifyOptions& options) {
  Verification verification(archive, options);
  const std::size_t wanted = std::max(1U, options.threads);
  const std::size_t threads = std::min(wanted, std::max<std::size_t>(1, archive.chunks().size()));
  {
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back([&verification] { verification.run(); });
    verification.run();
  }
  return verification.result();
}

}  // namespace pgark::format
