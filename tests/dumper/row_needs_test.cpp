#include "dumper/data/row_needs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgark::dumper {
namespace {

using format::EntryId;
using format::Section;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

class RowNeedsTest : public testing::Test {
 protected:
  EntryId add(const std::string& kind, Section section, std::vector<EntryId> needs = {},
              std::vector<EntryId> locks = {}) {
    format::TocEntry& entry = toc_.entries.emplace_back();
    entry.id = static_cast<EntryId>(toc_.entries.size());
    entry.kind = kind;
    entry.section = section;
    entry.dependencies = std::move(needs);
    entry.locks = std::move(locks);
    return entry.id;
  }
  EntryId table(std::vector<EntryId> needs = {}) { return add("TABLE", Section::pre_data, std::move(needs)); }
  EntryId data(EntryId table, std::vector<EntryId> more = {}) {
    more.push_back(table);
    return add("TABLE DATA", Section::data, std::move(more));
  }

  format::Toc toc_;
};

TEST_F(RowNeedsTest, most_tables_need_nothing) {
  const EntryId a = table(), b = table();
  data(a), data(b);
  add("FK CONSTRAINT", Section::post_data, {a, b}, {a, b});
  EXPECT_THAT(row_needs(toc_), IsEmpty());
}

TEST_F(RowNeedsTest, rows_alone_come_in_the_order_of_the_archive) {
  const EntryId a = data(table());
  const EntryId b = data(table(), {a});
  const EntryId c = data(table(), {b});
  EXPECT_THAT(row_needs(toc_), UnorderedElementsAre(Pair(b, ElementsAre(a)), Pair(c, ElementsAre(a, b))));
}

TEST_F(RowNeedsTest, a_table_of_a_view_over_a_key_needs_the_rows_of_the_key) {
  const EntryId keyed = table();
  const EntryId key = add("CONSTRAINT", Section::post_data, {keyed}, {keyed});
  const EntryId view = add("VIEW", Section::pre_data, {keyed, key});
  const EntryId typed = table({view});
  const EntryId rows = data(keyed);
  const EntryId late = data(typed);
  EXPECT_THAT(row_needs(toc_), UnorderedElementsAre(Pair(late, ElementsAre(rows))));
}

}  // namespace
}  // namespace pgark::dumper
