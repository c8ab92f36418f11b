// Archives that are read while they come (format/SPEC.md, section 18): by StreamReader, and by ArchiveReader
// once they are in a file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format/stream_fixture.hpp"
#include "format/verifier.hpp"

namespace pgark::format {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::byte> sample() {
  const Toc toc = test::small_toc(3);
  test::StreamBuilder builder(toc);
  builder.end(4, 0);
  builder.add(2, 0, 0, "1\ta\n");
  builder.add(3, 0, 0, "x\n");
  builder.end(3, 1);
  builder.end(2, 2);  // before its last chunk, as several threads may do
  builder.add(2, 1, 0, "2\tb\n3\tc\n");
  return builder.finish(toc);
}

TEST(Stream, gives_what_comes_in_its_order) {
  for (const std::size_t step : {1U, 7U, 100'000U}) {
    const test::StreamRead read = test::read_stream(sample(), step);
    ASSERT_FALSE(read.error) << read.error->to_string();
    EXPECT_THAT(read.items,
                ElementsAre("end of 4", "chunk 2.0.0", "chunk 3.0.0", "end of 3", "chunk 2.1.0", "end of 2"));
    EXPECT_EQ(read.rows, "1\ta\nx\n2\tb\n3\tc\n");
    EXPECT_EQ(read.toc.find_data(2)->rows, 3U);
    EXPECT_EQ(read.toc.entries, test::small_toc(3).entries);
  }
}

TEST(Stream, is_an_archive_once_it_is_in_a_file) {
  const auto archive = test::open_bytes(sample());
  ASSERT_TRUE(archive) << archive.error().to_string();
  EXPECT_EQ((*archive)->version().minor, layout::kVersionMinor);
  EXPECT_EQ(test::rows_of(**archive, 2), "1\ta\n2\tb\n3\tc\n");
  EXPECT_TRUE(verify_archive(**archive, {})->sound());
}

TEST(Stream, an_entry_need_not_be_ended) {
  const Toc toc = test::small_toc(2);
  test::StreamBuilder builder(toc);
  builder.add(2, 0, 0, "1\ta\n");
  const auto bytes = builder.finish(toc);
  EXPECT_FALSE(test::read_stream(bytes).error);
  EXPECT_TRUE(test::open_bytes(bytes));
}

TEST(Stream, cut_anywhere_it_is_damaged) {
  const auto whole = sample();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const test::StreamRead read =
        test::read_stream({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)}, 1000);
    ASSERT_TRUE(read.error) << length;
    EXPECT_EQ(read.error->code, ErrorCode::archive_damaged) << length;
    EXPECT_THAT(read.error->to_string(), HasSubstr(length == 0 ? "nothing has come" : "ends before"));
    EXPECT_FALSE(test::open_bytes({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)}));
  }
}

TEST(Stream, every_changed_byte_is_found) {
  const auto whole = sample();
  // Ignorable flags of the blocks are under their checksum as well.
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto changed = whole;
    changed[at] ^= std::byte{1};
    EXPECT_TRUE(test::read_stream(changed, 1000).error) << at;
    const auto archive = test::open_bytes(changed);
    if (archive) {
      EXPECT_FALSE(verify_archive(**archive, {})->sound()) << at;
    }
  }
}

TEST(Stream, bytes_behind_the_end_are_damage) {
  auto bytes = sample();
  bytes.push_back(std::byte{0});
  EXPECT_THAT(test::read_stream(bytes).error->message, HasSubstr("behind the end"));
}

TEST(Stream, a_chunk_of_an_ended_entry_is_damage) {
  const Toc toc = test::small_toc(2);
  test::StreamBuilder builder(toc);
  builder.add(2, 0, 0, "1\ta\n");
  builder.end(2, 1);
  builder.add(2, 0, 1, "2\tb\n");
  const auto bytes = builder.finish(toc);
  EXPECT_THAT(test::read_stream(bytes).error->message, HasSubstr("has ended"));
  EXPECT_THAT(test::open_bytes(bytes).error().message, HasSubstr("other totals"));
}

TEST(Stream, the_table_of_contents_in_front_must_be_the_same) {
  test::StreamBuilder builder(test::small_toc(3));
  builder.add(2, 0, 0, "1\ta\n");
  EXPECT_THAT(test::read_stream(builder.finish(test::small_toc(2))).error->message,
              HasSubstr("other entries than the one in front"));
}

TEST(Stream, an_archive_without_one_in_front_is_refused) {
  test::ArchiveBuilder builder;
  builder.add(2, 0, 0, "1\ta\n");
  const auto read = test::read_stream(builder.finish(test::small_toc(2)));
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, ErrorCode::archive_unsupported);
  EXPECT_THAT(read.error->hint, HasSubstr("store it in a file"));
}

TEST(Stream, other_bytes_are_no_archive) {
  const ByteSpan text = as_bytes(std::string_view("-- PostgreSQL database dump\n"));
  const auto read = test::read_stream({text.begin(), text.end()});
  EXPECT_EQ(read.error->code, ErrorCode::archive_unsupported);
  EXPECT_EQ(read.error->message, "not a pgark archive");
}

}  // namespace
}  // namespace pgark::format
