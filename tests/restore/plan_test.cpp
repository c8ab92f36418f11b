#include "restore/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "plan_fixture.hpp"

namespace pgark::restore {
namespace {

using format::EntryId;
using format::Section;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(PlanTest, pre_data_is_serial_in_toc_order) {
  const EntryId schema = toc_.schema("s");
  const EntryId a = toc_.table("a", {schema});
  toc_.comment(a);
  toc_.data(a, 1);
  const EntryId index = toc_.index("i", a);
  toc_.comment(index);
  build();
  std::vector<std::string> names;
  for (const StepId id : plan_->serial_steps()) names.push_back(plan_->step(id).entry->name);
  EXPECT_THAT(names, ElementsAre("s", "a", "on a"));
  finish_serial();
  EXPECT_THAT(take_all(), ElementsAre("load a"));
}

TEST_F(PlanTest, an_index_waits_for_every_load_of_its_table_only) {
  const EntryId a = toc_.table("a"), b = toc_.table("b");
  const EntryId rows_a = toc_.data(a, 4), rows_b = toc_.data(b, 1);
  toc_.index("ia", a);
  toc_.index("ib", b);
  plan_options_ = {.jobs = 2, .run_bytes = 2000};
  build();
  finish_serial();
  EXPECT_THAT(take_all(), ElementsAre("load a", "load a", "load b"));
  plan_->done(running(rows_b));
  EXPECT_THAT(take_all(), ElementsAre("ib"));
  plan_->done(running(rows_a));
  EXPECT_THAT(take_all(), IsEmpty());
  plan_->done(running(rows_a));
  EXPECT_THAT(take_all(), ElementsAre("ia"));
}

TEST_F(PlanTest, runs_are_consecutive_chunks_and_end_where_parts_end) {
  const EntryId a = toc_.table("a");
  const EntryId rows = toc_.data(a, 7);
  auto& chunks = toc_.chunks[rows];
  chunks[0].info.part = chunks[1].info.part = 0;
  for (std::size_t i = 2; i < 7; ++i) chunks[i].info.part = 1;
  plan_options_ = {.jobs = 2, .run_bytes = 3000};
  build();
  std::vector<std::size_t> sizes;
  const format::ChunkRef* next = chunks.data();
  for (const Step& step : plan_->steps()) {
    if (!step.is_load) continue;
    EXPECT_EQ(step.chunks.data(), next);
    next += step.chunks.size();
    sizes.push_back(step.chunks.size());
    EXPECT_FALSE(step.sole_load_of_new_table);
  }
  EXPECT_THAT(sizes, ElementsAre(2u, 3u, 2u));
}

TEST_F(PlanTest, one_job_loads_each_table_in_one_run) {
  const EntryId a = toc_.table("a"), b = toc_.table("b");
  toc_.data(a, 100, std::uint64_t{1} << 30);
  toc_.data(b, 0);
  build();
  std::vector<std::size_t> sizes;
  for (const Step& step : plan_->steps()) {
    if (step.is_load) sizes.push_back(step.chunks.size());
    EXPECT_EQ(step.sole_load_of_new_table, step.is_load);
  }
  EXPECT_THAT(sizes, ElementsAre(100u, 0u));
}

TEST_F(PlanTest, a_table_that_exists_already_is_not_emptied) {
  toc_.data(toc_.table("a"), 1);
  options_.data_only = true;
  build();
  ASSERT_EQ(plan_->steps().size(), 1u);
  EXPECT_FALSE(plan_->steps()[0].sole_load_of_new_table);
}

TEST_F(PlanTest, the_longest_chain_comes_first) {
  const EntryId small = toc_.table("small"), big = toc_.table("big"), chained = toc_.table("chained");
  toc_.data(small, 1, 10), toc_.data(big, 1, 100'000), toc_.data(chained, 1, 60'000);
  toc_.index("ic", chained);  // 60 000 more bytes to read
  build();
  finish_serial();
  EXPECT_THAT(take_all(), ElementsAre("load chained", "load big", "load small"));
}

TEST_F(PlanTest, exclusive_locks_of_one_table_do_not_meet) {
  const EntryId a = toc_.table("a"), b = toc_.table("b");
  const EntryId first = toc_.constraint("c1", {a}), second = toc_.constraint("c2", {a, b});
  const EntryId index = toc_.index("ib", b);
  toc_.constraint("c3", {b});
  build();
  finish_serial();
  EXPECT_THAT(take_all(), ElementsAre("c1", "ib"));  // c2 meets c1, c3 meets the index's table
  plan_->done(running(index));
  EXPECT_THAT(take_all(), ElementsAre("c3"));
  plan_->done(running(first));
  EXPECT_THAT(take_all(), IsEmpty());
  plan_->failed(running(toc_.toc.entries.back().id), refused());
  EXPECT_THAT(take_all(), ElementsAre("c2"));
  plan_->done(running(second));
  EXPECT_TRUE(plan_->finished());
}

TEST_F(PlanTest, indexes_of_one_table_run_together) {
  const EntryId a = toc_.table("a");
  toc_.index("i1", a), toc_.index("i2", a);
  build();
  finish_serial();
  EXPECT_THAT(take_all(), ElementsAre("i1", "i2"));
}

TEST_F(PlanTest, what_locks_a_table_waits_for_its_rows) {
  const EntryId parent = toc_.table("parent"), leaf = toc_.table("leaf");
  const EntryId rows = toc_.data(leaf, 1);
  toc_.constraint("c", {parent});
  toc_.toc.entries.back().locks.push_back(leaf);  // recurses over the partitions (D7.5)
  build();
  finish_serial();
  EXPECT_THAT(take_all(), ElementsAre("load leaf"));
  plan_->done(running(rows));
  EXPECT_THAT(take_all(), ElementsAre("c"));
}

// Two of three connections have loaded their share of a leaf and wait for the third, whose COPY would queue
// behind the constraint, which waits for the two.
TEST_F(PlanTest, loads_of_a_partition_keep_exclusive_statements_off_all_tables_above) {
  const EntryId root = toc_.table("root"), middle = toc_.table("middle"), leaf = toc_.table("leaf");
  const EntryId other = toc_.table("other");
  toc_.add("TABLE ATTACH", "middle", format::Section::pre_data, {root, middle});
  toc_.add("TABLE ATTACH", "leaf", format::Section::pre_data, {middle, leaf});
  toc_.add("TABLE ATTACH", "other", format::Section::pre_data, {middle, other});
  const EntryId rows = toc_.data(leaf, 2);
  toc_.constraint("on root", {root}), toc_.constraint("on middle", {middle});
  toc_.constraint("on other", {other});
  plan_options_ = {.jobs = 3, .run_bytes = 1000};
  build();
  finish_serial();
  EXPECT_THAT(take_all(), ElementsAre("load leaf", "load leaf", "on other"));
  plan_->done(running(rows));
  EXPECT_THAT(take_all(), IsEmpty());
  plan_->done(running(rows));
  EXPECT_THAT(take_all(), ElementsAre("on root", "on middle"));
}

TEST_F(PlanTest, passes_follow_each_other) {
  const EntryId a = toc_.table("a");
  toc_.acl(a);
  auto& trigger = toc_.add("EVENT TRIGGER", "et", Section::post_data);
  trigger.pass = format::Pass::post_acl;
  const EntryId trigger_id = trigger.id;
  toc_.comment(trigger_id);
  const EntryId refresh = toc_.add("MATERIALIZED VIEW DATA", "m", Section::post_data).id;
  toc_.toc.entries.back().pass = format::Pass::post_acl;
  const EntryId index = toc_.index("i", a);
  build();
  finish_serial();
  EXPECT_THAT(take_all(), ElementsAre("i"));
  plan_->done(running(index));
  EXPECT_THAT(take_all(), ElementsAre("a"));  // the ACL
  plan_->done(running(2));
  EXPECT_THAT(take_all(), ElementsAre("m"));
  plan_->done(running(refresh));
  EXPECT_THAT(take_all(), ElementsAre("et"));  // fires on none of our statements
  plan_->done(running(trigger_id));
  EXPECT_THAT(take_all(), ElementsAre("on et"));
  plan_->done(running(4));
  EXPECT_TRUE(plan_->finished());
}

TEST_F(PlanTest, an_entry_moved_behind_the_rows_takes_its_dependents_along) {
  // D4.6: a function that needs a primary key is in post-data; the view that uses it cannot be serial.
  const EntryId a = toc_.table("a");
  const EntryId key = toc_.constraint("pk", {a});
  const EntryId function = toc_.add("FUNCTION", "f()", Section::post_data, {key}).id;
  const EntryId view = toc_.add("VIEW", "v", Section::pre_data, {function}).id;
  build();
  EXPECT_THAT(std::vector<StepId>(plan_->serial_steps().begin(), plan_->serial_steps().end()),
              ElementsAre(*plan_->first_step(a)));
  finish_serial();
  for (const EntryId id : {key, function, view}) {
    ASSERT_EQ(take_all().size(), 1u);
    plan_->done(running(id));
  }
  EXPECT_TRUE(plan_->finished());
}

TEST_F(PlanTest, dependencies_that_are_not_selected_do_not_block) {
  const EntryId a = toc_.table("a");
  toc_.data(a, 1);
  toc_.index("ia", a);
  options_.section_pre_data = options_.section_data = false;
  build();
  EXPECT_TRUE(plan_->serial_steps().empty());
  EXPECT_THAT(take_all(), ElementsAre("ia"));
}

TEST_F(PlanTest, a_circle_is_damage_and_is_named) {
  const EntryId a = toc_.table("a");
  const EntryId b = toc_.table("b", {a});
  toc_.toc.entries[a - 1].dependencies = {b};
  const auto plan = try_build();
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, ErrorCode::archive_damaged);
  EXPECT_EQ(plan.error().object, "TABLE public.a");
}

TEST_F(PlanTest, an_empty_archive_is_finished_at_once) {
  build();
  EXPECT_TRUE(plan_->finished());
  EXPECT_FALSE(plan_->take());
}

// What an earlier attempt has committed stands between gaps, which are cut to size.
TEST_F(PlanTest, runs_that_are_loaded_already) {
  const EntryId table = toc_.table("t");
  const EntryId data = toc_.data(table, 10);
  const EntryId index = toc_.index("i", table);
  plan_options_.run_bytes = 2000;
  plan_options_.loaded[data] = {{2, 3}, {9, 1}};
  build();
  std::vector<std::pair<std::size_t, std::size_t>> runs;
  for (const Step& step : plan_->steps()) {
    if (!step.is_load) continue;
    EXPECT_TRUE(step.split);
    EXPECT_FALSE(step.sole_load_of_new_table);  // it would empty the table first
    EXPECT_EQ(step.chunks.data(), toc_.chunks_of(data).data() + step.first_chunk);
    runs.emplace_back(step.first_chunk, step.chunks.size());
    if (step.first_chunk == 2 || step.first_chunk == 9) plan_->done(step.id);
  }
  using Run = std::pair<std::size_t, std::size_t>;
  EXPECT_THAT(runs, ElementsAre(Run(0, 2), Run(2, 3), Run(5, 2), Run(7, 2), Run(9, 1)));
  finish_serial();
  EXPECT_THAT(take_all(), ElementsAre("load t", "load t", "load t"));
  EXPECT_FALSE(plan_->may_set_aside(running_.at(data).front()));
  for (int i = 0; i < 3; ++i) plan_->done(running(data));
  EXPECT_THAT(take_all(), ElementsAre("i"));
  plan_->done(running(index));
  EXPECT_TRUE(plan_->finished());
}

TEST_F(PlanTest, a_table_that_is_loaded_already) {
  const EntryId table = toc_.table("t");
  const EntryId data = toc_.data(table, 4);
  toc_.index("i", table);
  plan_options_.loaded[data] = {{0, 4}};
  build();
  plan_->done(*plan_->first_step(data));
  finish_serial();
  EXPECT_THAT(take_all(), ElementsAre("i"));
}

// A record that does not fit the archive is not followed out of it.
TEST_F(PlanTest, loaded_runs_that_are_not_the_archives) {
  const EntryId data = toc_.data(toc_.table("t"), 4);
  plan_options_.loaded[data] = {{1, 2}, {2, 1}, {3, 9}, {77, 1}};
  build();
  std::size_t chunks = 0;
  for (const Step& step : plan_->steps()) chunks += step.chunks.size();
  EXPECT_EQ(chunks, 4u);
}

TEST_F(PlanTest, event_triggers_that_are_held) {
  const EntryId table = toc_.table("t");
  toc_.index("i", table);
  toc_.add("EVENT TRIGGER", "e", Section::post_data);
  plan_options_.hold_event_triggers = true;
  build();
  finish_serial();
  EXPECT_THAT(take_all(), ElementsAre("i"));
  EXPECT_FALSE(plan_->finished());
  plan_->done(*plan_->first_step(2));
  EXPECT_TRUE(plan_->finished());
  EXPECT_THAT(take_all(), IsEmpty());
  plan_->begin_event_triggers();
  EXPECT_FALSE(plan_->finished());
  EXPECT_THAT(take_all(), ElementsAre("e"));
  plan_->done(*plan_->first_step(3));
  EXPECT_TRUE(plan_->finished());
}

TEST_F(PlanTest, RowsNeedNoOrderWithoutForeignKeys) {
  const EntryId child = toc_.table("child"), parent = toc_.table("parent");
  toc_.data(child, 1);
  toc_.data(parent, 1);
  toc_.constraint("key", {child, parent});
  toc_.toc.entries.back().kind = "FK CONSTRAINT";
  options_.data_only = true;
  build();
  EXPECT_THAT(take_all(), ElementsAre("load parent"));
  plan_options_.no_foreign_keys = true;
  build();
  EXPECT_THAT(take_all(), SizeIs(2));
}

// A table that is little of the whole is one connection's, in the source's order; a big one is everybody's.
TEST_F(PlanTest, OnlyWhatIsMuchIsShared) {
  plan_options_.jobs = 2;
  const EntryId big = toc_.data(toc_.table("big"), 40, 10'000'000);
  const EntryId little = toc_.data(toc_.table("little"), 8, 10'000'000);
  build();
  EXPECT_GT(plan_->step_count(big), 2u);
  EXPECT_EQ(plan_->step_count(little), 1u);
  EXPECT_TRUE(plan_->step(*plan_->first_step(little)).sole_load_of_new_table);
  EXPECT_FALSE(plan_->step(*plan_->first_step(big)).sole_load_of_new_table);
}

}  // namespace
}  // namespace pgark::restore
