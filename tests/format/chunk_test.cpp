#include "format/chunk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stop_token>

#include "format/archive_fixture.hpp"
#include "format/checksum.hpp"
#include "format/columnar_rows.hpp"
#include "format/layout.hpp"

namespace pgark::format {
namespace {

using test::random_rows;

const std::vector<std::string>& codec_texts() {
  static const std::vector<std::string> texts{"none",    "lz4",    "lz4:2",  "lz4:3",  "lz4:9",   "lz4:12",
                                              "zstd:-7", "zstd:1", "zstd:3", "zstd:9", "zstd:19", "zstd:22"};
  return texts;
}

ByteBuffer encoded(std::string_view rows, CodecChoice codec = {Codec::none, 0}) {
  ChunkCoder coder;
  ByteBuffer chunk;
  value_or_throw(coder.encode(1, 0, 0, as_bytes(rows), codec, chunk));
  return chunk;
}

Result<std::string> decoded(ByteSpan chunk, bool check_digest = true) {
  ChunkCoder coder;
  ByteBuffer out;
  if (auto info = coder.decode(chunk, out, check_digest); !info) return tl::unexpected<Error>(info.error());
  return std::string(as_text(out));
}

// Puts right the checksums of a chunk that a test has changed.
void seal(ByteBuffer& chunk) {
  const auto put = [&chunk](std::size_t at, std::uint64_t sum) {
    for (std::size_t i = 0; i < 8; ++i) chunk[at + i] = static_cast<std::byte>(sum >> (8 * i));
  };
  put(layout::kBlockPayloadChecksumAt, checksum64(ByteSpan(chunk).subspan(layout::kBlockHeaderBytes)));
  put(layout::kBlockHeaderChecksumAt, checksum64(ByteSpan(chunk).first(layout::kBlockHeaderChecksumAt)));
}

TEST(ParseCodec, names_and_levels) {
  EXPECT_EQ(parse_codec("none")->codec, Codec::none);
  EXPECT_EQ(parse_codec("lz4")->level, 1);
  EXPECT_EQ(parse_codec("lz4:12")->level, 12);
  EXPECT_EQ(parse_codec("zstd")->codec, Codec::zstd);
  EXPECT_EQ(parse_codec("zstd:19")->level, 19);
  EXPECT_EQ(parse_codec("zstd:-7")->level, -7);
  EXPECT_EQ(codec_name(*parse_codec("zstd:3")), "zstd:3");
  EXPECT_EQ(codec_name(*parse_codec("none")), "none");
  for (const char* wrong : {"", "gzip", "none:1", "lz4:", "lz4:0", "lz4:13", "zstd:0", "zstd:23", "zstd:-8",
                            "zstd:3x", "zstd:99999999999", "ZSTD", " lz4", "lz4:1:2"}) {
    const auto choice = parse_codec(wrong);
    ASSERT_FALSE(choice) << wrong;
    EXPECT_EQ(choice.error().code, ErrorCode::usage);
    EXPECT_NE(choice.error().message.find('"' + std::string(wrong) + '"'), std::string::npos) << wrong;
  }
}

TEST(Chunk, round_trip_over_codecs_and_sizes) {
  ChunkCoder coder;  // one for all, so that contexts are reused between codecs and sizes
  ByteBuffer chunk;
  ByteBuffer out;
  std::uint32_t seed = 0;
  for (const std::string& text : codec_texts()) {
    const CodecChoice codec = parse_codec(text).value();
    for (const auto& [rows, length] :
         {std::pair{1, 0}, {1, 1}, {1, 70000}, {3, 5}, {100, 20}, {1000, 150}, {50, 3000}, {200, 3000}}) {
      const std::string raw =
          random_rows(++seed, static_cast<std::size_t>(rows), static_cast<std::size_t>(length));
      const auto written = coder.encode(7, 8, 9, as_bytes(raw), codec, chunk);
      ASSERT_TRUE(written) << text;
      EXPECT_EQ(written->rows, static_cast<std::uint64_t>(rows));
      EXPECT_EQ(written->raw_bytes, raw.size());
      EXPECT_EQ(written->stored_bytes + layout::kBlockHeaderBytes, chunk.size());
      EXPECT_LE(written->stored_bytes, raw.size());
      for (const bool check_digest : {true, false}) {
        const auto read = coder.decode(chunk, out, check_digest);
        ASSERT_TRUE(read) << text << ' ' << read.error().to_string();
        EXPECT_EQ(*read, *written);
        ASSERT_EQ(as_text(out), raw);
      }
    }
  }
}

// Rows of several kinds of columns.
ByteBuffer mixed_rows(std::size_t count) {
  std::mt19937_64 random(count);
  std::vector<test::Row> rows(count);
  for (int column = 0; column < 6; ++column) {
    const std::vector<test::Field> fields = test::random_column(random, count);
    for (std::size_t i = 0; i < count; ++i) rows[i].push_back(fields[i]);
  }
  return test::binary_rows(rows);
}

ByteBuffer joined(const EncodedChunk& chunk) {
  ByteBuffer bytes;
  for (const ByteSpan piece : chunk.pieces) bytes.insert(bytes.end(), piece.begin(), piece.end());
  EXPECT_EQ(bytes.size(), chunk.bytes);
  return bytes;
}

TEST(Chunk, long_binary_values_over_codecs) {
  std::vector<test::Row> rows;
  for (int i = 0; i < 500; ++i) {
    rows.push_back({test::integer(i, 4), std::string(static_cast<std::size_t>(i * 37 % 4000), 'x'), "end"});
  }
  const ByteBuffer raw = test::binary_rows(rows);
  ChunkCoder coder;
  ByteBuffer out;
  for (const std::string& text : codec_texts()) {
    const auto written = coder.encode(7, 8, 9, raw, *parse_codec(text), RowEncoding::columnar).value();
    const auto read = coder.decode(joined(written), out, true);
    ASSERT_TRUE(read) << text << ' ' << read.error().to_string();
    EXPECT_EQ(*read, written.info);
    EXPECT_EQ(out, raw);
  }
}

TEST(Chunk, binary_rows_over_codecs) {
  ChunkCoder coder;
  ByteBuffer out;
  for (const std::string& text : codec_texts()) {
    for (const std::size_t rows : {std::size_t{1}, std::size_t{3}, std::size_t{5'000}}) {
      const ByteBuffer raw = mixed_rows(rows);
      const auto written = coder.encode(7, 8, 9, raw, *parse_codec(text), RowEncoding::columnar);
      ASSERT_TRUE(written) << written.error().to_string();
      EXPECT_EQ(written->info.rows, rows);
      EXPECT_EQ(written->info.encoding, RowEncoding::columnar);
      const ByteBuffer chunk = joined(*written);
      for (const bool check_digest : {true, false}) {
        const auto read = coder.decode(chunk, out, check_digest);
        ASSERT_TRUE(read) << text << ' ' << read.error().to_string();
        EXPECT_EQ(*read, written->info);
        ASSERT_EQ(out, raw);
      }
      if (rows > 3) continue;
      for (std::size_t at = 0; at < std::min<std::size_t>(chunk.size(), 400); ++at) {
        ByteBuffer damaged = chunk;
        damaged[at] ^= std::byte{4};
        EXPECT_FALSE(coder.decode(damaged, out, true)) << at;
      }
    }
  }
}

// What a row has besides its values hardly counts: a million nulls are a chunk of some hundred bytes.
TEST(Chunk, more_rows_than_bytes) {
  ByteBuffer raw;
  for (int i = 0; i < 1'000'000; ++i) {
    for (const int byte : {0, 1, 0xFF, 0xFF, 0xFF, 0xFF}) raw.push_back(static_cast<std::byte>(byte));
  }
  ChunkCoder coder;
  const auto written = coder.encode(1, 0, 0, raw, {Codec::none, 0}, RowEncoding::columnar).value();
  EXPECT_LT(written.info.stored_bytes, 200U);
  const ByteBuffer chunk = joined(written);
  ByteBuffer out;
  ASSERT_TRUE(coder.decode(chunk, out, true));
  EXPECT_EQ(out, raw);
}

TEST(Chunk, binary_rows_must_be_rows) {
  ChunkCoder coder;
  const auto refused = coder.encode(1, 0, 0, as_bytes("no row"), {}, RowEncoding::columnar);
  EXPECT_EQ(refused.error().code, ErrorCode::protocol);
}

TEST(Chunk, extreme_repetition) {
  std::string rows;
  while (rows.size() < (std::size_t{4} << 20)) rows += "\\N\n";
  for (const std::string& text : codec_texts()) {
    if (text == "zstd:22" || text == "zstd:19") continue;  // slow, and nothing new
    EXPECT_EQ(decoded(encoded(rows, *parse_codec(text))).value_or("wrong"), rows) << text;
  }
}

TEST(Chunk, what_does_not_shrink_is_stored_plain) {
  std::mt19937_64 random(4);
  std::string noise;
  for (int i = 0; i < 300'000; ++i) noise += static_cast<char>(random());
  std::ranges::replace(noise, '\n', ' ');
  noise += '\n';
  ChunkCoder coder;
  ByteBuffer chunk;
  for (const std::string& text : codec_texts()) {
    for (const std::string& rows : {std::string("\n"), std::string("ab\n"), noise}) {
      const auto info = coder.encode(1, 0, 0, as_bytes(rows), *parse_codec(text), chunk).value();
      EXPECT_EQ(info.codec, Codec::none) << text;
      EXPECT_EQ(info.stored_bytes, rows.size());
    }
  }
}

TEST(Chunk, a_slow_level_gives_up_when_asked) {
  const std::string rows = random_rows(5, 200, 3000);
  ChunkCoder coder;
  ByteBuffer chunk;
  std::stop_source stop;
  constexpr RowEncoding kText = RowEncoding::text;
  EXPECT_TRUE(coder.encode(1, 0, 0, as_bytes(rows), *parse_codec("zstd:19"), kText, stop.get_token()));
  stop.request_stop();
  const auto stopped =
      coder.encode(1, 0, 0, as_bytes(rows), *parse_codec("zstd:19"), kText, stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::interrupted);
  // The context is as good as new.
  EXPECT_TRUE(coder.encode(1, 0, 0, as_bytes(rows), *parse_codec("zstd:19"), chunk));
  EXPECT_EQ(decoded(chunk).value_or("wrong"), rows);
}

TEST(Chunk, rows_must_be_whole) {
  ChunkCoder coder;
  ByteBuffer out;
  EXPECT_EQ(coder.encode(1, 0, 0, as_bytes(""), {}, out).error().code, ErrorCode::internal);
  EXPECT_EQ(coder.encode(1, 0, 0, as_bytes("a\nb"), {}, out).error().code, ErrorCode::internal);
  EXPECT_EQ(coder.encode(0, 0, 0, as_bytes("a\n"), {}, out).error().code, ErrorCode::internal);
}

TEST(Chunk, cut_and_flipped_at_every_byte) {
  for (const char* codec : {"none", "lz4", "zstd"}) {
    const ByteBuffer chunk = encoded(random_rows(5, 6, 30) + random_rows(5, 6, 30), *parse_codec(codec));
    ASSERT_TRUE(decoded(chunk));
    for (std::size_t length = 0; length < chunk.size(); ++length) {
      EXPECT_EQ(decoded(ByteSpan(chunk).first(length)).error().code, ErrorCode::archive_damaged) << length;
    }
    for (std::size_t at = 0; at < chunk.size(); ++at) {
      ByteBuffer changed = chunk;
      changed[at] ^= std::byte{0x10};
      EXPECT_FALSE(decoded(changed)) << codec << ' ' << at;
    }
  }
}

// The payload is changed and both checksums put right: what is left are the decoder's own checks.
TEST(Chunk, hostile_payload_behind_right_checksums) {
  const std::string rows = random_rows(6, 40, 30);
  for (const char* codec : {"none", "lz4", "zstd"}) {
    const ByteBuffer chunk = encoded(rows, *parse_codec(codec));
    for (std::size_t at = layout::kBlockHeaderBytes; at < chunk.size(); ++at) {
      ByteBuffer changed = chunk;
      changed[at] ^= std::byte{0xFF};
      seal(changed);
      const auto outcome = decoded(changed);
      // A zstd frame has bits that do not matter for its content.
      if (outcome) {
        EXPECT_EQ(*outcome, rows) << codec << ' ' << at;
      } else {
        EXPECT_EQ(outcome.error().code, ErrorCode::archive_damaged);
      }
    }
  }
}

TEST(Chunk, digest_and_row_count_are_checked_apart) {
  ByteBuffer chunk = encoded("ab\ncd\n");
  chunk[layout::kBlockHeaderBytes] = std::byte{'x'};
  seal(chunk);
  EXPECT_NE(decoded(chunk).error().message.find("digest"), std::string::npos);
  EXPECT_EQ(decoded(chunk, false).value_or("wrong"), "xb\ncd\n");
  chunk[layout::kBlockHeaderBytes + 1] = std::byte{'\n'};
  seal(chunk);
  EXPECT_EQ(decoded(chunk, false).error().message, "the chunk holds 3 rows, its header says 2");
  chunk = encoded("ab\ncd\n");
  chunk.back() = std::byte{'x'};
  seal(chunk);
  EXPECT_EQ(decoded(chunk, false).error().message, "the chunk's last row is not complete");
}

TEST(Chunk, two_zstd_frames_are_not_one) {
  const std::string half = std::string(500, 'a') + "\n";
  const ByteBuffer one = encoded(half, {Codec::zstd, 1});
  ByteBuffer both = one;
  both.insert(both.end(), one.begin() + layout::kBlockHeaderBytes, one.end());
  const std::size_t frame = one.size() - layout::kBlockHeaderBytes;
  both[16] = static_cast<std::byte>(2 * frame);
  const std::size_t raw = 2 * half.size();
  both[24] = static_cast<std::byte>(raw & 255U);
  both[25] = static_cast<std::byte>(raw >> 8);
  both[56] = std::byte{2};
  seal(both);
  EXPECT_EQ(decoded(both).error().message, "the payload is not the zstd data it claims to be");
}

}  // namespace
}  // namespace pgark::format
