// What a plan does when steps fail, and what it says of that.
#include <gmock/gmock.h>

#include "plan_fixture.hpp"

namespace pgark::restore {
namespace {

using format::EntryId;
using format::Section;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class PlanFailureTest : public PlanTest {};

class RefreshTest : public PlanTest {
 protected:
  EntryId refresh(const std::string& name, std::vector<EntryId> dependencies = {}) {
    format::TocEntry& entry = toc_.add("MATERIALIZED VIEW DATA", name, Section::post_data, dependencies);
    entry.pass = format::Pass::post_acl;
    return entry.id;
  }
  std::string error_of_first_failure() { return plan_->failures().at(0).error.message; }
};

// a reads c through a function whose body is text, so that the archive does not know.
TEST_F(RefreshTest, is_tried_again_when_others_have_come) {
  const EntryId a = refresh("a"), b = refresh("b", {a}), c = refresh("c");
  build();
  EXPECT_THAT(take_all(), testing::UnorderedElementsAre("a", "c"));
  EXPECT_TRUE(plan_->postpone(running(a), refused("not populated")));
  EXPECT_THAT(take_all(), IsEmpty());
  plan_->done(running(c));
  EXPECT_THAT(take_all(), ElementsAre("a"));
  plan_->done(running(a));
  EXPECT_THAT(take_all(), ElementsAre("b"));
  plan_->done(running(b));
  EXPECT_TRUE(plan_->finished());
  EXPECT_THAT(failures(), IsEmpty());
}

TEST_F(RefreshTest, fails_when_a_round_brings_nothing_new) {
  const EntryId a = refresh("a"), c = refresh("c");
  refresh("b", {a});
  build();
  take_all();
  plan_->done(running(c));
  EXPECT_TRUE(plan_->postpone(running(a), refused("first")));
  EXPECT_THAT(take_all(), ElementsAre("a"));
  EXPECT_TRUE(plan_->postpone(running(a), refused("second")));
  EXPECT_TRUE(plan_->finished());
  EXPECT_THAT(failures(), ElementsAre("failed MATERIALIZED VIEW DATA public.a",
                                      "skipped MATERIALIZED VIEW DATA public.b"));
  EXPECT_EQ(error_of_first_failure(), "second");
}

TEST_F(RefreshTest, other_steps_are_not_postponed) {
  const EntryId table = toc_.table("t");
  const EntryId index = toc_.index("i", table);
  build();
  finish_serial();
  EXPECT_THAT(take_all(), ElementsAre("i"));
  const StepId id = running(index);
  EXPECT_FALSE(plan_->postpone(id, refused()));
  plan_->failed(id, refused());
  EXPECT_TRUE(plan_->finished());
}

TEST_F(PlanFailureTest, a_failed_table_skips_its_rows_and_all_that_needs_them) {
  const EntryId a = toc_.table("a"), b = toc_.table("b");
  toc_.data(a, 3);
  toc_.data(b, 1);
  toc_.index("ia", a);
  const EntryId key = toc_.constraint("fk", {b, a});
  toc_.comment(key);
  plan_options_ = {.jobs = 2, .run_bytes = 1000};
  build();
  plan_->failed(plan_->serial_steps()[0], refused());
  plan_->done(plan_->serial_steps()[1]);
  EXPECT_THAT(failures(), ElementsAre("failed TABLE public.a", "skipped TABLE DATA public.a",
                                      "skipped INDEX public.ia on a", "skipped CONSTRAINT public.fk on b",
                                      "skipped COMMENT public.on fk"));
  EXPECT_EQ(plan_->failures()[4].error.message,
            "not tried, because CONSTRAINT public.fk on b could not be restored");
  EXPECT_EQ(plan_->failures()[4].error.code, ErrorCode::incomplete);
  EXPECT_THAT(take_all(), ElementsAre("load b"));
  plan_->done(running(4));
  EXPECT_TRUE(plan_->finished());
  EXPECT_EQ(plan_->entries_done(), 2u);
}

TEST_F(PlanFailureTest, large_objects_that_fail_leave_their_bytes_out_alone) {
  std::vector<EntryId> groups;
  for (const char* oids : {"{16,17}", "{18}", "{19,20}"}) {
    format::TocEntry& group = toc_.add("LARGE OBJECT", oids, Section::data);
    group.create.push_back(
        {std::string("SELECT lo_create(l.oid) FROM unnest('") + oids + "'::oid[]) AS l (oid)"});
    groups.push_back(group.id);
  }
  const EntryId bytes = toc_.add("LARGE OBJECT DATA", "bytes", Section::data, groups).id;
  build();
  EXPECT_THAT(take_all(), UnorderedElementsAre("{16,17}", "{18}", "{19,20}"));
  plan_->failed(running(groups[0]), {});
  plan_->done(running(groups[1]));
  EXPECT_TRUE(take_all().empty());
  plan_->failed(running(groups[2]), {});
  EXPECT_THAT(take_all(), SizeIs(1));
  EXPECT_THAT(*plan_->step(running(bytes)).left_out, UnorderedElementsAre(16, 17, 19, 20));
  EXPECT_THAT(failures(),
              ElementsAre("failed LARGE OBJECT public.{16,17}", "failed LARGE OBJECT public.{19,20}"));
}

// What inherits needs its parent; what is attached later does not.
TEST_F(PlanFailureTest, partitions_come_back_without_what_they_belonged_to) {
  const EntryId root = toc_.table("root");
  const EntryId leaf = toc_.table("leaf", {root});
  toc_.table("heir", {root});
  toc_.add("TABLE ATTACH", "leaf", Section::pre_data, {root, leaf});
  toc_.data(leaf, 1);
  build();
  for (const StepId id : plan_->serial_steps()) {
    if (plan_->step(id).state != StepState::waiting) continue;
    if (plan_->step(id).entry->id == root) {
      plan_->failed(id, {});
    } else {
      plan_->done(id);
    }
  }
  EXPECT_THAT(take_all(), ElementsAre("load leaf"));
  EXPECT_THAT(failures(), UnorderedElementsAre("failed TABLE public.root", "skipped TABLE public.heir",
                                               "skipped TABLE ATTACH public.leaf"));
}

TEST_F(PlanFailureTest, a_failed_load_fails_its_entry_once) {
  const EntryId a = toc_.table("a");
  const EntryId rows = toc_.data(a, 4);
  toc_.index("ia", a);
  plan_options_ = {.jobs = 2, .run_bytes = 1000};
  build();
  finish_serial();
  const StepId first = *plan_->take(), second = *plan_->take(), third = *plan_->take();
  plan_->failed(first, refused("bad row"));
  EXPECT_FALSE(plan_->take());  // the fourth run is not begun
  plan_->failed(second, refused("another bad row"));
  plan_->abandoned(third);
  EXPECT_TRUE(plan_->finished());
  EXPECT_THAT(failures(), ElementsAre("failed TABLE DATA public.a", "skipped INDEX public.ia on a"));
  EXPECT_EQ(plan_->failures()[0].error.message, "bad row");
  EXPECT_FALSE(plan_->entry_done(rows));
  EXPECT_TRUE(plan_->entry_done(a));
}

TEST_F(PlanFailureTest, a_running_sibling_may_still_succeed) {
  const EntryId a = toc_.table("a");
  toc_.data(a, 2);
  const EntryId index = toc_.index("ia", a);
  plan_options_ = {.jobs = 2, .run_bytes = 1000};
  build();
  finish_serial();
  const StepId first = *plan_->take(), second = *plan_->take();
  plan_->failed(first, refused());
  plan_->done(second);
  EXPECT_TRUE(plan_->finished());
  EXPECT_FALSE(plan_->entry_done(index));
  EXPECT_EQ(plan_->entries_done(), 1u);
}

TEST_F(PlanFailureTest, failures_in_one_pass_let_the_next_begin) {
  const EntryId a = toc_.table("a");
  toc_.acl(a);
  auto& refresh = toc_.add("MATERIALIZED VIEW DATA", "m", Section::post_data);
  refresh.pass = format::Pass::post_acl;
  build();
  plan_->failed(plan_->serial_steps()[0], refused());
  EXPECT_THAT(take_all(), ElementsAre("m"));
}

TEST_F(PlanFailureTest, a_hostile_name_stays_on_its_line) {
  toc_.table("a\nerror: all is lost");
  EXPECT_EQ(describe(toc_.toc.entries[0]), "TABLE public.a error: all is lost");
}

TEST_F(PlanFailureTest, side_failures_are_listed_without_consequences) {
  const EntryId a = toc_.table("a");
  toc_.index("ia", a);
  build();
  finish_serial();
  plan_->add_failure(toc_.toc.entries[0], refused("role does not exist"));
  EXPECT_THAT(take_all(), ElementsAre("ia"));
  EXPECT_THAT(failures(), ElementsAre("failed TABLE public.a"));
}

}  // namespace
}  // namespace pgark::restore
