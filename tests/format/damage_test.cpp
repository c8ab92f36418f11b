// Damaged, truncated and forged archives: always found, and where the fault is outside the chunks, at open.
#include <gtest/gtest.h>

#include <algorithm>

#include "format/archive_fixture.hpp"
#include "format/block.hpp"
#include "format/index.hpp"
#include "format/layout.hpp"
#include "format/verifier.hpp"

namespace pgark::format {
namespace {

using test::ArchiveBuilder;
using test::open_bytes;
using test::random_rows;
using test::small_toc;

using Bytes = std::vector<std::byte>;

Bytes small_archive() {
  ArchiveBuilder builder;
  builder.add(2, 0, 0, "1\tone\n2\ttwo\n", {Codec::none, 0});
  builder.add(3, 0, 0, random_rows(1, 6, 40) + std::string(60, 'l') + "\n", {Codec::lz4, 1});
  builder.add(2, 0, 1, random_rows(2, 6, 40) + std::string(60, 'z') + "\n", {Codec::zstd, 1});
  return builder.finish(small_toc(2));
}

VerifyReport verified(const ArchiveReader& archive, unsigned threads = 1) {
  VerifyOptions options;
  options.threads = threads;
  return verify_archive(archive, options).value();
}

bool in_a_chunk(const ArchiveReader& archive, std::size_t at) {
  return std::ranges::any_of(archive.chunks(), [at](const ChunkRef& chunk) {
    return at >= chunk.offset && at < chunk.offset + chunk.total_bytes;
  });
}

TEST(Damage, cut_at_every_length_is_found_at_open) {
  const Bytes bytes = small_archive();
  ASSERT_TRUE(open_bytes(bytes));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto archive = open_bytes({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)});
    ASSERT_FALSE(archive) << length;
    EXPECT_EQ(archive.error().code, ErrorCode::archive_damaged) << length;
    EXPECT_EQ(archive.error().object, "memory") << length;
    EXPECT_FALSE(archive.error().hint.empty()) << length;
  }
}

TEST(Damage, bytes_in_front_or_behind_are_found_at_open) {
  Bytes longer = small_archive();
  longer.push_back(std::byte{0});
  EXPECT_FALSE(open_bytes(longer));
  Bytes doubled = small_archive();
  doubled.insert(doubled.end(), doubled.begin(), doubled.end());
  EXPECT_FALSE(open_bytes(doubled));
  Bytes shifted = small_archive();
  shifted.insert(shifted.begin(), std::byte{0});
  EXPECT_EQ(open_bytes(shifted).error().code, ErrorCode::archive_unsupported);
}

TEST(Damage, every_flipped_bit_is_found) {
  const Bytes bytes = small_archive();
  const auto sound = open_bytes(bytes).value();
  ASSERT_TRUE(verified(*sound).sound());
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    const std::size_t at = bit / 8;
    Bytes changed = bytes;
    changed[at] ^= static_cast<std::byte>(1U << (bit % 8));
    const auto archive = open_bytes(std::move(changed));
    if (!in_a_chunk(*sound, at)) {
      EXPECT_FALSE(archive) << "byte " << at << " must be found at open";
      continue;
    }
    ASSERT_TRUE(archive) << at;
    const VerifyReport report = verified(**archive);
    ASSERT_EQ(report.damaged_chunks, 1U) << at;
    const Error& error = report.damages[0].error;
    EXPECT_TRUE(error.offset && *error.offset <= at && at - *error.offset < 1000);
    EXPECT_EQ(error.object, "memory");
  }
}

TEST(Damage, verify_lists_all_damaged_chunks) {
  ArchiveBuilder builder;
  for (std::uint32_t part = 0; part < 20; ++part)
    builder.add(2 + part % 2, part, 0, random_rows(part, 30, 50));
  Bytes bytes = builder.finish(small_toc(2));
  const auto sound = open_bytes(bytes).value();
  std::uint64_t lost_rows = 0;
  for (const std::size_t index : {3U, 7U, 12U}) {
    bytes[sound->chunks()[index].offset + 100] ^= std::byte{1};
    lost_rows += sound->chunks()[index].info.rows;
  }
  const auto archive = open_bytes(bytes).value();
  for (const unsigned threads : {1U, 2U, 5U, 64U}) {
    const VerifyReport report = verified(*archive, threads);
    EXPECT_EQ(report.chunks, 20U);
    EXPECT_EQ(report.damaged_chunks, 3U);
    ASSERT_EQ(report.damages.size(), 3U);
    EXPECT_LT(report.damages[0].error.offset, report.damages[1].error.offset);
    EXPECT_EQ(report.damages[0].kind, "TABLE DATA");
    EXPECT_EQ(report.damages[0].schema, "public");
    EXPECT_EQ(report.rows + lost_rows, 600U);
  }
  VerifyOptions capped;
  capped.damages_max = 1;
  const auto report = verify_archive(*archive, capped).value();
  EXPECT_EQ(report.damages.size(), 1U);
  EXPECT_EQ(report.damaged_chunks, 3U);
}

TEST(Damage, verify_reports_progress_and_can_be_stopped) {
  ArchiveBuilder builder;
  for (std::uint32_t part = 0; part < 10; ++part) builder.add(2, part, 0, "row\n");
  const auto archive = open_bytes(builder.finish(small_toc(1))).value();
  VerifyOptions options;
  options.threads = 3;
  std::vector<std::uint64_t> seen;
  options.on_progress = [&seen](const VerifyProgress& progress) {
    seen.push_back(progress.chunks_done);
    EXPECT_EQ(progress.chunks_total, 10U);
    EXPECT_EQ(progress.raw_bytes_done, progress.chunks_done * 4);
    return true;
  };
  EXPECT_EQ(verify_archive(*archive, options)->rows, 10U);
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
  options.on_progress = [](const VerifyProgress& progress) { return progress.chunks_done < 4; };
  EXPECT_EQ(verify_archive(*archive, options).error().code, ErrorCode::interrupted);
}

// An archive whose checksums are all right but whose index, TOC or trailer say what `change` makes them say.
struct Forgery {
  Toc toc = small_toc(2);
  std::vector<ChunkRef> chunks;
  std::uint64_t stated_chunks = 0;
  Bytes body;  // header and chunks

  Forgery() {
    ArchiveBuilder builder;
    builder.add(2, 0, 0, "aaaa\n", {Codec::none, 0});
    builder.add(3, 0, 0, "bbbb\n", {Codec::none, 0});
    const auto archive = open_bytes(builder.finish(toc)).value();
    toc = archive->toc();
    chunks.assign(archive->chunks().begin(), archive->chunks().end());
    stated_chunks = chunks.size();
    const auto end = chunks.back().offset + chunks.back().total_bytes;
    body.assign(builder.file().bytes.begin(),
                builder.file().bytes.begin() + static_cast<std::ptrdiff_t>(end));
  }

  Bytes bytes() const {
    Bytes out = body;
    layout::Trailer trailer;
    const auto put = [&out](layout::BlockKind kind, ByteSpan raw) {
      const EncodedBlock block = encode_block(kind, raw).value();
      const layout::BlockPlace place{out.size(), block.bytes.size(), block.payload_checksum};
      out.insert(out.end(), block.bytes.begin(), block.bytes.end());
      return place;
    };
    trailer.toc = put(layout::BlockKind::toc, encode_toc(toc));
    Bytes index;
    encode_index(chunks, index);
    trailer.index = put(layout::BlockKind::index, index);
    trailer.chunks = stated_chunks;
    trailer.file_bytes = out.size() + layout::kTrailerBytes;
    trailer.header_checksum =
        layout::decode_file_header(ByteSpan(body).first(layout::kFileHeaderBytes))->checksum;
    layout::encode_trailer(trailer, out);
    return out;
  }
};

std::string refusal(const Forgery& forgery) {
  const auto archive = open_bytes(forgery.bytes());
  if (archive) return "";
  EXPECT_EQ(archive.error().code, ErrorCode::archive_damaged);
  return archive.error().message;
}

TEST(Forgery, untouched_it_opens) {
  EXPECT_EQ(refusal({}), "");
}

TEST(Forgery, chunks_must_tile_the_file) {
  Forgery overlap;
  overlap.chunks[1].offset -= 1;
  EXPECT_EQ(refusal(overlap), "chunks overlap");
  Forgery twice;
  twice.chunks[1].offset = twice.chunks[0].offset;
  EXPECT_EQ(refusal(twice), "chunks overlap");
  Forgery gap;
  gap.body.insert(gap.body.begin() + static_cast<std::ptrdiff_t>(gap.chunks[1].offset), std::byte{7});
  gap.chunks[1].offset += 1;
  EXPECT_EQ(refusal(gap), "bytes that belong to no chunk");
  Forgery tail;
  tail.body.resize(tail.body.size() + 1);
  EXPECT_EQ(refusal(tail), "the chunks do not end where the table of contents begins");
  Forgery beyond;
  beyond.body.resize(beyond.body.size() - 1);
  EXPECT_EQ(refusal(beyond), "the chunks do not end where the table of contents begins");
}

TEST(Forgery, totals_must_agree) {
  const std::string message = "the table of contents and the chunk index disagree about the rows of entry 2";
  Forgery rows;
  rows.toc.data[0].rows += 1;
  EXPECT_EQ(refusal(rows), message);
  Forgery digest;
  digest.toc.data[0].digest.low ^= 1;
  EXPECT_EQ(refusal(digest), message);
  Forgery raw;
  raw.toc.data[0].raw_bytes += 1;
  EXPECT_EQ(refusal(raw), message);
  Forgery missing;
  missing.toc.data.clear();
  EXPECT_EQ(refusal(missing), message);
  Forgery last;
  last.toc.data.pop_back();
  EXPECT_EQ(refusal(last), "the table of contents and the chunk index disagree about the rows of entry 3");
}

TEST(Forgery, the_count_of_chunks_must_agree) {
  Forgery fewer;
  fewer.stated_chunks = 1;
  EXPECT_NE(refusal(fewer), "");
  Forgery absurd;
  absurd.stated_chunks = ~std::uint64_t{0};
  EXPECT_EQ(refusal(absurd), "the trailer's offsets and counts are impossible");
}

TEST(Forgery, index_and_chunk_must_agree) {
  Forgery forgery;
  forgery.chunks[0].info.digest.low ^= 1;
  forgery.toc.data[0].digest.low ^= 1;
  const auto archive = open_bytes(forgery.bytes());
  ASSERT_TRUE(archive) << archive.error().to_string();
  const VerifyReport report = verified(**archive);
  ASSERT_EQ(report.damaged_chunks, 1U);
  EXPECT_EQ(report.damages[0].error.message, "the chunk's header and the chunk index disagree");
}

TEST(Forgery, a_trailer_of_another_archive) {
  Bytes bytes = small_archive();
  Bytes other = Forgery().bytes();
  std::ranges::copy(std::span(other).last(layout::kTrailerBytes), bytes.end() - layout::kTrailerBytes);
  EXPECT_FALSE(open_bytes(bytes));
}

TEST(NotAnArchive, is_said_so) {
  const auto code = [](std::string_view text) {
    const ByteSpan bytes = as_bytes(text);
    return open_bytes({bytes.begin(), bytes.end()}).error().code;
  };
  EXPECT_EQ(code("PGDMP"), ErrorCode::archive_unsupported);
  EXPECT_EQ(code(std::string(5000, 'x')), ErrorCode::archive_unsupported);
  EXPECT_EQ(code(""), ErrorCode::archive_damaged);
}

}  // namespace
}  // namespace pgark::format
