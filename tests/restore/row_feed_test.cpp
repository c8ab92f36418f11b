#include "restore/live/row_feed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "toc_builder.hpp"

namespace pgark::restore {
namespace {

using format::EntryId;
using testing::ElementsAre;
using testing::IsEmpty;

class RowFeedTest : public testing::Test {
 protected:
  void put(EntryId entry, std::string_view text) {
    BufferLease rows = feed_.buffers().try_acquire().value();
    const ByteSpan bytes = as_bytes(text);
    rows->assign(bytes.begin(), bytes.end());
    format::ChunkInfo info;
    info.entry = entry;
    info.rows = 1;
    feed_.put({info, std::move(rows)});
  }
  std::string take(EntryId entry) {
    const auto rows = feed_.take(entry);
    return rows ? std::string(as_text(*rows->rows)) : "nothing";
  }
  std::size_t free_buffers() {
    std::vector<BufferLease> leases;
    while (auto lease = feed_.buffers().try_acquire()) leases.push_back(std::move(*lease));
    return leases.size();
  }

  RowFeed feed_{3, 64};
};

TEST_F(RowFeedTest, rows_are_taken_by_entry_in_the_order_in_which_they_came) {
  put(7, "a\n");
  put(5, "b\n");
  put(7, "c\n");
  EXPECT_THAT(feed_.waiting(), ElementsAre(7, 5));
  EXPECT_EQ(take(5), "b\n");
  EXPECT_EQ(take(7), "a\n");
  EXPECT_EQ(take(7), "c\n");
  EXPECT_EQ(take(7), "nothing");
}

TEST_F(RowFeedTest, memory_is_bounded_by_its_buffers) {
  put(1, "a\n"), put(1, "b\n");
  EXPECT_FALSE(feed_.clogged());
  put(1, "c\n");
  EXPECT_TRUE(feed_.clogged());
  EXPECT_FALSE(feed_.buffers().try_acquire());
  EXPECT_EQ(take(1), "a\n");
  EXPECT_FALSE(feed_.clogged());
  EXPECT_TRUE(feed_.buffers().try_acquire());
}

TEST_F(RowFeedTest, an_entry_is_exhausted_when_all_of_its_chunks_were_taken) {
  feed_.end_entry(1, 2);  // before its last chunk has come
  put(1, "a\n");
  EXPECT_EQ(take(1), "a\n");
  EXPECT_FALSE(feed_.exhausted(1));
  put(1, "b\n");
  EXPECT_FALSE(feed_.exhausted(1));
  EXPECT_EQ(take(1), "b\n");
  EXPECT_TRUE(feed_.exhausted(1));
  feed_.end_entry(2, 0);
  EXPECT_TRUE(feed_.exhausted(2));
  EXPECT_FALSE(feed_.exhausted(3));
  EXPECT_THAT(feed_.take_ended(), ElementsAre(1, 2));
  EXPECT_THAT(feed_.take_ended(), IsEmpty());
}

TEST_F(RowFeedTest, the_end_ends_what_was_not_ended) {
  put(2, "a\n");
  feed_.end_entry(1, 0);
  format::Toc toc;
  toc.data = {{.entry = 1, .rows = 0, .digest = {}, .raw_bytes = 0, .stored_bytes = 0, .chunks = 0},
              {.entry = 2, .rows = 1, .digest = {}, .raw_bytes = 2, .stored_bytes = 2, .chunks = 1}};
  feed_.finish(toc);
  EXPECT_THAT(feed_.take_ended(), ElementsAre(1, 2));
  EXPECT_FALSE(feed_.exhausted(2));
  EXPECT_TRUE(feed_.exhausted(9));  // never heard of, and nothing will come
  EXPECT_TRUE(feed_.clogged());     // nothing comes before this is taken
  take(2);
  EXPECT_TRUE(feed_.exhausted(2));
  EXPECT_FALSE(feed_.clogged());
}

TEST_F(RowFeedTest, what_is_dropped_gives_its_buffers_back) {
  put(1, "a\n"), put(2, "b\n");
  feed_.drop(1);
  put(1, "c\n");
  EXPECT_THAT(feed_.waiting(), ElementsAre(2));
  EXPECT_EQ(free_buffers(), 2u);
  feed_.end_entry(1, 2);
  EXPECT_TRUE(feed_.exhausted(1));
}

TEST_F(RowFeedTest, the_listener_hears_of_everything) {
  int changes = 0;
  feed_.listen([&changes] { ++changes; });
  feed_.begin({});
  put(1, "a\n");
  feed_.end_entry(1, 1);
  feed_.finish({});
  EXPECT_EQ(changes, 4);
  feed_.listen({});
  put(1, "b\n");
  EXPECT_EQ(changes, 4);
  EXPECT_NE(feed_.early_toc(), nullptr);
}

}  // namespace
}  // namespace pgark::restore
