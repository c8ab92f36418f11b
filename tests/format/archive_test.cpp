// Whole archives: written, opened, read.
#include <gtest/gtest.h>

#include <thread>

#include "format/archive_fixture.hpp"
#include "format/layout.hpp"

namespace pgark::format {
namespace {

using test::ArchiveBuilder;
using test::open_bytes;
using test::random_rows;
using test::rows_of;
using test::small_toc;

TEST(Archive, without_chunks_or_entries) {
  ArchiveBuilder builder;
  const auto archive = open_bytes(builder.finish({}));
  ASSERT_TRUE(archive) << archive.error().to_string();
  EXPECT_TRUE((*archive)->chunks().empty());
  EXPECT_EQ((*archive)->toc(), Toc{});
  EXPECT_EQ((*archive)->version().major, 1);
  EXPECT_EQ((*archive)->version().minor, layout::kVersionMinor);
  EXPECT_TRUE(builder.file().committed);
  EXPECT_FALSE(builder.file().discarded);
}

TEST(Archive, chunks_are_sorted_and_summed_up) {
  ArchiveBuilder builder;
  builder.add(3, 0, 0, "x\n");
  const ChunkInfo last = builder.add(2, 1, 0, "c\nd\ne\n");
  const ChunkInfo middle = builder.add(2, 0, 1, "b\n");
  const ChunkInfo first = builder.add(2, 0, 0, "a\n");
  const auto bytes = builder.finish(small_toc(3));
  EXPECT_EQ(builder.totals.chunks, 4U);
  EXPECT_EQ(builder.totals.rows, 6U);
  EXPECT_EQ(builder.totals.raw_bytes, 12U);
  EXPECT_EQ(builder.totals.file_bytes, bytes.size());
  EXPECT_EQ(builder.writer().bytes_written(), bytes.size());

  const auto archive = open_bytes(bytes).value();
  EXPECT_EQ(archive->file_bytes(), bytes.size());
  EXPECT_EQ(rows_of(*archive, 2), "a\nb\nc\nd\ne\n");
  EXPECT_EQ(rows_of(*archive, 3), "x\n");
  EXPECT_TRUE(archive->chunks_of(1).empty());
  EXPECT_TRUE(archive->chunks_of(4).empty());
  EXPECT_TRUE(archive->chunks_of(5).empty());

  Digest128 digest = first.digest;
  digest += middle.digest;
  digest += last.digest;
  const DataSummary* summary = archive->toc().find_data(2);
  ASSERT_NE(summary, nullptr);
  EXPECT_EQ(summary->rows, 5U);
  EXPECT_EQ(summary->chunks, 3U);
  EXPECT_EQ(summary->digest, digest);
  // A table without rows is stated as such, an entry that holds none is not.
  ASSERT_NE(archive->toc().find_data(4), nullptr);
  DataSummary nothing;
  nothing.entry = 4;
  EXPECT_EQ(*archive->toc().find_data(4), nothing);
  EXPECT_EQ(archive->toc().find_data(1), nullptr);
}

TEST(Archive, equal_input_gives_equal_bytes) {
  const auto build = [] {
    ArchiveBuilder builder;
    builder.add(2, 0, 0, random_rows(1, 50, 100));
    return builder.finish(small_toc(1));
  };
  EXPECT_EQ(build(), build());
}

TEST(Archive, eight_threads_append) {
  constexpr std::uint32_t kThreads = 8;
  constexpr std::uint32_t kChunks = 40;
  ArchiveBuilder builder;
  {
    std::vector<std::jthread> threads;
    for (std::uint32_t part = 0; part < kThreads; ++part) {
      threads.emplace_back([&builder, part] {
        ChunkCoder coder;
        for (std::uint32_t sequence = 0; sequence < kChunks; ++sequence) {
          const std::string rows = random_rows(part * 1000 + sequence, 20, 40);
          const auto chunk = coder.encode(2, part, sequence, as_bytes(rows), {Codec::lz4, 1}).value();
          value_or_throw(builder.writer().append(chunk));
        }
      });
    }
  }
  const auto archive = open_bytes(builder.finish(small_toc(1))).value();
  ASSERT_EQ(archive->chunks().size(), kThreads * kChunks);
  std::string expected;
  for (std::uint32_t part = 0; part < kThreads; ++part) {
    for (std::uint32_t sequence = 0; sequence < kChunks; ++sequence) {
      expected += random_rows(part * 1000 + sequence, 20, 40);
    }
  }
  EXPECT_EQ(rows_of(*archive, 2), expected);
}

// Refuses a write that is not where the last one ended, as a pipe would have to.
class PipeSink final : public Sink {
 public:
  explicit PipeSink(std::shared_ptr<test::MemoryFile> file) : file_(std::move(file)) {}
  Result<> write_at(std::uint64_t offset, ByteSpan data) override {
    if (offset != file_->bytes.size()) return fail(ErrorCode::internal, "out of order");
    file_->bytes.insert(file_->bytes.end(), data.begin(), data.end());
    return {};
  }
  bool sequential() const override { return true; }
  Result<> commit() override { return {}; }
  void discard() override {}
  std::string name() const override { return "pipe"; }

 private:
  std::shared_ptr<test::MemoryFile> file_;
};

TEST(Archive, threads_take_turns_at_a_sequential_sink) {
  auto file = std::make_shared<test::MemoryFile>();
  auto writer = ArchiveWriter::create(std::make_unique<PipeSink>(file)).value();
  {
    std::vector<std::jthread> threads;
    for (std::uint32_t part = 0; part < 4; ++part) {
      threads.emplace_back([&writer, part] {
        ChunkCoder coder;
        for (std::uint32_t sequence = 0; sequence < 200; ++sequence) {
          const auto chunk = coder.encode(2, part, sequence, as_bytes("row\n"), {Codec::none, 0}).value();
          value_or_throw(writer->append(chunk));
        }
      });
    }
  }
  ASSERT_TRUE(writer->finish(small_toc(1)));
  const auto archive = open_bytes(file->bytes);
  ASSERT_TRUE(archive) << archive.error().to_string();
  EXPECT_EQ((*archive)->chunks().size(), 800U);
}

TEST(Archive, first_failure_stays) {
  auto file = std::make_shared<test::MemoryFile>();
  file->fail_after_bytes = 300;
  auto writer = ArchiveWriter::create(std::make_unique<test::MemorySink>(file)).value();
  ChunkCoder coder;
  const std::string rows = std::string(200, 'x') + "\n";
  const auto chunk = coder.encode(2, 0, 0, as_bytes(rows), {Codec::none, 0}).value();
  EXPECT_EQ(writer->append(chunk).error().code, ErrorCode::no_space);
  file->fail_after_bytes = static_cast<std::size_t>(-1);
  EXPECT_EQ(writer->append(chunk).error().code, ErrorCode::no_space);
  EXPECT_EQ(writer->finish(small_toc(1)).error().code, ErrorCode::no_space);
  EXPECT_FALSE(file->committed);
  writer.reset();
  EXPECT_TRUE(file->discarded);
}

TEST(Archive, an_unwritable_sink_fails_at_once) {
  auto file = std::make_shared<test::MemoryFile>();
  file->fail_after_bytes = 0;
  const auto writer = ArchiveWriter::create(std::make_unique<test::MemorySink>(file));
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, ErrorCode::no_space);
  EXPECT_TRUE(file->discarded);
}

TEST(Archive, no_space_at_every_byte_is_never_a_success) {
  const auto attempt = [](std::size_t limit) {
    auto file = std::make_shared<test::MemoryFile>();
    file->fail_after_bytes = limit;
    auto writer = ArchiveWriter::create(std::make_unique<test::MemorySink>(file));
    if (!writer) return false;
    ChunkCoder coder;
    const auto chunk = coder.encode(2, 0, 0, as_bytes("a\n"), {}).value();
    if (!(*writer)->append(chunk)) return false;
    const bool finished = (*writer)->finish(small_toc(1)).has_value();
    EXPECT_EQ(finished, file->committed);
    return finished;
  };
  ArchiveBuilder builder;
  builder.add(2, 0, 0, "a\n");
  const std::size_t whole = builder.finish(small_toc(1)).size();
  for (std::size_t limit = 0; limit < whole; ++limit) EXPECT_FALSE(attempt(limit)) << limit;
  EXPECT_TRUE(attempt(whole));
}

TEST(Archive, our_own_mistakes_are_refused) {
  ChunkCoder coder;
  const auto chunk = coder.encode(2, 0, 0, as_bytes("a\n"), {}).value();
  {
    ArchiveBuilder builder;
    value_or_throw(builder.writer().append(chunk));
    value_or_throw(builder.writer().append(chunk));
    EXPECT_EQ(builder.writer().finish(small_toc(1)).error().message,
              "chunk 0 of part 0 of entry 2 was written twice");
  }
  {
    ArchiveBuilder builder;
    value_or_throw(builder.writer().append(chunk));
    EXPECT_EQ(builder.writer().finish(small_toc(0)).error().message,
              "rows were written for entry 2, which is not in the table of contents");
  }
  {
    ArchiveBuilder builder;
    EncodedChunk other = chunk;
    other.info.part = 1;
    EXPECT_EQ(builder.writer().append(other).error().code, ErrorCode::internal);
  }
  {
    ArchiveBuilder builder;
    Toc toc = small_toc(1);
    toc.entries[1].id = 5;
    EXPECT_EQ(builder.writer().finish(toc).error().code, ErrorCode::internal);
    EXPECT_FALSE(builder.file().committed);
  }
}

}  // namespace
}  // namespace pgark::format
