// A dump whose rows are restored while they are read: hands them on to a RowFeed as they are.
#pragma once

#include <functional>
#include <map>
#include <mutex>

#include "dumper/dump_output.hpp"
#include "restore/live/row_feed.hpp"

namespace pgark::cli {

class FeedOutput final : public dumper::DumpOutput {
 public:
  // `on_rows` is called after each store. The feed outlives it.
  FeedOutput(restore::RowFeed& feed, std::function<void()> on_rows);

  bool live() const override { return true; }
  BufferPool* buffers() override { return &feed_.buffers(); }
  Result<> begin(const format::Toc& toc) override;
  Result<dumper::StoredRows> store(const dumper::RowsPlace& place, BufferLease& rows,
                                   const std::stop_token& stop) override;
  Result<> end_entry(format::EntryId entry, std::uint32_t stores) override;
  Result<format::ArchiveTotals> finish(format::Toc toc) override;

 private:
  void count(const format::ChunkInfo& info);

  restore::RowFeed& feed_;
  const std::function<void()> on_rows_;
  std::mutex mutex_;
  std::map<format::EntryId, format::DataSummary> totals_;  // guarded by mutex_
};

}  // namespace pgark::cli
