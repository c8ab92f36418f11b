// The fixed-size structures and the checksum functions, against SPEC.md.
#include "format/layout.hpp"

#include <gtest/gtest.h>

#include "format/checksum.hpp"

namespace pgark::format::layout {
namespace {

std::string hex(ByteSpan bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : bytes) {
    text += kDigits[std::to_integer<unsigned>(byte) >> 4];
    text += kDigits[std::to_integer<unsigned>(byte) & 15U];
  }
  return text;
}

// Recomputes a structure's checksum after a test has changed a field.
void seal(ByteBuffer& bytes, std::size_t checksum_at) {
  const std::uint64_t sum = checksum64(ByteSpan(bytes).first(checksum_at));
  for (std::size_t i = 0; i < 8; ++i) bytes[checksum_at + i] = static_cast<std::byte>(sum >> (8 * i));
}

BlockHeader sample_header() {
  BlockHeader header;
  header.info.entry = 0x01020304;
  header.info.part = 5;
  header.info.sequence = 6;
  header.info.rows = 7;
  header.info.digest = {0x1112131415161718, 0x2122232425262728};
  header.info.raw_bytes = 900;
  header.info.stored_bytes = 300;
  header.info.codec = Codec::zstd;
  header.payload_checksum = 0x3132333435363738;
  return header;
}

ByteBuffer sample_bytes() {
  ByteBuffer bytes;
  encode_block_header(sample_header(), bytes);
  return bytes;
}

// Published in the test vectors of the xxHash project.
TEST(Checksum, published_vectors) {
  EXPECT_EQ(checksum64({}), 0x2D06800538D394C2U);
  EXPECT_EQ(row_digest({}).hex(), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(checksum64(as_bytes("abc")), 0x78AF5F94892F3950U);
  EXPECT_EQ(row_digest(as_bytes("abc")).hex(), "06b05ab6733a618578af5f94892f3950");
}

TEST(Checksum, digest_is_the_sum_over_rows_in_any_order) {
  const auto first = row_digest(as_bytes("1\tone\n"));
  const auto second = row_digest(as_bytes("2\ttwo\n"));
  Digest128 sum = first;
  sum += second;
  const RowTotals totals = digest_text_rows(as_bytes("1\tone\n2\ttwo\n"));
  EXPECT_EQ(totals.rows, 2U);
  EXPECT_EQ(totals.digest, sum);
  EXPECT_EQ(digest_text_rows(as_bytes("2\ttwo\n1\tone\n")).digest, sum);
  EXPECT_NE(digest_text_rows(as_bytes("1\ttwo\n2\tone\n")).digest, sum);
  EXPECT_EQ(digest_text_rows({}).rows, 0U);
}

TEST(Checksum, sum_carries_into_the_high_half) {
  Digest128 sum{~std::uint64_t{0}, 1};
  sum += {2, 0};
  EXPECT_EQ(sum, (Digest128{1, 2}));
  sum += {0, ~std::uint64_t{0}};
  EXPECT_EQ(sum, (Digest128{1, 1}));
  EXPECT_EQ(sum.hex(), "00000000000000010000000000000001");
}

TEST(Checksum, counts_rows_of_every_length) {
  for (std::size_t length = 0; length < 600; length += 7) {
    std::string rows;
    for (int row = 0; row < 50; ++row) rows += std::string(length, 'x') + "\n";
    EXPECT_EQ(count_text_rows(as_bytes(rows)), 50U);
    EXPECT_EQ(digest_text_rows(as_bytes(rows)).rows, 50U);
  }
  EXPECT_EQ(count_text_rows(as_bytes(std::string(1000, '\n'))), 1000U);
}

TEST(FileHeader, bytes_are_those_of_the_specification) {
  ByteBuffer bytes;
  encode_file_header({}, bytes);
  ASSERT_EQ(bytes.size(), kFileHeaderBytes);
  EXPECT_EQ(hex(ByteSpan(bytes).first(56)),
            "89504741524b0d0a0100050000000000"
            "00000000000000000000000000000000"
            "00000000000000000000000000000000"
            "0000000000000000");
  ByteReader checksum(ByteSpan(bytes).subspan(kFileHeaderChecksumAt));
  EXPECT_EQ(checksum.u64_le(), checksum64(ByteSpan(bytes).first(56)));
  EXPECT_TRUE(decode_file_header(bytes));
}

TEST(FileHeader, versions_and_flags) {
  const auto with = [](std::size_t at, std::uint8_t value) {
    ByteBuffer bytes;
    encode_file_header({}, bytes);
    bytes[at] = std::byte{value};
    seal(bytes, kFileHeaderChecksumAt);
    return decode_file_header(bytes);
  };
  EXPECT_EQ(with(8, 2).error().code, ErrorCode::archive_unsupported);
  EXPECT_EQ(with(8, 2).error().message, "archive version 2.5, this program reads version 1");
  EXPECT_EQ(with(10, 9)->minor, 9);
  EXPECT_TRUE(with(12, 2)->is_stream);
  EXPECT_FALSE(with(12, 6));  // a stream is one file
  for (const std::size_t reserved : {12, 15, 20, 23, 40, 48, 55}) {
    EXPECT_EQ(with(reserved, 1).error().code, ErrorCode::archive_unsupported) << reserved;
  }
  for (const std::size_t ignorable : {16, 19, 24, 39}) EXPECT_TRUE(with(ignorable, 1)) << ignorable;
  EXPECT_FALSE(with(16, 1)->in_packs);
  EXPECT_TRUE(with(12, 4)->in_packs);
  EXPECT_FALSE(with(12, 5));
  EXPECT_EQ(with(0, 'x').error().message, "not a pgark archive");
}

TEST(FileHeader, of_a_pack) {
  FileHeader header{.in_packs = true, .pack = 0x01020304};
  for (std::size_t i = 0; i < header.id.size(); ++i) header.id[i] = static_cast<std::uint8_t>(0xA0 + i);
  ByteBuffer bytes;
  encode_file_header(header, bytes);
  EXPECT_EQ(hex(ByteSpan(bytes).subspan(12, 28)),
            "04000000"
            "00000000"
            "04030201"
            "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
  const auto decoded = decode_file_header(bytes).value();
  EXPECT_TRUE(decoded.in_packs);
  EXPECT_EQ(decoded.pack, header.pack);
  EXPECT_EQ(decoded.id, header.id);
  EXPECT_EQ(pack_file(1), "pack-000001");
  EXPECT_EQ(pack_file(12'345'678), "pack-12345678");
}

TEST(BlockHeader, round_trip_and_places) {
  const ByteBuffer bytes = sample_bytes();
  ASSERT_EQ(bytes.size(), kBlockHeaderBytes);
  EXPECT_EQ(hex(ByteSpan(bytes).first(88)),
            "f5504741424c4bfe0102000000000000"
            "2c01000000000000"
            "8403000000000000"
            "3837363534333231"
            "04030201"
            "05000000"
            "06000000"
            "00000000"
            "0700000000000000"
            "18171615141312112827262524232221"
            "0000000000000000");
  const auto decoded = decode_block_header(bytes).value();
  EXPECT_EQ(decoded.info, sample_header().info);
  EXPECT_EQ(decoded.payload_checksum, sample_header().payload_checksum);
}

TEST(BlockHeader, every_flipped_bit_is_found) {
  const ByteBuffer bytes = sample_bytes();
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    ByteBuffer changed = bytes;
    changed[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    ASSERT_FALSE(decode_block_header(changed)) << bit;
    EXPECT_EQ(decode_block_header(changed).error().code, ErrorCode::archive_damaged);
  }
}

TEST(BlockHeader, what_a_newer_version_may_use_is_unsupported) {
  const auto with = [](std::size_t at, std::uint8_t value) {
    ByteBuffer bytes = sample_bytes();
    bytes[at] = std::byte{value};
    seal(bytes, kBlockHeaderChecksumAt);
    return decode_block_header(bytes);
  };
  for (const auto& [at, value] :
       {std::pair{8, 0}, {8, 6}, {9, 3}, {10, 2}, {12, 1}, {15, 128}, {52, 1}, {80, 1}}) {
    const auto decoded = with(static_cast<std::size_t>(at), static_cast<std::uint8_t>(value));
    ASSERT_FALSE(decoded) << at;
    EXPECT_EQ(decoded.error().code, ErrorCode::archive_unsupported) << at;
  }
  EXPECT_TRUE(with(11, 255));
}

TEST(BlockHeader, impossible_fields_are_damage) {
  const auto with = [](auto change) {
    BlockHeader header = sample_header();
    change(header);
    ByteBuffer bytes;
    encode_block_header(header, bytes);
    const auto decoded = decode_block_header(bytes);
    return decoded ? ErrorCode::internal : decoded.error().code;
  };
  constexpr auto kDamaged = ErrorCode::archive_damaged;
  EXPECT_EQ(with([](BlockHeader&) {}), ErrorCode::internal);
  EXPECT_EQ(with([](BlockHeader& h) { h.info.entry = 0; }), kDamaged);
  EXPECT_EQ(with([](BlockHeader& h) { h.info.rows = 0; }), kDamaged);
  EXPECT_EQ(with([](BlockHeader& h) { h.info.rows = 901; }), kDamaged);
  EXPECT_EQ(with([](BlockHeader& h) { h.info.raw_bytes = 0; }), kDamaged);
  EXPECT_EQ(with([](BlockHeader& h) { h.info.stored_bytes = 0; }), kDamaged);
  EXPECT_EQ(with([](BlockHeader& h) { h.info.stored_bytes = 900; }), kDamaged);
  EXPECT_EQ(with([](BlockHeader& h) { h.info.codec = Codec::none; }), kDamaged);
  EXPECT_EQ(with([](BlockHeader& h) { h.info.raw_bytes = kChunkRawBytesMax + 1; }), kDamaged);
  EXPECT_EQ(with([](BlockHeader& h) { h.info.raw_bytes = 301 * kZstdExpansionMax; }), kDamaged);
  EXPECT_EQ(with([](BlockHeader& h) {
              h.info.codec = Codec::lz4;
              h.info.raw_bytes = 301 * kLz4ExpansionMax;
            }),
            kDamaged);
  EXPECT_EQ(with([](BlockHeader& h) { h.kind = BlockKind::toc; }), kDamaged);
  EXPECT_EQ(with([](BlockHeader& h) {
              h.kind = BlockKind::index;
              h.info = {};
              h.info.codec = Codec::zstd;
              h.info.stored_bytes = 10;
              h.info.raw_bytes = 11 * kBlockExpansionMax;
            }),
            kDamaged);
}

TEST(Trailer, round_trip_flips_and_offsets) {
  Trailer trailer;
  trailer.toc = {1064, 200, 11};
  trailer.index = {1264, 300, 12};
  trailer.chunks = 3;
  trailer.file_bytes = 1264 + 300 + 96;
  trailer.header_checksum = 13;
  ByteBuffer bytes;
  encode_trailer(trailer, bytes);
  ASSERT_EQ(bytes.size(), kTrailerBytes);
  EXPECT_EQ(hex(ByteSpan(bytes).first(24)), "2804000000000000c8000000000000000b00000000000000");
  EXPECT_EQ(hex(ByteSpan(bytes).subspan(88)), "504741524b454e44");
  const auto decoded = decode_trailer(bytes, false).value();
  EXPECT_EQ(decoded.index.offset, 1264U);
  EXPECT_EQ(decoded.index.payload_checksum, 12U);
  EXPECT_EQ(decoded.chunks, 3U);
  EXPECT_EQ(decoded.header_checksum, 13U);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    ByteBuffer changed = bytes;
    changed[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_FALSE(decode_trailer(changed, false)) << bit;
  }
  const auto refused = [&](auto change) {
    Trailer other = trailer;
    change(other);
    ByteBuffer other_bytes;
    encode_trailer(other, other_bytes);
    return !decode_trailer(other_bytes, false).has_value();
  };
  EXPECT_FALSE(refused([](Trailer&) {}));
  EXPECT_TRUE(refused([](Trailer& t) { t.toc.offset = 63; }));
  EXPECT_TRUE(refused([](Trailer& t) { t.toc.offset += 1; }));
  EXPECT_TRUE(refused([](Trailer& t) { t.index.total_bytes += 1; }));
  EXPECT_TRUE(refused([](Trailer& t) { t.file_bytes += 1; }));
  EXPECT_TRUE(refused([](Trailer& t) { t.toc.total_bytes = ~std::uint64_t{0}; }));
  EXPECT_TRUE(refused([](Trailer& t) {
    t.toc.offset = ~std::uint64_t{0} - 199;
    t.index.offset = 0;
  }));
  EXPECT_TRUE(refused([](Trailer& t) { t.file_bytes = ~std::uint64_t{0}; }));
  EXPECT_TRUE(refused([](Trailer& t) { t.chunks = 11; }));
}

}  // namespace
}  // namespace pgark::format::layout
