#include "format/copy_archive.hpp"

#include <fmt/format.h>

#include <array>

#include "format/layout.hpp"

namespace pgark::format {

Result<ArchiveTotals> copy_archive(const ArchiveReader& archive, ArchiveWriter& writer,
                                   const std::function<bool(const CopyProgress&)>& on_progress) {
  const FormatVersion version = archive.version();
  if (version.minor > layout::kVersionMinor) {
    return fail(ErrorCode::archive_unsupported,
                fmt::format("archive version {}.{} may hold what this program would leave out of a copy",
                            version.major, version.minor),
                archive.name(), "use a newer version of pgark");
  }
  CopyProgress progress;
  ByteBuffer stored;
  for (const std::uint32_t at : order_of_places(archive.chunks())) {
    const ChunkRef& chunk = archive.chunks()[at];
    if (auto read = archive.read_stored(chunk, stored); !read)
      return tl::unexpected<Error>(std::move(read).error());
    const ByteSpan bytes = stored;
    const std::array<ByteSpan, 2> pieces{bytes.first(layout::kBlockHeaderBytes),
                                         bytes.subspan(layout::kBlockHeaderBytes)};
    if (auto written = writer.append({chunk.info, pieces, bytes.size()}); !written)
      return tl::unexpected<Error>(std::move(written).error());
    ++progress.chunks_done;
    progress.bytes_done += bytes.size();
    progress.rows_done += chunk.info.rows;
    if (on_progress && !on_progress(progress))
      return fail(ErrorCode::interrupted, "the copying was stopped", archive.name());
  }
  return writer.finish(archive.toc());
}

}  // namespace pgark::format
