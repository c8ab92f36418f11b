#include "restore/selection.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "toc_builder.hpp"

namespace pgark::restore {
namespace {

using format::EntryId;
using format::Section;

// schema shop; public.orders with everything that can hang on a table; shop.items; a function.
class SelectionTest : public testing::Test {
 protected:
  SelectionTest() {
    toc_.toc.info[format::info_key::kDatabase] = "store";
    database_ = add_database("DATABASE", {});
    properties_ = add_database("DATABASE PROPERTIES", {database_});
    database_comment_ = toc_.comment(database_);
    shop_ = toc_.schema("shop");
    function_ = toc_.add("FUNCTION", "f(integer)", Section::pre_data).id;
    orders_ = toc_.table("orders");
    sequence_ = toc_.add("SEQUENCE", "orders_id_seq", Section::pre_data).id;
    owned_ = toc_.add("SEQUENCE OWNED BY", "orders_id_seq", Section::pre_data, {sequence_, orders_}).id;
    auto& items = toc_.add("TABLE", "items", Section::pre_data, {shop_});
    items.schema = "shop";
    items_ = items.id;
    comment_ = toc_.comment(orders_);
    acl_ = toc_.acl(orders_);
    data_ = toc_.data(orders_, 1);
    sequence_set_ = toc_.add("SEQUENCE SET", "orders_id_seq", Section::data, {sequence_}).id;
    index_ = toc_.index("orders_day", orders_);
    index_comment_ = toc_.comment(index_);
    matview_ = toc_.add("MATERIALIZED VIEW", "totals", Section::pre_data, {orders_}).id;
    refresh_ = toc_.add("MATERIALIZED VIEW DATA", "totals", Section::post_data, {matview_}).id;
  }

  EntryId add_database(const std::string& kind, std::vector<EntryId> dependencies) {
    auto& entry = toc_.add(kind, "store", Section::none, std::move(dependencies));
    entry.schema.clear();
    return entry.id;
  }

  std::set<EntryId> selected() {
    const auto selection = Selection::make(toc_.toc, options_);
    EXPECT_TRUE(selection) << selection.error().to_string();
    std::set<EntryId> ids;
    for (const auto& entry : toc_.toc.entries) {
      if (selection && selection->contains(entry.id)) ids.insert(entry.id);
    }
    return ids;
  }
  std::string usage_error() {
    const auto selection = Selection::make(toc_.toc, options_);
    if (selection) return "no error";
    EXPECT_EQ(selection.error().code, ErrorCode::usage);
    return selection.error().to_string();
  }
  std::set<EntryId> all_but(std::set<EntryId> without) {
    std::set<EntryId> ids;
    for (const auto& entry : toc_.toc.entries) {
      if (!without.contains(entry.id)) ids.insert(entry.id);
    }
    return ids;
  }

  test::TocBuilder toc_;
  RestoreOptions options_;
  EntryId database_, properties_, database_comment_, shop_, function_, orders_, sequence_, owned_, items_,
      comment_, acl_, data_, sequence_set_, index_, index_comment_, matview_, refresh_;
};

TEST_F(SelectionTest, everything_but_the_database_by_default) {
  EXPECT_EQ(selected(), all_but({database_, properties_, database_comment_}));
}

TEST_F(SelectionTest, create_takes_the_database_and_its_comment) {
  options_.create = true;
  EXPECT_EQ(selected(), all_but({}));
}

TEST_F(SelectionTest, a_table_brings_what_hangs_on_it_and_its_sequences) {
  options_.include_tables = {"orders"};
  EXPECT_EQ(selected(), (std::set<EntryId>{orders_, sequence_, owned_, comment_, acl_, data_, sequence_set_,
                                           index_, index_comment_}));
}

TEST_F(SelectionTest, with_dependencies_says_what_it_has_added) {
  options_.include_tables = {"items"};
  options_.with_dependencies = true;
  EXPECT_EQ(selected(), (std::set<EntryId>{shop_, items_}));
  const auto selection = Selection::make(toc_.toc, options_);
  ASSERT_TRUE(selection);
  EXPECT_EQ(selection->added(), std::vector<EntryId>{shop_});
  options_.exclude_schemas = {"shop"};
  options_.include_tables = {"totals"};
  EXPECT_EQ(selected(), (std::set<EntryId>{orders_, comment_, acl_, data_, matview_, refresh_}));
}

TEST_F(SelectionTest, with_dependencies_follows_rows_where_only_rows_are_wanted) {
  const EntryId items_data = toc_.data(items_, 1);
  toc_.toc.entries[items_data - 1].schema = "shop";
  auto& key = toc_.add("FK CONSTRAINT", "key", Section::post_data, {orders_, items_, data_, items_data});
  key.table = "orders";
  options_.include_tables = {"orders"};
  options_.with_dependencies = true;
  options_.data_only = true;
  EXPECT_EQ(selected(), (std::set<EntryId>{data_, items_data, sequence_set_}));
  options_.data_only = false;
  options_.section_post_data = false;
  EXPECT_FALSE(selected().contains(items_data));
}

TEST_F(SelectionTest, a_list_is_complete_in_itself) {
  options_.with_dependencies = true;
  options_.use_list = std::vector<EntryId>{orders_};
  EXPECT_NE(usage_error().find("--use-list"), std::string::npos);
}

TEST_F(SelectionTest, an_identity_sequence_comes_with_its_table) {
  const EntryId identity = toc_.add("SEQUENCE", "orders_no_seq", Section::pre_data, {orders_}).id;
  options_.include_tables = {"public.orders"};
  EXPECT_TRUE(selected().contains(identity));
  options_.exclude_tables = {"*_no_seq"};
  EXPECT_FALSE(selected().contains(identity));
}

TEST_F(SelectionTest, a_schema_pattern_takes_the_schema_and_its_objects) {
  options_.include_schemas = {"sh*"};
  EXPECT_EQ(selected(), (std::set<EntryId>{shop_, items_}));
}

TEST_F(SelectionTest, exclusions_leave_schemaless_objects_alone) {
  options_.exclude_schemas = {"public"};
  EXPECT_EQ(selected(), (std::set<EntryId>{shop_, items_}));
  options_.exclude_schemas = {"shop"};
  EXPECT_EQ(selected(), all_but({database_, properties_, database_comment_, shop_, items_}));
}

TEST_F(SelectionTest, an_excluded_table_goes_with_all_that_hangs_on_it) {
  options_.exclude_tables = {"public.orders"};
  EXPECT_EQ(selected(), all_but({database_, properties_, database_comment_, orders_, comment_, acl_, data_,
                                 index_, index_comment_}));
}

TEST_F(SelectionTest, schema_and_table_patterns_must_both_match) {
  options_.include_schemas = {"shop"};
  options_.include_tables = {"orders"};
  EXPECT_NE(usage_error().find("nothing in the archive matches"), std::string::npos);
}

TEST_F(SelectionTest, schema_only_leaves_rows_and_refreshes_out) {
  options_.schema_only = true;
  EXPECT_EQ(selected(), all_but({database_, properties_, database_comment_, data_, sequence_set_, refresh_}));
}

TEST_F(SelectionTest, data_only_is_rows_sequences_and_refreshes) {
  options_.data_only = true;
  EXPECT_EQ(selected(), (std::set<EntryId>{data_, sequence_set_, refresh_}));
}

TEST_F(SelectionTest, sections_take_comments_with_their_objects) {
  options_.section_pre_data = options_.section_data = false;
  EXPECT_EQ(selected(), (std::set<EntryId>{index_, index_comment_, refresh_}));
  options_.section_pre_data = true;
  options_.section_post_data = false;
  EXPECT_EQ(selected(), (std::set<EntryId>{shop_, function_, orders_, sequence_, owned_, items_, comment_,
                                           acl_, matview_}));
}

TEST_F(SelectionTest, no_privileges_drops_acls) {
  options_.no_privileges = true;
  EXPECT_EQ(selected(), all_but({database_, properties_, database_comment_, acl_}));
}

TEST_F(SelectionTest, contradictions_and_bad_patterns_are_usage_errors) {
  options_.schema_only = options_.data_only = true;
  EXPECT_NE(usage_error().find("exclude each other"), std::string::npos);
  options_ = {};
  options_.data_only = options_.clean = true;
  EXPECT_NE(usage_error().find("need definitions"), std::string::npos);
  options_ = {};
  options_.include_tables = {"other.public.orders"};
  EXPECT_NE(usage_error().find("other.public.orders"), std::string::npos);
  options_.include_tables = {"store.public.orders"};
  EXPECT_TRUE(selected().contains(orders_));
  options_.include_tables = {"a.b.c.d"};
  EXPECT_NE(usage_error().find("a.b.c.d"), std::string::npos);
}

TEST(DropForeignKeys, IsRefusedWithWhatItContradicts) {
  const auto refusal = [](RestoreOptions options) {
    options.drop_foreign_keys = true;
    const auto checked = check_options(options);
    return checked ? std::string("accepted") : checked.error().message;
  };
  RestoreOptions options;
  EXPECT_NE(refusal(options).find("without definitions"), std::string::npos);
  options.data_only = true;
  EXPECT_EQ(refusal(options), "accepted");
  options.disable_triggers = true;
  EXPECT_NE(refusal(options).find("--disable-triggers exclude each other"), std::string::npos);
  options.disable_triggers = false;
  options.transaction_size = 5;
  EXPECT_NE(refusal(options).find("--transaction-size does not"), std::string::npos);
}

}  // namespace
}  // namespace pgark::restore
