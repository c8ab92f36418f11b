#include "storage/catalogue/stream_hash.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "storage/catalogue/hashing_sink.hpp"
#include "support/memory_file.hpp"

namespace pgark::storage {
namespace {

std::vector<std::byte> random_bytes(std::size_t size) {
  std::mt19937 random(7);
  std::vector<std::byte> bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

std::string hash_of(const std::vector<std::byte>& bytes) {
  return value_or_throw(sha256_of(test::MemorySource(bytes)));
}

void add(StreamHash& hash, const std::vector<std::byte>& bytes, std::size_t begin, std::size_t size) {
  const ByteSpan piece = ByteSpan(bytes).subspan(begin, size);
  hash.add(begin, {&piece, 1});
}

// FIPS 180-2, appendix B.1, and the empty message.
TEST(StreamHash, PublishedVectors) {
  StreamHash hash;
  const ByteSpan abc = as_bytes("abc");
  hash.add(0, {&abc, 1});
  EXPECT_EQ(hash.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  StreamHash nothing;
  EXPECT_EQ(nothing.finish(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hash_of({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(StreamHash, PiecesInAnyOrderFromManyThreads) {
  const std::vector<std::byte> bytes = random_bytes(3'000'017);
  std::vector<std::size_t> cuts{0, bytes.size()};
  std::mt19937 random(3);
  for (int cut = 0; cut < 400; ++cut) cuts.push_back(random() % bytes.size());
  std::ranges::sort(cuts);
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  // Less room than the pieces of all threads have: some of them wait.
  StreamHash hash(64 << 10);
  std::atomic<std::size_t> next{0};
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&] {
        for (std::size_t at = next++; at + 1 < cuts.size(); at = next++)
          add(hash, bytes, cuts[at], cuts[at + 1] - cuts[at]);
      });
    }
  }
  EXPECT_EQ(hash.finish(), hash_of(bytes));
}

TEST(StreamHash, AGapOrAPlaceWrittenTwiceMakesItUnknown) {
  const std::vector<std::byte> bytes = random_bytes(300);
  StreamHash gap;
  add(gap, bytes, 0, 100);
  add(gap, bytes, 200, 100);
  EXPECT_EQ(gap.finish(), std::nullopt);
  StreamHash twice;
  add(twice, bytes, 0, 100);
  add(twice, bytes, 0, 100);
  add(twice, bytes, 100, 200);
  EXPECT_EQ(twice.finish(), std::nullopt);
  StreamHash ahead;
  add(ahead, bytes, 200, 100);
  add(ahead, bytes, 200, 100);
  add(ahead, bytes, 0, 200);
  EXPECT_EQ(ahead.finish(), std::nullopt);
}

// Somebody waits for room behind a gap that will never be closed.
TEST(StreamHash, GivingUpLetsTheWaitingGo) {
  const std::vector<std::byte> bytes = random_bytes(300);
  StreamHash hash(100);
  add(hash, bytes, 100, 100);
  std::jthread waiting([&] { add(hash, bytes, 200, 100); });
  hash.give_up();
  waiting.join();
  EXPECT_EQ(hash.finish(), std::nullopt);
}

TEST(HashingSink, RemembersWhatIsCommittedAndNothingElse) {
  const auto record = std::make_shared<FileRecord>();
  const auto file = std::make_shared<test::MemoryFile>();
  const auto sink = hashing_sink(std::make_unique<test::MemorySink>(file), "a.pgark", record);
  ASSERT_TRUE(sink->write_at(3, as_bytes("defg")));
  ASSERT_TRUE(sink->write_at(0, as_bytes("abc")));
  EXPECT_TRUE(record->files().empty());
  ASSERT_TRUE(sink->commit());
  const std::vector<FileFacts> expected{{"a.pgark", 7, hash_of(file->bytes)}};
  EXPECT_EQ(record->files(), expected);
  EXPECT_EQ(as_text(file->bytes), "abcdefg");

  const auto full = std::make_shared<test::MemoryFile>();
  full->fail_after_bytes = 4;
  const auto failing = hashing_sink(std::make_unique<test::MemorySink>(full), "b.pgark", record);
  const auto written = failing->write_at(0, as_bytes("abcdefg"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::no_space);
  failing->discard();
  EXPECT_EQ(record->files(), expected);
}

}  // namespace
}  // namespace pgark::storage
