// Archives of every released version stay readable. tests/golden/README.md says how the files are made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "format/columnar_golden_rows.hpp"
#include "format/golden_content.hpp"
#include "format/layout.hpp"
#include "format/stream_fixture.hpp"
#include "format/verifier.hpp"
#include "storage/storage.hpp"

namespace pgark::format {
namespace {

const std::string kFolder = std::string(PGARK_SOURCE_DIR) + "/tests/golden/v1.0/";

std::vector<std::byte> build(const char* codec) {
  test::ArchiveBuilder builder;
  for (const auto& chunk : test::golden::chunks()) {
    builder.add(chunk.entry, chunk.part, chunk.sequence, chunk.rows, parse_codec(codec).value());
  }
  return builder.finish(test::golden::toc());
}

std::string expected_rows(EntryId entry) {
  auto chunks = test::golden::chunks();
  std::ranges::sort(chunks, {}, [](const auto& chunk) { return std::pair(chunk.part, chunk.sequence); });
  std::string rows;
  for (const auto& chunk : chunks) {
    if (chunk.entry == entry) rows += chunk.rows;
  }
  return rows;
}

class Golden : public testing::TestWithParam<const char*> {
 protected:
  std::unique_ptr<ArchiveReader> open() const {
    return value_or_throw(
        ArchiveReader::open(value_or_throw(storage::open_archive_file(kFolder + GetParam() + ".pgark"))));
  }
};

TEST_P(Golden, decodes_to_the_known_content) {
  const auto archive = open();
  Toc toc = archive->toc();
  for (const EntryId entry : {EntryId{3}, EntryId{4}, EntryId{5}}) {
    EXPECT_EQ(test::rows_of(*archive, entry), expected_rows(entry));
  }
  ASSERT_EQ(toc.data.size(), 3U);
  EXPECT_EQ(toc.data[0].rows, 204U);
  EXPECT_EQ(toc.data[0].digest.hex(), "98a6841edfcef301c0fc2b6666ad8645");
  EXPECT_EQ(toc.data[1].rows, 1001U);
  EXPECT_EQ(toc.data[2].rows, 0U);
  toc.data.clear();
  EXPECT_EQ(toc, test::golden::toc());
  EXPECT_TRUE(verify_archive(*archive, {})->sound());
}

TEST_P(Golden, the_codec_is_used) {
  const auto archive = open();
  const Codec codec = parse_codec(GetParam())->codec;
  EXPECT_TRUE(std::ranges::all_of(archive->chunks(), [codec](const ChunkRef& chunk) {
    return chunk.info.codec == (chunk.info.rows == 1 ? Codec::none : codec);
  }));
}

INSTANTIATE_TEST_SUITE_P(V1_0, Golden, testing::Values("none", "lz4", "zstd"),
                         [](const auto& parameter) { return std::string(parameter.param); });

// Everything but the compressed blocks has one encoding, so a change of the format by accident shows here,
// too: the chunks of codec none are equal byte for byte. The file header names the version that wrote it.
TEST(GoldenBytes, the_writer_still_writes_the_same_chunks) {
  const auto now = build("none");
  const auto archive =
      value_or_throw(ArchiveReader::open(value_or_throw(storage::open_archive_file(kFolder + "none.pgark"))));
  std::uint64_t chunks_end = 64;
  for (const ChunkRef& chunk : archive->chunks())
    chunks_end = std::max(chunks_end, chunk.offset + chunk.total_bytes);
  const auto source = value_or_throw(storage::open_archive_file(kFolder + "none.pgark"));
  std::vector<std::byte> then(chunks_end);
  ASSERT_TRUE(source->read_at(0, then));
  ASSERT_GE(now.size(), chunks_end);
  EXPECT_TRUE(std::ranges::equal(std::span(then).subspan(layout::kFileHeaderBytes),
                                 std::span(now).first(chunks_end).subspan(layout::kFileHeaderBytes)));
}

constexpr EntryId kColumnarEntry = 5;

// The same in packs, with a chunk of columns.
void write_packs(const std::string& folder) {
  PackChoice choice{.bytes = 5000};
  for (std::size_t i = 0; i < choice.archive_id.size(); ++i)
    choice.archive_id[i] = static_cast<std::uint8_t>(i + 1);
  auto writer = value_or_throw(
      ArchiveWriter::create(value_or_throw(storage::create_archive_folder(folder, {})), choice));
  ChunkCoder coder;
  for (const auto& chunk : test::golden::chunks()) {
    value_or_throw(writer->append(
        coder.encode(chunk.entry, chunk.part, chunk.sequence, as_bytes(chunk.rows), {Codec::none, 0})
            .value()));
  }
  value_or_throw(writer->append(coder
                                    .encode(kColumnarEntry, 0, 0, test::golden::columnar_rows(),
                                            {Codec::zstd, 1}, RowEncoding::columnar)
                                    .value()));
  value_or_throw(writer->finish(test::golden::toc()));
}

TEST(GoldenPacks, decode_to_the_known_content) {
  const auto archive = value_or_throw(storage::open_archive(PGARK_SOURCE_DIR "/tests/golden/v1.2/packs"));
  EXPECT_EQ(archive->version().minor, 2U);
  EXPECT_EQ(archive->packs(), 4U);
  for (const EntryId entry : {EntryId{3}, EntryId{4}})
    EXPECT_EQ(test::rows_of(*archive, entry), expected_rows(entry));
  EXPECT_TRUE(test::rows_of(*archive, kColumnarEntry) == as_text(test::golden::columnar_rows()));
  EXPECT_TRUE(verify_archive(*archive, {})->sound());
  Toc toc = archive->toc();
  toc.data.clear();
  EXPECT_EQ(toc, test::golden::toc());
}

constexpr const char* kStreamFile = PGARK_SOURCE_DIR "/tests/golden/v1.3/stream.pgark";

std::vector<std::byte> build_stream() {
  const Toc toc = test::golden::toc();
  test::StreamBuilder builder(toc);
  builder.end(5, 0);
  for (const auto& chunk : test::golden::chunks())
    builder.add(chunk.entry, chunk.part, chunk.sequence, chunk.rows, {Codec::none, 0});
  builder.end(3, 2);
  builder.end(4, 2);
  return builder.finish(toc);
}

TEST(GoldenStream, decodes_to_the_known_content) {
  const auto archive =
      value_or_throw(ArchiveReader::open(value_or_throw(storage::open_archive_file(kStreamFile))));
  EXPECT_EQ(archive->version().minor, 3U);
  for (const EntryId entry : {EntryId{3}, EntryId{4}})
    EXPECT_EQ(test::rows_of(*archive, entry), expected_rows(entry));
  Toc toc = archive->toc();
  toc.data.clear();
  EXPECT_EQ(toc, test::golden::toc());

  const auto source = value_or_throw(storage::open_archive_file(kStreamFile));
  std::vector<std::byte> bytes(archive->file_bytes());
  ASSERT_TRUE(source->read_at(0, bytes));
  const test::StreamRead read = test::read_stream(bytes);
  ASSERT_FALSE(read.error) << read.error->to_string();
  EXPECT_THAT(read.items, testing::ElementsAre("end of 5", "chunk 4.1.0", "chunk 3.0.1", "chunk 3.0.0",
                                               "chunk 4.0.0", "end of 3", "end of 4"));
}

// Writes the files of the current version into the folder PGARK_GOLDEN_OUT.
TEST(GoldenFiles, DISABLED_write) {
  const char* folder = std::getenv("PGARK_GOLDEN_OUT");
  ASSERT_NE(folder, nullptr) << "set PGARK_GOLDEN_OUT";
  for (const char* codec : {"none", "lz4", "zstd"}) {
    const auto bytes = build(codec);
    auto sink =
        value_or_throw(storage::create_archive_file(std::string(folder) + "/" + codec + ".pgark", {}));
    ASSERT_TRUE(sink->write_at(0, bytes));
    ASSERT_TRUE(sink->commit());
  }
  write_packs(std::string(folder) + "/packs");
  auto sink = value_or_throw(storage::create_archive_file(std::string(folder) + "/stream.pgark", {}));
  ASSERT_TRUE(sink->write_at(0, build_stream()));
  ASSERT_TRUE(sink->commit());
}

}  // namespace
}  // namespace pgark::format
