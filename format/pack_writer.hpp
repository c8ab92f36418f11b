// Chunks in files of bounded size, the packs of an archive of several files. format/SPEC.md, "Several files".
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "base/error.hpp"
#include "format/chunk.hpp"
#include "format/io.hpp"
#include "format/layout.hpp"

namespace pgark::format {

struct PackPlace {
  std::uint32_t pack = 0;
  std::uint64_t offset = 0;
};

// Thread safe except finish(). Borrows the folder, which outlives it.
class PackWriter {
 public:
  // A chunk goes into the pack at hand as long as that has no more than `pack_bytes` with it; one larger than
  // that has a pack to itself.
  PackWriter(SinkFolder& folder, std::uint64_t pack_bytes, const layout::ArchiveId& id);
  ~PackWriter();  // without finish(): discards what is not committed

  // Begins the first pack, so that a place where nothing can be written is found before any work is done.
  Result<> open_first();
  Result<PackPlace> append(const EncodedChunk& chunk);
  // Commits the last pack. REQUIRES: no append is running or follows.
  Result<> finish();
  std::uint64_t bytes_written() const;

 private:
  struct Pack;
  using PackPointer = std::shared_ptr<Pack>;

  Result<PackPointer> begin_pack(std::uint32_t number);
  Result<> begin_next(PackPointer& full);
  static Result<> commit(Pack& pack);

  SinkFolder& folder_;
  const std::uint64_t pack_bytes_;
  const layout::ArchiveId id_;
  mutable std::mutex mutex_;  // guards what follows
  PackPointer pack_;          // at hand
  std::uint64_t bytes_ = 0;   // of all packs
};

}  // namespace pgark::format
