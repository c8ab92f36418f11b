#include "format/index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "format/layout.hpp"

namespace pgark::format {
namespace {

ChunkRef chunk_at(std::uint64_t offset, EntryId entry, std::uint32_t part, std::uint32_t sequence) {
  ChunkRef chunk;
  chunk.info.entry = entry;
  chunk.info.part = part;
  chunk.info.sequence = sequence;
  chunk.info.rows = 3;
  chunk.info.raw_bytes = 300;
  chunk.info.stored_bytes = 200;
  chunk.info.codec = Codec::zstd;
  chunk.info.digest = {offset, entry};
  chunk.offset = offset;
  chunk.total_bytes = layout::kBlockHeaderBytes + chunk.info.stored_bytes;
  return chunk;
}

bool same(const ChunkRef& a, const ChunkRef& b) {
  return a.offset == b.offset && a.total_bytes == b.total_bytes && a.info == b.info;
}

ByteBuffer encoded(const std::vector<ChunkRef>& chunks) {
  ByteBuffer bytes;
  encode_index(chunks, bytes);
  return bytes;
}

ErrorCode code_of(ByteSpan bytes) {
  const auto chunks = decode_index(bytes);
  return chunks ? ErrorCode::internal : chunks.error().code;
}

TEST(Index, round_trip_of_random_chunks) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 100; ++round) {
    std::vector<ChunkRef> chunks;
    EntryId entry = 1;
    for (std::uint32_t i = 0; i < 200; ++i) {
      if (random() % 10 == 0) entry += static_cast<EntryId>(1 + random() % 1000);
      ChunkRef chunk =
          chunk_at(random() >> (4 + random() % 56), entry, i, static_cast<std::uint32_t>(random()));
      chunk.info.raw_bytes = 1 + (random() % kChunkRawBytesMax >> (random() % 30));
      chunk.info.stored_bytes = 1 + random() % chunk.info.raw_bytes;
      chunk.info.rows = 1 + random() % chunk.info.raw_bytes;
      chunk.info.digest = {random(), random()};
      chunk.info.codec = static_cast<Codec>(random() % 3);
      chunk.total_bytes = layout::kBlockHeaderBytes + chunk.info.stored_bytes;
      chunks.push_back(chunk);
    }
    const auto decoded = decode_index(encoded(chunks));
    ASSERT_TRUE(decoded) << decoded.error().to_string();
    ASSERT_TRUE(std::ranges::equal(*decoded, chunks, same)) << round;
  }
  EXPECT_TRUE(decode_index(encoded({}))->empty());
}

TEST(Index, one_row_has_the_bytes_of_the_specification) {
  ChunkRef chunk = chunk_at(64 + 300, 2, 1, 0);
  chunk.info.digest = {1, 2};
  const ByteBuffer bytes = encoded({chunk});
  const std::vector<int> expected{0, 0, 0, 0, 0, 0,    0, 0,    1, 0,    0, 0, 0, 0, 0,
                                  0, 2, 1, 0, 0, 0xD8, 4, 0xC8, 1, 0xAC, 2, 3, 0, 2, 1,
                                  0, 0, 0, 0, 0, 0,    0, 2,    0, 0,    0, 0, 0, 0, 0};
  ASSERT_EQ(bytes.size(), expected.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) EXPECT_EQ(std::to_integer<int>(bytes[i]), expected[i]) << i;
}

TEST(Index, cut_at_every_length_and_flipped) {
  const ByteBuffer bytes = encoded({chunk_at(64, 1, 0, 0), chunk_at(1000, 1, 0, 1), chunk_at(500, 2, 0, 0)});
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_EQ(code_of(ByteSpan(bytes).first(length)), ErrorCode::archive_damaged) << length;
  }
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    ByteBuffer changed = bytes;
    changed[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    const auto decoded = decode_index(changed);
    EXPECT_TRUE(!decoded || encoded(*decoded) != bytes || bit / 8 < 8) << bit;  // ignorable flags
  }
  ByteBuffer longer = bytes;
  longer.push_back(std::byte{0});
  EXPECT_EQ(code_of(longer), ErrorCode::archive_damaged);
}

TEST(Index, a_count_larger_than_the_bytes_allocates_nothing) {
  ByteBuffer bytes = encoded({chunk_at(64, 1, 0, 0)});
  for (std::size_t i = 8; i < 16; ++i) bytes[i] = std::byte{0xFF};
  EXPECT_EQ(code_of(bytes), ErrorCode::archive_damaged);
}

TEST(Index, rows_out_of_order_or_impossible) {
  EXPECT_EQ(code_of(encoded({chunk_at(64, 2, 0, 0), chunk_at(500, 1, 0, 0)})), ErrorCode::archive_damaged);
  EXPECT_EQ(code_of(encoded({chunk_at(64, 1, 1, 0), chunk_at(500, 1, 0, 9)})), ErrorCode::archive_damaged);
  EXPECT_EQ(code_of(encoded({chunk_at(64, 1, 0, 0), chunk_at(500, 1, 0, 0)})), ErrorCode::archive_damaged);
  EXPECT_EQ(code_of(encoded({chunk_at(64, 0, 0, 0)})), ErrorCode::archive_damaged);
  const auto with = [](auto change) {
    ChunkRef chunk = chunk_at(64, 1, 0, 0);
    change(chunk);
    return code_of(encoded({chunk}));
  };
  EXPECT_EQ(with([](ChunkRef&) {}), ErrorCode::internal);
  EXPECT_EQ(with([](ChunkRef& c) { c.info.rows = 0; }), ErrorCode::archive_damaged);
  EXPECT_EQ(with([](ChunkRef& c) { c.info.rows = 301; }), ErrorCode::archive_damaged);
  EXPECT_EQ(with([](ChunkRef& c) { c.info.stored_bytes = 0; }), ErrorCode::archive_damaged);
  EXPECT_EQ(with([](ChunkRef& c) { c.info.stored_bytes = 301; }), ErrorCode::archive_damaged);
  EXPECT_EQ(with([](ChunkRef& c) { c.info.raw_bytes = kChunkRawBytesMax + 1; }), ErrorCode::archive_damaged);
  EXPECT_EQ(with([](ChunkRef& c) { c.offset = layout::kFileBytesMax + 1; }), ErrorCode::archive_damaged);
  EXPECT_EQ(with([](ChunkRef& c) { c.info.codec = static_cast<Codec>(3); }), ErrorCode::archive_unsupported);
  EXPECT_EQ(with([](ChunkRef& c) { c.info.encoding = static_cast<RowEncoding>(2); }),
            ErrorCode::archive_unsupported);
}

TEST(Index, numbers_have_one_form) {
  ByteBuffer bytes = encoded({chunk_at(64, 1, 0, 0)});
  // entry 1 as the two bytes 81 00
  bytes[16] = std::byte{0x81};
  bytes.insert(bytes.begin() + 17, std::byte{0});
  EXPECT_EQ(code_of(bytes), ErrorCode::archive_damaged);
}

}  // namespace
}  // namespace pgark::format
