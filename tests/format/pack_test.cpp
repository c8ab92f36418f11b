// Archives of several files: what is written is read, and no damage to any of the files goes unnoticed.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <thread>

#include "format/archive_fixture.hpp"
#include "format/copy_archive.hpp"
#include "format/layout.hpp"
#include "format/verifier.hpp"
#include "support/memory_folder.hpp"

namespace pgark::format {
namespace {

using Files = std::map<std::string, std::vector<std::byte>>;

PackChoice packs_of(std::uint64_t bytes, std::uint8_t id = 7) {
  PackChoice choice{.bytes = bytes};
  choice.archive_id.fill(id);
  return choice;
}

struct Written {
  Files files;
  ArchiveTotals totals;
  std::shared_ptr<test::MemoryFolder> folder = std::make_shared<test::MemoryFolder>();
};

// `chunks` chunks of two tables, of some hundred bytes each.
Written write(const PackChoice& packs, std::uint32_t chunks, std::size_t row_length = 60) {
  Written written;
  auto writer =
      value_or_throw(ArchiveWriter::create(std::make_unique<test::MemorySinkFolder>(written.folder), packs));
  ChunkCoder coder;
  for (std::uint32_t i = 0; i < chunks; ++i) {
    const std::string rows = test::random_rows(i, 8, row_length);
    value_or_throw(writer->append(coder.encode(2 + i % 2, i, 0, as_bytes(rows), {Codec::none, 0}).value()));
  }
  written.totals = value_or_throw(writer->finish(test::small_toc(2)));
  written.files = written.folder->contents();
  return written;
}

Result<std::unique_ptr<ArchiveReader>> open(Files files) {
  return ArchiveReader::open(std::make_unique<test::MemorySourceFolder>(std::move(files)));
}

bool is_found_sound(Files files) {
  const auto archive = open(std::move(files));
  return archive && verify_archive(**archive, {})->sound();
}

TEST(Packs, come_back_as_they_were_written) {
  const Written written = write(packs_of(2000), 40);
  EXPECT_TRUE(written.folder->committed);
  const auto archive = value_or_throw(open(written.files));
  EXPECT_EQ(archive->name(), "memory");
  EXPECT_EQ(archive->chunks().size(), 40U);
  EXPECT_GT(archive->packs(), 3U);
  ASSERT_EQ(written.files.size(), archive->packs() + 1);
  std::uint64_t bytes = 0;
  for (const auto& [name, content] : written.files) {
    bytes += content.size();
    if (name != "archive.toc") {
      EXPECT_LE(content.size(), 2000U) << name;
    }
  }
  EXPECT_EQ(written.totals.file_bytes, bytes);
  EXPECT_EQ(archive->file_bytes(), bytes);
  EXPECT_TRUE(written.files.contains("pack-000001"));
  std::string expected;
  for (std::uint32_t i = 0; i < 40; i += 2) expected += test::random_rows(i, 8, 60);
  EXPECT_EQ(test::rows_of(*archive, 2), expected);
  EXPECT_TRUE(verify_archive(*archive, {})->sound());
}

TEST(Packs, from_many_threads) {
  auto folder = std::make_shared<test::MemoryFolder>();
  auto writer =
      value_or_throw(ArchiveWriter::create(std::make_unique<test::MemorySinkFolder>(folder), packs_of(3000)));
  {
    std::vector<std::jthread> threads;
    for (std::uint32_t part = 0; part < 4; ++part) {
      threads.emplace_back([&writer, part] {
        ChunkCoder coder;
        for (std::uint32_t sequence = 0; sequence < 100; ++sequence) {
          const std::string rows = test::random_rows(part * 100 + sequence, 5, 80);
          EXPECT_TRUE(
              writer->append(coder.encode(2, part, sequence, as_bytes(rows), {Codec::none, 0}).value()));
        }
      });
    }
  }
  value_or_throw(writer->finish(test::small_toc(1)));
  for (const auto& [name, file] : folder->files) EXPECT_TRUE(file->committed) << name;
  const auto archive = value_or_throw(open(folder->contents()));
  EXPECT_EQ(archive->chunks().size(), 400U);
  EXPECT_TRUE(verify_archive(*archive, {})->sound());
}

TEST(Packs, a_chunk_larger_than_a_pack_has_one_to_itself) {
  const Written written = write(packs_of(100), 3);
  EXPECT_EQ(written.files.size(), 4U);
  EXPECT_TRUE(is_found_sound(written.files));
}

TEST(Packs, without_rows_there_are_none) {
  const Written written = write(packs_of(100), 0);
  EXPECT_EQ(written.files.size(), 1U);
  EXPECT_EQ(written.totals.file_bytes, written.files.at("archive.toc").size());
  const auto archive = value_or_throw(open(written.files));
  EXPECT_EQ(archive->packs(), 0U);
  EXPECT_EQ(archive->file_bytes(), written.totals.file_bytes);
  EXPECT_TRUE(is_found_sound(written.files));
}

TEST(Packs, every_changed_byte_and_every_missing_end_is_found) {
  const Written written = write(packs_of(800), 5, 30);
  ASSERT_GT(written.files.size(), 2U);
  ASSERT_TRUE(is_found_sound(written.files));
  for (const auto& [name, content] : written.files) {
    for (std::size_t at = 0; at < content.size(); ++at) {
      Files changed = written.files;
      changed[name][at] ^= std::byte{0x10};
      EXPECT_FALSE(is_found_sound(std::move(changed))) << name << ' ' << at;
      Files cut = written.files;
      cut[name].resize(at);
      EXPECT_FALSE(open(std::move(cut))) << name << ' ' << at;
    }
    Files longer = written.files;
    longer[name].push_back(std::byte{0});
    EXPECT_FALSE(open(std::move(longer))) << name;
    Files without = written.files;
    without.erase(name);
    const auto missing = open(std::move(without));
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::archive_damaged);
  }
}

TEST(Packs, of_another_place_or_archive_are_refused) {
  const Written written = write(packs_of(400), 6, 30);
  const Written same_rows = write(packs_of(400, 8), 6, 30);
  ASSERT_EQ(written.files.size(), same_rows.files.size());
  for (const auto& [name, content] : written.files) {
    Files mixed = same_rows.files;
    mixed[name] = content;
    const auto opened = open(std::move(mixed));
    ASSERT_FALSE(opened) << name;
    EXPECT_EQ(opened.error().code, ErrorCode::archive_damaged) << name;
  }
  Files swapped = written.files;
  std::swap(swapped["pack-000001"], swapped["pack-000002"]);
  EXPECT_FALSE(open(std::move(swapped)));
  Files with_pack_as_toc = written.files;
  with_pack_as_toc["archive.toc"] = written.files.at("pack-000001");
  EXPECT_FALSE(open(std::move(with_pack_as_toc)));
}

TEST(Packs, one_file_of_them_alone_is_not_an_archive) {
  const Written written = write(packs_of(400), 3);
  for (const auto& [name, content] : written.files) {
    const auto opened = test::open_bytes(content);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::usage) << name;
    EXPECT_EQ(opened.error().hint, "give the name of the folder");
  }
}

TEST(Packs, no_space_is_never_a_success) {
  const Written whole = write(packs_of(600), 5, 30);
  std::size_t largest = 0;
  for (const auto& [name, content] : whole.files) largest = std::max(largest, content.size());
  for (std::size_t limit = 0; limit < largest; limit += 7) {
    auto folder = std::make_shared<test::MemoryFolder>();
    folder->fail_after_bytes = limit;
    ChunkCoder coder;
    bool done = false;
    if (auto writer =
            ArchiveWriter::create(std::make_unique<test::MemorySinkFolder>(folder), packs_of(600))) {
      done = true;
      for (std::uint32_t i = 0; i < 5 && done; ++i) {
        const std::string rows = test::random_rows(i, 8, 30);
        done = (*writer)
                   ->append(coder.encode(2 + i % 2, i, 0, as_bytes(rows), {Codec::none, 0}).value())
                   .has_value();
      }
      done = done && (*writer)->finish(test::small_toc(2)).has_value();
    }
    EXPECT_FALSE(done) << limit;
    EXPECT_FALSE(folder->committed) << limit;
    EXPECT_TRUE(folder->discarded) << limit;
  }
}

TEST(CopyArchive, into_packs_and_back_gives_the_same_bytes) {
  test::ArchiveBuilder builder;
  for (std::uint32_t i = 0; i < 30; ++i)
    builder.add(2 + i % 2, 30 - i, i, test::random_rows(i, 9, 70),
                *parse_codec(i % 3 == 0 ? "none" : "zstd:1"));
  const auto original = builder.finish(test::small_toc(3));
  const auto archive = value_or_throw(test::open_bytes(original));

  auto folder = std::make_shared<test::MemoryFolder>();
  auto packs =
      value_or_throw(ArchiveWriter::create(std::make_unique<test::MemorySinkFolder>(folder), packs_of(1500)));
  std::uint64_t seen = 0;
  const auto totals = value_or_throw(copy_archive(*archive, *packs, [&seen](const CopyProgress& at) {
    EXPECT_EQ(at.chunks_done, ++seen);
    return true;
  }));
  EXPECT_EQ(seen, 30U);
  EXPECT_EQ(totals.rows, builder.totals.rows);
  const auto in_packs = value_or_throw(open(folder->contents()));
  EXPECT_GT(in_packs->packs(), 3U);
  EXPECT_EQ(in_packs->toc(), archive->toc());

  auto back = std::make_shared<test::MemoryFile>();
  auto one = value_or_throw(ArchiveWriter::create(std::make_unique<test::MemorySink>(back)));
  value_or_throw(copy_archive(*in_packs, *one, {}));
  EXPECT_TRUE(back->bytes == original);
}

TEST(CopyArchive, damage_stops_it_before_the_copy_has_a_name) {
  test::ArchiveBuilder builder;
  for (std::uint32_t i = 0; i < 4; ++i) builder.add(2, i, 0, test::random_rows(i, 9, 70));
  auto bytes = builder.finish(test::small_toc(1));
  bytes[value_or_throw(test::open_bytes(bytes))->chunks()[2].offset + 100] ^= std::byte{1};
  const auto archive = value_or_throw(test::open_bytes(bytes));
  auto file = std::make_shared<test::MemoryFile>();
  auto writer = value_or_throw(ArchiveWriter::create(std::make_unique<test::MemorySink>(file)));
  EXPECT_EQ(copy_archive(*archive, *writer, {}).error().code, ErrorCode::archive_damaged);
  EXPECT_EQ(copy_archive(*archive, *writer, [](const auto&) { return false; }).error().code,
            ErrorCode::interrupted);
  writer.reset();
  EXPECT_FALSE(file->committed);
  EXPECT_TRUE(file->discarded);
}

}  // namespace
}  // namespace pgark::format
