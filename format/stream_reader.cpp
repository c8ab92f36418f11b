#include "format/stream_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "format/block.hpp"
#include "format/data_totals.hpp"

namespace pgark::format {

namespace {

using layout::BlockKind;

// A block says itself how long it is: memory is taken as its bytes come.
constexpr std::size_t kStepBytes = std::size_t{16} << 20;

constexpr const char* kEndHint = "what wrote it has failed: see its own messages";

}  // namespace

Result<std::unique_ptr<StreamReader>> StreamReader::open(SequentialSource& source) {
  std::unique_ptr<StreamReader> reader(new StreamReader(source));
  if (auto opened = reader->open(); !opened) return tl::unexpected<Error>(opened.error());
  return reader;
}

tl::unexpected<Error> StreamReader::refuse(Error error, std::uint64_t at) const {
  if (error.object.empty()) error.object = source_.name();
  if (!error.offset) error.offset = at;
  return tl::unexpected<Error>(std::move(error));
}

tl::unexpected<Error> StreamReader::damaged(std::string what, std::uint64_t at) const {
  return refuse(fail(ErrorCode::archive_damaged, std::move(what)).value(), at);
}

Result<> StreamReader::fill(MutableByteSpan out) {
  while (!out.empty()) {
    const auto count = source_.read(out);
    if (!count) return tl::unexpected<Error>(count.error());
    if (*count == 0) {
      return tl::unexpected<Error>(fail(ErrorCode::archive_damaged,
                                        at_ == 0 ? "nothing has come, where an archive was to be read"
                                                 : "the stream ends before the archive does",
                                        source_.name(), kEndHint)
                                       .value());
    }
    at_ += *count;
    out = out.subspan(*count);
  }
  return {};
}

Result<> StreamReader::open() {
  ByteBuffer bytes(layout::kFileHeaderBytes);
  const MutableByteSpan all(bytes);
  if (auto read = fill(all.first(layout::kFileMagic.size())); !read) return read;
  if (!std::ranges::equal(all.first(layout::kFileMagic.size()), std::as_bytes(std::span(layout::kFileMagic))))
    return refuse(fail(ErrorCode::archive_unsupported, "not a pgark archive").value(), 0);
  if (auto read = fill(all.subspan(layout::kFileMagic.size())); !read) return read;
  const auto header = layout::decode_file_header(bytes);
  if (!header) return refuse(header.error(), 0);
  header_ = *header;
  if (!header_.is_stream) {
    return refuse(
        fail(ErrorCode::archive_unsupported,
             "the archive has no table of contents in front, so it cannot be restored as it comes", {},
             "store it in a file and restore that; pgark backup -o - writes archives that have one")
            .value(),
        0);
  }
  ByteBuffer block;
  const std::uint64_t at = at_;
  if (const auto read = read_block(block); !read) return tl::unexpected<Error>(read.error());
  const auto raw = decode_block(BlockKind::early_toc, block);
  if (!raw) return refuse(raw.error(), at);
  auto toc = decode_toc(*raw);
  if (!toc) return refuse(toc.error(), at);
  early_toc_ = std::move(*toc);
  return {};
}

Result<layout::BlockHeader> StreamReader::read_block(ByteBuffer& block) {
  const std::uint64_t at = at_;
  block.resize(layout::kBlockHeaderBytes);
  if (auto read = fill(block); !read) return tl::unexpected<Error>(read.error());
  const auto header = layout::decode_block_header(block);
  if (!header) return refuse(header.error(), at);
  std::uint64_t left = header->info.stored_bytes;
  while (left != 0) {
    const std::size_t step = static_cast<std::size_t>(std::min<std::uint64_t>(left, kStepBytes));
    const std::size_t have = block.size();
    block.resize(have + step);
    if (auto read = fill(MutableByteSpan(block).subspan(have)); !read)
      return tl::unexpected<Error>(read.error());
    left -= step;
  }
  return *header;
}

Result<StreamReader::Item> StreamReader::next(ByteBuffer& chunk) {
  const std::uint64_t at = at_;
  const auto header = read_block(chunk);
  if (!header) return tl::unexpected<Error>(header.error());
  switch (header->kind) {
    case BlockKind::chunk: return take_chunk(*header, at);
    case BlockKind::ends: return take_ends(chunk);
    case BlockKind::toc: return finish(*header, chunk);
    default: return damaged("a block of this kind has no place here", at);
  }
}

Result<StreamReader::Item> StreamReader::take_chunk(const layout::BlockHeader& header, std::uint64_t at) {
  const ChunkInfo& info = header.info;
  if (early_toc_.find(info.entry) == nullptr || ended_.contains(info.entry))
    return damaged("a chunk of an entry that has ended or is not there", at);
  DataSummary& sum = sums_[info.entry];
  sum.entry = info.entry;
  sum.rows += info.rows;
  sum.digest += info.digest;
  sum.raw_bytes += info.raw_bytes;
  sum.stored_bytes += info.stored_bytes;
  ++sum.chunks;
  ++chunks_;
  return Item{Kind::chunk, info, {}};
}

Result<StreamReader::Item> StreamReader::take_ends(ByteSpan block) {
  const std::uint64_t at = at_ - block.size();
  const auto raw = decode_block(BlockKind::ends, block);
  if (!raw) return refuse(raw.error(), at);
  auto ended = decode_ends(*raw);
  if (!ended) return refuse(ended.error(), at);
  for (const DataSummary& summary : *ended) {
    if (sum_of(summary.entry) != summary || !ended_.insert(summary.entry).second)
      return damaged("an entry has ended with other totals than those of its chunks", at);
  }
  return Item{Kind::ends, {}, std::move(*ended)};
}

Result<StreamReader::Item> StreamReader::finish(const layout::BlockHeader& toc_header, ByteBuffer& block) {
  const layout::BlockPlace toc_place{at_ - block.size(), block.size(), toc_header.payload_checksum};
  const auto raw = decode_block(BlockKind::toc, block);
  if (!raw) return refuse(raw.error(), toc_place.offset);
  auto toc = decode_toc(*raw);
  if (!toc) return refuse(toc.error(), toc_place.offset);
  toc_ = std::move(*toc);
  if (toc_.entries != early_toc_.entries)
    return damaged("the table of contents has other entries than the one in front", toc_place.offset);
  if (auto sound = check_totals(); !sound) return tl::unexpected<Error>(sound.error());

  const std::uint64_t index_at = at_;
  const auto index = read_block(block);
  if (!index) return tl::unexpected<Error>(index.error());
  const auto index_raw = decode_block(BlockKind::index, block);
  if (!index_raw) return refuse(index_raw.error(), index_at);
  const layout::BlockPlace index_place{index_at, block.size(), index->payload_checksum};
  if (auto sound = check_trailer(toc_place, index_place); !sound) return tl::unexpected<Error>(sound.error());
  return Item{Kind::end, {}, {}};
}

Result<> StreamReader::check_trailer(const layout::BlockPlace& toc, const layout::BlockPlace& index) {
  const std::uint64_t at = at_;
  ByteBuffer bytes(layout::kTrailerBytes);
  if (auto read = fill(bytes); !read) return read;
  const auto trailer = layout::decode_trailer(bytes, /*in_packs=*/false);
  if (!trailer) return refuse(trailer.error(), at);
  const auto is = [](const layout::BlockPlace& a, const layout::BlockPlace& b) {
    return a.offset == b.offset && a.total_bytes == b.total_bytes && a.payload_checksum == b.payload_checksum;
  };
  if (!is(trailer->toc, toc) || !is(trailer->index, index) || trailer->file_bytes != at_ ||
      trailer->chunks != chunks_ || trailer->header_checksum != header_.checksum)
    return damaged("the trailer belongs to another archive", at);
  std::byte more{};
  const auto rest = source_.read(MutableByteSpan(&more, 1));
  if (!rest) return tl::unexpected<Error>(rest.error());
  if (*rest != 0) return damaged("bytes behind the end of the archive", at_);
  return {};
}

// Of the chunks that came, all are in the totals, and no others.
Result<> StreamReader::check_totals() const {
  std::uint64_t chunks = 0;
  for (const DataSummary& stated : toc_.data) {
    if (sum_of(stated.entry) != stated) {
      return damaged(fmt::format("the table of contents and the chunks disagree about the rows of entry {}",
                                 stated.entry),
                     at_);
    }
    chunks += stated.chunks;
  }
  if (chunks != chunks_) return damaged("chunks of entries without totals", at_);
  return {};
}

DataSummary StreamReader::sum_of(EntryId entry) const {
  const auto found = sums_.find(entry);
  if (found != sums_.end()) return found->second;
  DataSummary none;
  none.entry = entry;
  return none;
}

}  // namespace pgark::format
