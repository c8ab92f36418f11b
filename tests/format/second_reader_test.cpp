// read_archive.py, a reader written from SPEC.md with other tools' checksums and decompressors, must agree
// with ours.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include "format/columnar_golden_rows.hpp"
#include "format/columnar_rows.hpp"
#include "format/golden_content.hpp"
#include "format/stream_fixture.hpp"
#include "storage/storage.hpp"

namespace pgark::format {
namespace {

struct Outcome {
  int status = -1;
  std::string text;
};

Outcome run(const std::string& command) {
  Outcome outcome;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return outcome;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    outcome.text.append(buffer.data(), got);
  }
  outcome.status = ::pclose(pipe);
  return outcome;
}

class SecondReader : public testing::Test {
 protected:
  void SetUp() override {
    if (run("command -v python3 xxhsum zstd lz4").status != 0) {
      GTEST_SKIP() << "needs python3, xxhsum, zstd and lz4";
    }
    char name[] = "/tmp/pgark-format-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  std::string write(std::span<const std::byte> bytes) const {
    const std::string path = folder_ + "/a.pgark";
    auto sink = value_or_throw(storage::create_archive_file(path, {true, true}));
    value_or_throw(sink->write_at(0, bytes));
    value_or_throw(sink->commit());
    return path;
  }

  const std::string& folder() const { return folder_; }

  static Outcome read(const std::string& path, const std::string& option = "") {
    return run("python3 '" PGARK_SOURCE_DIR "/tests/format/read_archive.py' " + option + " '" + path + "'");
  }

 private:
  std::string folder_;
};

// What read_archive.py prints, without its last word, the SHA-256 of the rows.
std::string summary_of(const ArchiveReader& archive) {
  std::string text;
  for (const DataSummary& data : archive.toc().data) {
    text += "entry " + std::to_string(data.entry) + ' ' + archive.toc().find(data.entry)->name + " rows " +
            std::to_string(data.rows) + " digest " + data.digest.hex() + '\n';
  }
  return text;
}

std::string without_sha256(std::string text) {
  for (std::size_t at = text.find(" sha256 "); at != std::string::npos; at = text.find(" sha256 ")) {
    text.erase(at, text.find('\n', at) - at);
  }
  return text;
}

TEST_F(SecondReader, agrees_on_every_codec) {
  for (const char* codec : {"none", "lz4:1", "lz4:9", "zstd:1", "zstd:19"}) {
    test::ArchiveBuilder builder;
    for (std::uint32_t part = 0; part < 3; ++part) {
      builder.add(2 + part % 2, part, 0, test::random_rows(part, 20, 60), *parse_codec(codec));
      builder.add(2 + part % 2, part, 1, test::random_rows(part, 2, 5000), *parse_codec(codec));
    }
    const auto bytes = builder.finish(test::small_toc(3));
    const Outcome outcome = read(write(bytes));
    EXPECT_EQ(outcome.status, 0) << codec << ": " << outcome.text;
    EXPECT_EQ(without_sha256(outcome.text), summary_of(*test::open_bytes(bytes).value()));
  }
}

TEST_F(SecondReader, reads_a_stream) {
  const Toc toc = test::small_toc(3);
  test::StreamBuilder builder(toc);
  builder.end(4, 0);
  builder.add(3, 0, 0, test::random_rows(1, 20, 60));
  builder.add(2, 0, 0, test::random_rows(2, 20, 60));
  builder.end(3, 1);
  builder.add(2, 0, 1, test::random_rows(3, 20, 60));
  builder.end(2, 2);
  auto bytes = builder.finish(toc);
  const Outcome outcome = read(write(bytes));
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_EQ(without_sha256(outcome.text), summary_of(*test::open_bytes(bytes).value()));
  bytes[100] ^= std::byte{1};  // in the table of contents in front
  EXPECT_NE(read(write(bytes)).status, 0);
}

// Columns of every kind (format/columnar_rows.hpp), in chunks of one file and of several.
TEST_F(SecondReader, takes_columns_and_packs_apart) {
  for (const char* codec : {"none", "zstd:1"}) {
    const std::string folder = this->folder() + "/" + std::string(codec, 4) + ".d";
    auto writer = value_or_throw(ArchiveWriter::create(
        value_or_throw(storage::create_archive_folder(folder, {})), random_pack_choice(60'000)));
    ChunkCoder coder;
    for (std::uint32_t i = 0; i < 26; ++i) {
      const ByteBuffer rows = i == 0 ? test::golden::rows_of_multiples() : test::random_table(3000 + i);
      value_or_throw(writer->append(
          coder.encode(2 + i % 2, i, 0, rows, *parse_codec(codec), RowEncoding::columnar).value()));
    }
    value_or_throw(writer->finish(test::small_toc(3)));
    const auto archive = value_or_throw(storage::open_archive(folder));
    EXPECT_GT(archive->packs(), 1U);
    const Outcome outcome = read(folder);
    EXPECT_EQ(outcome.status, 0) << codec << ": " << outcome.text;
    EXPECT_EQ(without_sha256(outcome.text), summary_of(*archive));
  }
}

TEST_F(SecondReader, reads_the_golden_files_alike) {
  std::string first;
  for (const char* codec : {"none", "lz4", "zstd"}) {
    const Outcome outcome = read(std::string(PGARK_SOURCE_DIR "/tests/golden/v1.0/") + codec + ".pgark");
    EXPECT_EQ(outcome.status, 0) << outcome.text;
    if (first.empty()) first = outcome.text;
    EXPECT_EQ(outcome.text, first) << codec;
  }
  // Packs, and besides them rows in columns.
  const Outcome packs = read(PGARK_SOURCE_DIR "/tests/golden/v1.2/packs");
  EXPECT_EQ(packs.status, 0) << packs.text;
  EXPECT_EQ(packs.text.find(first.substr(0, first.find("entry 5"))), 0U) << packs.text;
  EXPECT_NE(packs.text.find("rows 1000 digest 4d1f0f21b7274cf65d14d304f9037b4e"), std::string::npos)
      << packs.text;
  EXPECT_NE(first.find("entry 3 orders rows 204 digest 98a6841edfcef301c0fc2b6666ad8645"), std::string::npos)
      << first;
}

TEST_F(SecondReader, salvages_what_a_truncated_archive_holds) {
  test::ArchiveBuilder builder;
  for (std::uint32_t sequence = 0; sequence < 3; ++sequence) {
    builder.add(2, 0, sequence, test::random_rows(sequence, 10, 40));
  }
  auto bytes = builder.finish(test::small_toc(1));
  const auto archive = test::open_bytes(bytes).value();
  bytes.resize(archive->chunks()[2].offset + 120);  // the third chunk is cut
  bytes[archive->chunks()[0].offset + 110] ^= std::byte{1};
  ASSERT_FALSE(test::open_bytes(bytes));
  const std::string path = write(bytes);
  EXPECT_NE(read(path).status, 0);
  EXPECT_EQ(read(path, "--salvage").text,
            "lost: entry 2 part 0 sequence 0: payload checksum\n"
            "found: entry 2 part 0 sequence 1 rows 10\n"
            "lost: entry 2 part 0 sequence 2: payload size\n");
}

}  // namespace
}  // namespace pgark::format
