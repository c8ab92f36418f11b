#include "restore/dependency_closure.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "toc_builder.hpp"

namespace pgark::restore {
namespace {

using format::EntryId;
using format::Section;
using Ids = std::set<EntryId>;

// orders refers to users, which has a default of a function and a partitioned twin.
class DependencyClosureTest : public testing::Test {
 protected:
  DependencyClosureTest() {
    schema_ = toc_.schema("public");
    function_ = toc_.add("FUNCTION", "f()", Section::pre_data, {schema_}).id;
    users_ = toc_.table("users", {schema_});
    orders_ = toc_.table("orders", {schema_});
    default_ = part("DEFAULT", "users id", "users", Section::pre_data, {users_, function_});
    users_data_ = toc_.data(users_, 1);
    orders_data_ = toc_.data(orders_, 1);
    key_ = toc_.constraint("users_pkey", {users_, users_data_});
    index_ = toc_.index("users_name", users_);
    trigger_ = part("TRIGGER", "t", "users", Section::post_data, {users_, function_});
    foreign_key_ = part("FK CONSTRAINT", "orders_user", "orders", Section::post_data,
                        {users_, orders_, users_data_, orders_data_, key_});
    security_ = part("ROW SECURITY", "users", "users", Section::post_data, {users_, users_data_});
  }

  EntryId part(const std::string& kind, const std::string& name, const std::string& table, Section section,
               std::vector<EntryId> dependencies) {
    auto& entry = toc_.add(kind, name, section, std::move(dependencies));
    entry.table = table;
    return entry.id;
  }

  Ids closure(const Ids& chosen) {
    std::vector<bool> flags(toc_.toc.entries.size() + 1);
    for (const EntryId id : chosen) flags[id] = true;
    const ClosureRules rules{
        [this](const format::TocEntry& entry) { return !not_restored_.contains(entry.id); },
        [this](const format::TocEntry& entry) { return excluded_.contains(entry.id); }};
    const auto refused = add_dependencies(toc_.toc, rules, flags);
    refused_ = Ids(refused.begin(), refused.end());
    Ids result;
    for (EntryId id = 1; id < flags.size(); ++id) {
      if (flags[id]) result.insert(id);
    }
    return result;
  }

  test::TocBuilder toc_;
  Ids not_restored_, excluded_, refused_;
  EntryId schema_, function_, users_, orders_, default_, users_data_, orders_data_, key_, index_, trigger_,
      foreign_key_, security_;
};

TEST_F(DependencyClosureTest, a_foreign_key_brings_the_table_its_rows_and_its_key) {
  EXPECT_EQ(closure({orders_, orders_data_, foreign_key_}),
            (Ids{orders_, orders_data_, foreign_key_, schema_, users_, users_data_, key_, default_, function_,
                 security_}));
}

TEST_F(DependencyClosureTest, an_added_table_has_what_makes_it_and_no_more) {
  const Ids all = closure({users_});
  EXPECT_TRUE(all.contains(default_) && all.contains(security_) && all.contains(users_data_));
  EXPECT_FALSE(all.contains(index_) || all.contains(trigger_) || all.contains(key_));
}

TEST_F(DependencyClosureTest, what_is_not_restored_needs_nothing) {
  not_restored_ = {foreign_key_, orders_data_};
  EXPECT_EQ(closure({orders_, orders_data_, foreign_key_}),
            (Ids{orders_, orders_data_, foreign_key_, schema_}));
}

TEST_F(DependencyClosureTest, what_is_excluded_stays_out_and_is_told) {
  excluded_ = {users_, users_data_, key_};
  EXPECT_EQ(closure({orders_, foreign_key_}), (Ids{orders_, foreign_key_, schema_, orders_data_}));
  EXPECT_EQ(refused_, excluded_);
}

TEST_F(DependencyClosureTest, ties_come_when_both_ends_do) {
  const EntryId partition = toc_.table("users_1", {schema_, users_});
  const EntryId attach = part("TABLE ATTACH", "users_1", "users_1", Section::pre_data, {users_, partition});
  const EntryId partition_index = toc_.index("users_1_name", partition);
  const EntryId index_attach = part("INDEX ATTACH", "users_1_name", "users_1", Section::post_data,
                                    {users_, partition, index_, partition_index});
  EXPECT_FALSE(closure({users_}).contains(attach));
  EXPECT_TRUE(closure({partition}).contains(attach));
  EXPECT_FALSE(closure({partition}).contains(index_attach));
  const Ids with_index = closure({partition, index_});
  EXPECT_TRUE(with_index.contains(index_attach) && with_index.contains(partition_index));
}

TEST_F(DependencyClosureTest, sequences_of_columns) {
  const EntryId identity = part("SEQUENCE", "users_no_seq", "users", Section::pre_data, {users_});
  const EntryId sequence = toc_.add("SEQUENCE", "users_id_seq", Section::pre_data, {users_}).id;
  const EntryId owned =
      part("SEQUENCE OWNED BY", "users_id_seq", "users", Section::pre_data, {users_, sequence});
  const EntryId value = toc_.add("SEQUENCE SET", "users_id_seq", Section::data, {sequence}).id;
  Ids all = closure({users_});
  EXPECT_TRUE(all.contains(identity));
  EXPECT_FALSE(all.contains(sequence) || all.contains(owned) || all.contains(value));
  all = closure({sequence});
  EXPECT_TRUE(all.contains(users_) && all.contains(owned) && all.contains(value));
}

}  // namespace
}  // namespace pgark::restore
