// The chunks of one archive into another, as they are: of one file into several, or the other way.
#pragma once

#include <cstdint>
#include <functional>

#include "base/error.hpp"
#include "format/reader.hpp"
#include "format/writer.hpp"

namespace pgark::format {

struct CopyProgress {
  std::uint64_t chunks_done = 0;
  std::uint64_t bytes_done = 0;  // stored
  std::uint64_t rows_done = 0;
};

// Copies in the order of the files, each chunk's checksums checked, and finishes the writer. `on_progress`
// is called after each chunk and may be empty; false stops with ErrorCode::interrupted. Fails with
// archive_unsupported when `archive` is of a newer minor version, which may hold what this one would drop.
Result<ArchiveTotals> copy_archive(const ArchiveReader& archive, ArchiveWriter& writer,
                                   const std::function<bool(const CopyProgress&)>& on_progress);

}  // namespace pgark::format
