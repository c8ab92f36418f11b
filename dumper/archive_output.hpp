// A dump into an archive: rows are encoded, compressed and appended as chunks. One that is a stream may be
// restored while it is written.
#pragma once

#include <memory>
#include <vector>

#include "base/async/cpu_pool.hpp"
#include "dumper/dump_output.hpp"

namespace pgark::dumper {

class ArchiveOutput final : public DumpOutput {
 public:
  // `cpu`: the pool on whose threads store() runs.
  ArchiveOutput(const async::CpuPool& cpu, format::CodecChoice codec,
                std::unique_ptr<format::ArchiveWriter> writer);

  bool live() const override;
  Result<> begin(const format::Toc& toc) override;
  Result<StoredRows> store(const RowsPlace& place, BufferLease& rows, const std::stop_token& stop) override;
  Result<> end_entry(format::EntryId entry, std::uint32_t stores) override;
  Result<format::ArchiveTotals> finish(format::Toc toc) override;

 private:
  const format::CodecChoice codec_;
  const std::unique_ptr<format::ArchiveWriter> writer_;
  std::vector<format::ChunkCoder> coders_;  // by CpuPool::current_thread()
};

}  // namespace pgark::dumper
