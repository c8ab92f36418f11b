#include "format/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "format/block.hpp"
#include "format/index.hpp"
#include "format/layout.hpp"

namespace pgark::format {

struct ArchiveReader::Impl {
  explicit Impl(std::unique_ptr<Source> from) : source(std::move(from)) {}

  Result<> open();
  Result<> read_header();
  Result<> read_trailer();
  Result<ByteBuffer> read_block(layout::BlockKind kind, const layout::BlockPlace& place,
                                std::uint64_t raw_bytes_max) const;
  Result<> check_places() const;
  Result<> check_sums() const;
  Error located(Error error, std::uint64_t offset) const;

  std::unique_ptr<Source> source;
  FormatVersion version;
  std::uint64_t file_bytes = 0;
  std::uint64_t header_checksum = 0;
  layout::Trailer trailer;
  Toc toc;
  std::vector<ChunkRef> chunks;
};

namespace {

constexpr std::uint64_t kFileBytesMin =
    layout::kFileHeaderBytes + 2 * layout::kBlockHeaderBytes + layout::kTrailerBytes;
constexpr const char* kUnfinishedHint =
    "the backup did not finish or the copy is incomplete: use another copy of the archive";
constexpr const char* kDamagedHint = "use another copy of the archive";

bool begins_like_an_archive(ByteSpan bytes) {
  const ByteSpan magic = std::as_bytes(std::span(layout::kFileMagic));
  const std::size_t length = std::min(bytes.size(), magic.size());
  return std::ranges::equal(bytes.first(length), magic.first(length));
}

}  // namespace

// Completes an error that knows neither file nor place.
Error ArchiveReader::Impl::located(Error error, std::uint64_t offset) const {
  if (error.object.empty()) error.object = source->name();
  if (!error.offset) error.offset = offset;
  if (error.hint.empty() && error.code == ErrorCode::archive_damaged) error.hint = kDamagedHint;
  return error;
}

Result<> ArchiveReader::Impl::read_header() {
  ByteBuffer bytes(std::min<std::uint64_t>(file_bytes, layout::kFileHeaderBytes));
  if (auto read = source->read_at(0, bytes); !read) return tl::unexpected<Error>(located(read.error(), 0));
  if (bytes.size() < layout::kFileHeaderBytes) {
    if (!begins_like_an_archive(bytes)) {
      return fail(ErrorCode::archive_unsupported, "not a pgark archive", source->name());
    }
    return fail(ErrorCode::archive_damaged,
                bytes.empty() ? "the file is empty" : "the file ends in its header", source->name(),
                kUnfinishedHint);
  }
  const auto header = layout::decode_file_header(bytes);
  if (!header) return tl::unexpected<Error>(located(header.error(), 0));
  version = {header->major, header->minor};
  header_checksum = header->checksum;
  return {};
}

Result<> ArchiveReader::Impl::read_trailer() {
  if (file_bytes < kFileBytesMin) {
    return fail(ErrorCode::archive_damaged, "the end of the archive is missing", source->name(),
                kUnfinishedHint);
  }
  const std::uint64_t at = file_bytes - layout::kTrailerBytes;
  ByteBuffer bytes(layout::kTrailerBytes);
  if (auto read = source->read_at(at, bytes); !read) return tl::unexpected<Error>(located(read.error(), at));
  const auto decoded = layout::decode_trailer(bytes);
  if (!decoded) {
    Error error = decoded.error();
    if (error.code == ErrorCode::archive_damaged) error.hint = kUnfinishedHint;
    return tl::unexpected<Error>(located(std::move(error), at));
  }
  trailer = *decoded;
  if (trailer.file_bytes != file_bytes || trailer.header_checksum != header_checksum) {
    Error error =
        fail(ErrorCode::archive_damaged,
             fmt::format("the trailer belongs to another archive or bytes are missing: it says {} bytes, "
                         "the file has {}",
                         trailer.file_bytes, file_bytes))
            .value();
    return tl::unexpected<Error>(located(std::move(error), at));
  }
  return {};
}

Result<ByteBuffer> ArchiveReader::Impl::read_block(layout::BlockKind kind, const layout::BlockPlace& place,
                                                   std::uint64_t raw_bytes_max) const {
  ByteBuffer block(place.total_bytes);
  if (auto read = source->read_at(place.offset, block); !read) {
    return tl::unexpected<Error>(located(read.error(), place.offset));
  }
  auto raw = decode_block(kind, block, place.payload_checksum, raw_bytes_max);
  if (!raw) return tl::unexpected<Error>(located(std::move(raw).error(), place.offset));
  return raw;
}

// Every byte between the file header and the TOC belongs to exactly one chunk.
Result<> ArchiveReader::Impl::check_places() const {
  std::vector<std::uint32_t> order(chunks.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [this](std::uint32_t at) { return chunks[at].offset; });
  std::uint64_t expected = layout::kFileHeaderBytes;
  for (const std::uint32_t at : order) {
    const ChunkRef& chunk = chunks[at];
    if (chunk.offset != expected) {
      const char* what = chunk.offset < expected ? "chunks overlap" : "bytes that belong to no chunk";
      return tl::unexpected<Error>(located(fail(ErrorCode::archive_damaged, what).value(), expected));
    }
    expected += chunk.total_bytes;
  }
  if (expected == trailer.toc.offset) return {};
  return tl::unexpected<Error>(located(
      fail(ErrorCode::archive_damaged, "the chunks do not end where the table of contents begins").value(),
      std::min(expected, trailer.toc.offset)));
}

// The TOC's totals are the sums over the index, and no chunk belongs to an entry without totals.
Result<> ArchiveReader::Impl::check_sums() const {
  auto chunk = chunks.begin();
  EntryId odd = 0;
  for (const DataSummary& stated : toc.data) {
    DataSummary sum;
    sum.entry = stated.entry;
    for (; chunk != chunks.end() && chunk->info.entry == stated.entry; ++chunk) {
      sum.rows += chunk->info.rows;
      sum.digest += chunk->info.digest;
      sum.raw_bytes += chunk->info.raw_bytes;
      sum.stored_bytes += chunk->info.stored_bytes;
      ++sum.chunks;
    }
    if (sum == stated) continue;
    odd = stated.entry;
    break;
  }
  if (odd == 0 && chunk != chunks.end()) odd = chunk->info.entry;
  if (odd == 0) return {};
  return tl::unexpected<Error>(located(
      fail(ErrorCode::archive_damaged,
           fmt::format("the table of contents and the chunk index disagree about the rows of entry {}", odd))
          .value(),
      trailer.index.offset));
}

Result<> ArchiveReader::Impl::open() {
  const auto bytes = source->size();
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  file_bytes = *bytes;
  if (auto read = read_header(); !read) return read;
  if (auto read = read_trailer(); !read) return read;

  const auto toc_raw = read_block(layout::BlockKind::toc, trailer.toc, layout::kTocRawBytesMax);
  if (!toc_raw) return tl::unexpected<Error>(toc_raw.error());
  auto decoded_toc = decode_toc(*toc_raw);
  if (!decoded_toc) return tl::unexpected<Error>(located(std::move(decoded_toc).error(), trailer.toc.offset));
  toc = std::move(*decoded_toc);

  const std::uint64_t index_bytes_max = layout::kIndexHeadBytes + trailer.chunks * layout::kIndexRowBytesMax;
  const auto index_raw = read_block(layout::BlockKind::index, trailer.index, index_bytes_max);
  if (!index_raw) return tl::unexpected<Error>(index_raw.error());
  auto decoded_index = decode_index(*index_raw);
  if (!decoded_index) {
    return tl::unexpected<Error>(located(std::move(decoded_index).error(), trailer.index.offset));
  }
  chunks = std::move(*decoded_index);
  if (chunks.size() != trailer.chunks) {
    Error error =
        fail(ErrorCode::archive_damaged,
             fmt::format("the chunk index has {} rows, the trailer says {}", chunks.size(), trailer.chunks))
            .value();
    return tl::unexpected<Error>(located(std::move(error), trailer.index.offset));
  }
  if (auto sound = check_places(); !sound) return sound;
  return check_sums();
}

ArchiveReader::ArchiveReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ArchiveReader::~ArchiveReader() = default;

Result<std::unique_ptr<ArchiveReader>> ArchiveReader::open(std::unique_ptr<Source> source) {
  auto impl = std::make_unique<Impl>(std::move(source));
  if (auto opened = impl->open(); !opened) return tl::unexpected<Error>(std::move(opened).error());
  return std::unique_ptr<ArchiveReader>(new ArchiveReader(std::move(impl)));
}

FormatVersion ArchiveReader::version() const {
  return impl_->version;
}
const Toc& ArchiveReader::toc() const {
  return impl_->toc;
}
std::uint64_t ArchiveReader::file_bytes() const {
  return impl_->file_bytes;
}
std::span<const ChunkRef> ArchiveReader::chunks() const {
  return impl_->chunks;
}
std::string ArchiveReader::name() const {
  return impl_->source->name();
}

std::span<const ChunkRef> ArchiveReader::chunks_of(EntryId entry) const {
  const auto entry_of = [](const ChunkRef& chunk) { return chunk.info.entry; };
  const auto first = std::ranges::lower_bound(impl_->chunks, entry, {}, entry_of);
  const auto last = std::ranges::upper_bound(first, impl_->chunks.end(), entry, {}, entry_of);
  return {first, last};
}

Result<> ArchiveReader::read(const ChunkRef& ref, ChunkCoder& coder, ByteBuffer& scratch, ByteBuffer& out,
                             bool check_digest) const {
  scratch.resize(ref.total_bytes);
  if (auto read = impl_->source->read_at(ref.offset, scratch); !read) {
    return tl::unexpected<Error>(impl_->located(std::move(read).error(), ref.offset));
  }
  const auto info = coder.decode(scratch, out, check_digest);
  if (!info) return tl::unexpected<Error>(impl_->located(info.error(), ref.offset));
  if (*info != ref.info) {
    Error error = fail(ErrorCode::archive_damaged, "the chunk's header and the chunk index disagree").value();
    return tl::unexpected<Error>(impl_->located(std::move(error), ref.offset));
  }
  return {};
}

}  // namespace pgark::format
