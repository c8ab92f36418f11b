#include "format/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "format/block.hpp"
#include "format/data_totals.hpp"
#include "format/index.hpp"
#include "format/layout.hpp"

namespace pgark::format {

struct ArchiveReader::Impl {
  Result<> open();
  Result<> read_header();
  Result<> check_form() const;
  Result<> read_trailer();
  Result<ByteBuffer> read_block(layout::BlockKind kind, const layout::BlockPlace& place,
                                std::uint64_t raw_bytes_max) const;
  Result<std::uint64_t> check_block(layout::BlockKind kind, std::uint64_t at, std::uint64_t end) const;
  Result<std::uint64_t> chunks_begin() const;
  Result<> check_gap(std::uint64_t at, std::uint64_t end) const;
  Result<> check_places();
  Result<> check_end(std::uint32_t pack, std::uint64_t end);
  Result<> check_pack(std::uint32_t pack, std::uint64_t bytes);
  Result<> check_sums() const;
  Result<> read_chunk(const ChunkRef& ref, ByteBuffer& out) const;
  Error located(Error error, std::uint64_t offset) const;
  Error located(Error error, const ChunkRef& ref) const;

  std::unique_ptr<SourceFolder> folder;  // null: one file
  std::unique_ptr<Source> source;        // of the file that has the trailer
  layout::FileHeader header;
  std::uint64_t file_bytes = 0;  // of `source`
  std::uint64_t pack_bytes = 0;  // of all packs
  std::uint32_t packs = 0;
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

std::vector<std::uint32_t> order_of_places(std::span<const ChunkRef> chunks) {
  std::vector<std::uint32_t> order(chunks.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {},
                    [chunks](std::uint32_t at) { return std::pair(chunks[at].pack, chunks[at].offset); });
  return order;
}

// Completes an error that knows neither file nor place.
Error ArchiveReader::Impl::located(Error error, std::uint64_t offset) const {
  if (error.object.empty()) error.object = source->name();
  if (!error.offset) error.offset = offset;
  if (error.hint.empty() && error.code == ErrorCode::archive_damaged) error.hint = kDamagedHint;
  return error;
}

Error ArchiveReader::Impl::located(Error error, const ChunkRef& ref) const {
  if (error.object.empty() && folder) error.object = folder->name() + "/" + layout::pack_file(ref.pack);
  return located(std::move(error), ref.offset);
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
  const auto decoded = layout::decode_file_header(bytes);
  if (!decoded) return tl::unexpected<Error>(located(decoded.error(), 0));
  header = *decoded;
  return check_form();
}

Result<> ArchiveReader::Impl::check_form() const {
  if (header.in_packs && !folder) {
    return fail(ErrorCode::usage, "is one of the files of an archive that is a folder", source->name(),
                "give the name of the folder");
  }
  if (folder && (!header.in_packs || header.pack != 0)) {
    return fail(ErrorCode::archive_damaged, "another file has the place of the table of contents",
                source->name(), kDamagedHint);
  }
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
  const auto decoded = layout::decode_trailer(bytes, folder != nullptr);
  if (!decoded) {
    Error error = decoded.error();
    if (error.code == ErrorCode::archive_damaged) error.hint = kUnfinishedHint;
    return tl::unexpected<Error>(located(std::move(error), at));
  }
  trailer = *decoded;
  if (trailer.file_bytes != file_bytes || trailer.header_checksum != header.checksum) {
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

// A whole block of this kind at `at`, before `end`; answers where it ends.
Result<std::uint64_t> ArchiveReader::Impl::check_block(layout::BlockKind kind, std::uint64_t at,
                                                       std::uint64_t end) const {
  const auto refuse = [&](Error error) { return tl::unexpected<Error>(located(std::move(error), at)); };
  const auto damaged = [&](const char* what) {
    return refuse(fail(ErrorCode::archive_damaged, what).value());
  };
  if (end - at <= layout::kBlockHeaderBytes) return damaged("bytes that belong to no block");
  ByteBuffer block(layout::kBlockHeaderBytes);
  if (auto read = source->read_at(at, block); !read) return refuse(read.error());
  const auto head = layout::decode_block_header(block);
  if (!head) return refuse(head.error());
  if (head->info.stored_bytes > end - at - layout::kBlockHeaderBytes)
    return damaged("a block that is longer than its place");
  block.resize(layout::kBlockHeaderBytes + head->info.stored_bytes);
  if (auto read = source->read_at(at, block); !read) return refuse(read.error());
  const auto raw = decode_block(kind, block);
  if (!raw) return refuse(raw.error());
  if (kind != layout::BlockKind::ends) return at + block.size();
  const auto ended = decode_ends(*raw);
  if (!ended) return refuse(ended.error());
  for (const DataSummary& summary : *ended) {
    const DataSummary* stated = toc.find_data(summary.entry);
    if (stated == nullptr || *stated != summary)
      return damaged("an entry has ended with other totals than those of the table of contents");
  }
  return at + block.size();
}

Result<std::uint64_t> ArchiveReader::Impl::chunks_begin() const {
  if (!header.is_stream) return layout::kFileHeaderBytes;
  return check_block(layout::BlockKind::early_toc, layout::kFileHeaderBytes, trailer.toc.offset);
}

// Between the chunks of a stream stand the ends of entries.
Result<> ArchiveReader::Impl::check_gap(std::uint64_t at, std::uint64_t end) const {
  while (at != end) {
    const auto next = check_block(layout::BlockKind::ends, at, end);
    if (!next) return tl::unexpected<Error>(next.error());
    at = *next;
  }
  return {};
}

// Every byte behind a file's header, up to its end or the TOC, belongs to exactly one chunk or other block.
Result<> ArchiveReader::Impl::check_places() {
  std::uint32_t pack = folder ? 1 : 0;
  const auto begin = chunks_begin();
  if (!begin) return tl::unexpected<Error>(begin.error());
  std::uint64_t expected = *begin;
  for (const std::uint32_t at : order_of_places(chunks)) {
    const ChunkRef& chunk = chunks[at];
    if (folder && chunk.pack == pack + 1 && expected != layout::kFileHeaderBytes) {
      if (auto sound = check_end(pack, expected); !sound) return sound;
      ++pack;
      expected = layout::kFileHeaderBytes;
    }
    if (chunk.pack != pack) {
      return tl::unexpected<Error>(
          located(fail(ErrorCode::archive_damaged,
                       fmt::format("a chunk in file {} where only {} can be", chunk.pack, pack))
                      .value(),
                  trailer.index.offset));
    }
    if (header.is_stream && chunk.offset > expected && chunk.offset <= trailer.toc.offset) {
      if (auto sound = check_gap(expected, chunk.offset); !sound) return sound;
      expected = chunk.offset;
    }
    if (chunk.offset != expected) {
      const char* what = chunk.offset < expected ? "chunks overlap" : "bytes that belong to no chunk";
      return tl::unexpected<Error>(
          located(fail(ErrorCode::archive_damaged, what).value(), ChunkRef{pack, expected, 0, {}}));
    }
    expected += chunk.total_bytes;
  }
  return folder && chunks.empty() ? Result<>{} : check_end(pack, expected);
}

Result<> ArchiveReader::Impl::check_end(std::uint32_t pack, std::uint64_t end) {
  if (pack != 0) return check_pack(pack, end);
  if (header.is_stream && end < trailer.toc.offset) return check_gap(end, trailer.toc.offset);
  if (end == trailer.toc.offset) return {};
  return tl::unexpected<Error>(located(
      fail(ErrorCode::archive_damaged, "the chunks do not end where the table of contents begins").value(),
      std::min(end, trailer.toc.offset)));
}

// The file is there, is this archive's, and ends where its last chunk does.
Result<> ArchiveReader::Impl::check_pack(std::uint32_t pack, std::uint64_t bytes) {
  packs = pack;
  pack_bytes += bytes;
  const auto file = folder->open(layout::pack_file(pack));
  if (!file) return tl::unexpected<Error>(file.error());
  const auto damaged = [&](const std::string& message, std::uint64_t offset) {
    return tl::unexpected<Error>(
        located(fail(ErrorCode::archive_damaged, message).value(), ChunkRef{pack, offset, 0, {}}));
  };
  const auto size = (*file)->size();
  if (!size) return tl::unexpected<Error>(size.error());
  if (*size != bytes)
    return damaged(fmt::format("the file has {} bytes, the chunk index says {}", *size, bytes), *size);
  ByteBuffer head(layout::kFileHeaderBytes);
  if (auto read = (*file)->read_at(0, head); !read) return read;
  const auto decoded = layout::decode_file_header(head);
  if (!decoded) return tl::unexpected<Error>(located(decoded.error(), ChunkRef{pack, 0, 0, {}}));
  if (!decoded->in_packs || decoded->pack != pack || decoded->id != header.id)
    return damaged("the file belongs to another archive or another place", 0);
  return {};
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
  auto impl = std::make_unique<Impl>();
  impl->source = std::move(source);
  if (auto opened = impl->open(); !opened) return tl::unexpected<Error>(std::move(opened).error());
  return std::unique_ptr<ArchiveReader>(new ArchiveReader(std::move(impl)));
}

Result<std::unique_ptr<ArchiveReader>> ArchiveReader::open(std::unique_ptr<SourceFolder> folder) {
  auto source = folder->open(layout::kTocFile);
  if (!source) return tl::unexpected<Error>(std::move(source).error());
  auto impl = std::make_unique<Impl>();
  impl->folder = std::move(folder);
  impl->source = std::move(*source);
  if (auto opened = impl->open(); !opened) return tl::unexpected<Error>(std::move(opened).error());
  return std::unique_ptr<ArchiveReader>(new ArchiveReader(std::move(impl)));
}

FormatVersion ArchiveReader::version() const {
  return {impl_->header.major, impl_->header.minor};
}
const Toc& ArchiveReader::toc() const {
  return impl_->toc;
}
std::uint64_t ArchiveReader::file_bytes() const {
  return impl_->file_bytes + impl_->pack_bytes;
}
std::uint32_t ArchiveReader::packs() const {
  return impl_->packs;
}
std::span<const ChunkRef> ArchiveReader::chunks() const {
  return impl_->chunks;
}
std::string ArchiveReader::name() const {
  return impl_->folder ? impl_->folder->name() : impl_->source->name();
}

std::span<const ChunkRef> ArchiveReader::chunks_of(EntryId entry) const {
  const auto entry_of = [](const ChunkRef& chunk) { return chunk.info.entry; };
  const auto first = std::ranges::lower_bound(impl_->chunks, entry, {}, entry_of);
  const auto last = std::ranges::upper_bound(first, impl_->chunks.end(), entry, {}, entry_of);
  return {first, last};
}

// A pack is opened for each chunk: the packs of ten terabytes are more than a process may hold open.
Result<> ArchiveReader::Impl::read_chunk(const ChunkRef& ref, ByteBuffer& out) const {
  out.resize(ref.total_bytes);
  Result<> read;
  if (folder) {
    const auto file = folder->open(layout::pack_file(ref.pack));
    if (!file) return tl::unexpected<Error>(file.error());
    read = (*file)->read_at(ref.offset, out);
  } else {
    read = source->read_at(ref.offset, out);
  }
  return read ? read : tl::unexpected<Error>(located(std::move(read).error(), ref));
}

namespace {

constexpr const char* kNotOfTheIndex = "the chunk's header and the chunk index disagree";

}  // namespace

Result<> ArchiveReader::read(const ChunkRef& ref, ChunkCoder& coder, ByteBuffer& scratch, ByteBuffer& out,
                             bool check_digest) const {
  if (auto read = impl_->read_chunk(ref, scratch); !read) return read;
  const auto info = coder.decode(scratch, out, check_digest);
  if (!info) return tl::unexpected<Error>(impl_->located(info.error(), ref));
  if (*info == ref.info) return {};
  return tl::unexpected<Error>(impl_->located(fail(ErrorCode::archive_damaged, kNotOfTheIndex).value(), ref));
}

Result<> ArchiveReader::read_stored(const ChunkRef& ref, ByteBuffer& out) const {
  if (auto read = impl_->read_chunk(ref, out); !read) return read;
  const auto header = check_stored_chunk(out);
  if (!header) return tl::unexpected<Error>(impl_->located(header.error(), ref));
  if (*header == ref.info) return {};
  return tl::unexpected<Error>(impl_->located(fail(ErrorCode::archive_damaged, kNotOfTheIndex).value(), ref));
}

}  // namespace pgark::format
