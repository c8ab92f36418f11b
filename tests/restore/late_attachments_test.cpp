#include "restore/late_attachments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan_fixture.hpp"

namespace pgark::restore {
namespace {

using format::EntryId;
using format::Section;
using testing::ElementsAre;
using testing::IsEmpty;

// A partitioned table with a partition and its index.
class LateAttachmentsTest : public PlanTest {
 protected:
  LateAttachmentsTest() {
    parent_ = toc_.table("parent"), leaf_ = toc_.table("leaf");
    attach_ = toc_.add("TABLE ATTACH", "leaf", Section::pre_data, {leaf_, parent_}).id;
    rows_ = toc_.data(leaf_, 1);
    index_ = toc_.index("i", leaf_);
    options_.include_tables = {"leaf"};
  }
  void choose(bool pre_data, bool data, bool post_data) {
    options_.section_pre_data = pre_data;
    options_.section_data = data;
    options_.section_post_data = post_data;
    build();
  }

  EntryId parent_, leaf_, attach_, rows_, index_;
};

TEST_F(LateAttachmentsTest, a_partition_without_its_table_is_attached_with_post_data) {
  choose(true, false, false);
  EXPECT_FALSE(selection_->contains(attach_));
  EXPECT_THAT(selection_->put_off(), ElementsAre(attach_));
  choose(false, true, false);
  EXPECT_THAT(selection_->put_off(), ElementsAre(attach_));
  choose(false, false, true);
  EXPECT_TRUE(selection_->contains(attach_));
  EXPECT_THAT(selection_->put_off(), IsEmpty());
  EXPECT_THAT(take_all(), ElementsAre("i"));
  plan_->done(running(index_));
  EXPECT_THAT(take_all(), ElementsAre("leaf"));
}

TEST_F(LateAttachmentsTest, it_waits_for_rows_and_indexes_in_one_run_too) {
  choose(true, true, true);
  finish_serial();
  EXPECT_THAT(take_all(), ElementsAre("load leaf"));
  plan_->done(running(rows_));
  EXPECT_THAT(take_all(), ElementsAre("i"));
  plan_->done(running(index_));
  EXPECT_THAT(take_all(), ElementsAre("leaf"));
  EXPECT_THAT(selection_->put_off(), IsEmpty());
}

TEST_F(LateAttachmentsTest, with_its_table_it_is_attached_with_pre_data) {
  options_.include_tables = {"leaf", "parent"};
  choose(true, false, false);
  EXPECT_TRUE(selection_->contains(attach_));
  EXPECT_THAT(selection_->put_off(), IsEmpty());
  choose(false, false, true);
  EXPECT_FALSE(selection_->contains(attach_));
}

// Rows that go in through the partitioned table find their partition there only when it is attached.
TEST_F(LateAttachmentsTest, what_rows_need_stays_in_pre_data) {
  toc_.toc.entries[rows_ - 1].dependencies.push_back(attach_);
  choose(true, false, false);
  EXPECT_TRUE(selection_->contains(attach_));
  choose(true, true, true);
  finish_serial();
  EXPECT_THAT(take_all(), ElementsAre("load leaf"));
}

TEST_F(LateAttachmentsTest, rows_alone_put_nothing_off) {
  options_.data_only = true;
  choose(true, true, true);
  EXPECT_THAT(selection_->put_off(), IsEmpty());
  EXPECT_FALSE(selection_->contains(attach_));
}

}  // namespace
}  // namespace pgark::restore
