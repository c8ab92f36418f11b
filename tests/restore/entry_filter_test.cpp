#include "restore/entry_filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "restore/selection.hpp"
#include "toc_builder.hpp"

namespace pgark::restore {
namespace {

using format::Section;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class EntryFilterTest : public testing::Test {
 protected:
  EntryFilterTest() {
    const auto t = builder_.table("t");
    builder_.index("t_day", t);
    builder_.add("TRIGGER", "stamp", Section::post_data, {t}).table = "t";
    builder_.add("FUNCTION", "f(integer)", Section::pre_data);
    builder_.add("FUNCTION", "f(integer, double precision)", Section::pre_data);
    builder_.add("PROCEDURE", "odd(name)(text)", Section::pre_data);
    builder_.table("u");
  }
  // Names of the entries that match.
  std::vector<std::string> matched() const {
    const auto filter = EntryFilter::compile(options_, "db");
    EXPECT_TRUE(filter) << filter.error().to_string();
    std::vector<std::string> names;
    for (const auto& entry : builder_.toc.entries) {
      if (filter && filter->matches(entry)) names.push_back(entry.name);
    }
    return names;
  }
  test::TocBuilder builder_;
  RestoreOptions options_;
};

TEST_F(EntryFilterTest, ATableTakesWhatHangsOnIt) {
  options_.include_tables = {"t"};
  EXPECT_THAT(matched(), ElementsAre("t", "t_day", "stamp"));
}

// What was typed is UTF-8; the archive's names are in its own encoding.
TEST_F(EntryFilterTest, NamesInOtherEncodings) {
  builder_.table("t\xe9");
  options_.include_tables = {"t\xc3\xa9"};
  const auto& table = builder_.toc.entries.back();
  for (const char* encoding : {"LATIN1", "LATIN9", "WIN1252"})
    EXPECT_TRUE(EntryFilter::compile(options_, "db", encoding).value().matches(table)) << encoding;
  for (const char* encoding : {"UTF8", "SQL_ASCII"})
    EXPECT_FALSE(EntryFilter::compile(options_, "db", encoding).value().matches(table)) << encoding;
  const auto unknown = EntryFilter::compile(options_, "db", "MULE_INTERNAL");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::usage);
  options_.include_tables = {"t?"};
  EXPECT_TRUE(EntryFilter::compile(options_, "db", "LATIN1").value().matches(table));
  options_.include_tables = {"t\xe9"};  // typed in the archive's encoding
  EXPECT_TRUE(EntryFilter::compile(options_, "db", "LATIN1").value().matches(table));
}

TEST_F(EntryFilterTest, AnIndexOrATriggerAlone) {
  options_.include_indexes = {"public.t_*"};
  EXPECT_THAT(matched(), ElementsAre("t_day"));
  options_.include_triggers = {"stamp"};
  EXPECT_THAT(matched(), ElementsAre("t_day", "stamp")) << "they add to each other";
  options_.include_tables = {"u"};
  EXPECT_THAT(matched(), ElementsAre("t_day", "stamp", "u"));
}

TEST_F(EntryFilterTest, FunctionsByNameOrByArguments) {
  options_.include_functions = {"f"};
  EXPECT_THAT(matched(), ElementsAre("f(integer)", "f(integer, double precision)"));
  options_.include_functions = {"public.f (integer ,double precision)"};
  EXPECT_THAT(matched(), ElementsAre("f(integer, double precision)"));
  options_.include_functions = {"f()"};
  EXPECT_THAT(matched(), ElementsAre());
  options_.include_functions = {"\"odd(name)\"(text)"};
  EXPECT_THAT(matched(), ElementsAre("odd(name)(text)"));
}

TEST_F(EntryFilterTest, SchemasMustMatchToo) {
  options_.include_functions = {"f"};
  options_.include_schemas = {"other"};
  EXPECT_THAT(matched(), ElementsAre());
}

TEST_F(EntryFilterTest, ExcludedTablesTakeTheirPartsAlong) {
  options_.exclude_tables = {"t"};
  options_.include_indexes = {"t_day"};
  EXPECT_THAT(matched(), ElementsAre());
}

TEST_F(EntryFilterTest, PatternsWithoutAMatchAreKnown) {
  options_.include_tables = {"t", "nothing"};
  options_.include_functions = {"g(integer)"};
  const auto filter = EntryFilter::compile(options_, "db");
  ASSERT_TRUE(filter);
  EXPECT_THAT(filter->unmatched(builder_.toc), ElementsAre("nothing", "g(integer)"));
}

TEST_F(EntryFilterTest, StrictNamesRefuseThem) {
  options_.include_tables = {"t", "nothing"};
  EXPECT_TRUE(Selection::make(builder_.toc, options_));
  options_.strict_names = true;
  const auto selection = Selection::make(builder_.toc, options_);
  ASSERT_FALSE(selection);
  EXPECT_EQ(selection.error().code, ErrorCode::usage);
  EXPECT_THAT(selection.error().object, HasSubstr("nothing"));
}

TEST_F(EntryFilterTest, BadPatternsAreRefused) {
  for (const char* text : {"f(integer", "a.b.c.d(x)", "other.public.f"}) {
    options_.include_functions = {text};
    EXPECT_FALSE(EntryFilter::compile(options_, "db")) << text;
  }
}

}  // namespace
}  // namespace pgark::restore
