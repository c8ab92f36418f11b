#include "cli/report/timeline_sections.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/report/charts.hpp"

namespace pgark::cli::report {
namespace {

using storage::Timeline;
using ::testing::HasSubstr;
using ::testing::Not;

Document of(const Timeline& timeline) {
  Document document;
  add_timeline(document, timeline);
  return document;
}

TEST(TimelineSections, ALaneForEachConnectionInTheOrderOfTime) {
  const Document document =
      of({10,
          {{1, "public.late", 0, true, 8, 9}, {0, "public.t", 0, true, 0, 5}, {1, "index i", 2, false, 0, 4}},
          0,
          {}});
  ASSERT_EQ(document.sections.size(), 1u);
  const Section& section = document.sections.front();
  ASSERT_EQ(section.lanes.lanes.size(), 2u);
  EXPECT_EQ(section.lanes.lanes[0].name, "connection 1");
  EXPECT_EQ(section.lanes.lanes[0].text, "50 %");
  const Lane& second = section.lanes.lanes[1];
  ASSERT_EQ(second.bars.size(), 2u);
  EXPECT_EQ(second.bars[0].label, "index i and 2 more");
  EXPECT_TRUE(second.bars[0].second);
  EXPECT_EQ(second.bars[1].label, "public.late");
  EXPECT_THAT(section.note, HasSubstr("brown"));
  const std::string html = lanes_html(section.lanes);
  EXPECT_THAT(html, HasSubstr("x=\"800.0\" width=\"100.0\""));
  EXPECT_THAT(html, HasSubstr("<title>public.late: 8.0 s to 9.0 s</title>"));
  const Grid grid = lanes_grid(section.lanes);
  EXPECT_EQ(grid.rows.at(1).at(2).text, "index i and 2 more, 4.0 s");
}

TEST(TimelineSections, ThroughputOfEachInterval) {
  const Document document = of({2, {}, 0.5, {0, 100'000'000, 50'000'000}});
  ASSERT_EQ(document.sections.size(), 1u);
  const Curve& curve = document.sections.front().curve;
  EXPECT_EQ(curve.top, "200 MB/s");
  EXPECT_EQ(curve_text(curve), "▁█▅▁ up to 200 MB/s, 0.5 s each");
  const std::string html = curve_html(curve);
  EXPECT_THAT(html, HasSubstr("x=\"1\" y=\"0.0\" width=\"1\" height=\"100.0\""));
  EXPECT_THAT(html, HasSubstr("x=\"2\" y=\"50.0\" width=\"1\" height=\"50.0\""));
  EXPECT_THAT(html, Not(HasSubstr("x=\"0\"")));
}

TEST(TimelineSections, NothingOfNothing) {
  EXPECT_TRUE(of({}).sections.empty());
  EXPECT_TRUE(of({0, {{0, "x", 0, true, 0, 0}}, 0, {1}}).sections.empty()) << "no time has passed";
  EXPECT_EQ(lanes_html({}), "");
  EXPECT_EQ(curve_html({}), "");
  EXPECT_EQ(curve_text({}), "");
  EXPECT_EQ(curve_html({0.5, {0, 0}, "0"}), "");
}

// As many bars as fit on a line, the greatest of what is together.
TEST(TimelineSections, ALongRunIsOneLine) {
  Curve curve{1, std::vector<double>(240, 1), "x"};
  curve.values[239] = 8;
  const std::string text = curve_text(curve);
  EXPECT_THAT(text, HasSubstr("▂█ up to x, 4.0 s each"));
  Timeline many{1, {}, 0, {}};
  for (std::size_t i = 0; i < 100; ++i) many.stretches.push_back({i, "t", 0, true, 0, 1});
  const Document document = of(many);
  EXPECT_EQ(document.sections.front().lanes.lanes.size(), 64u);
  EXPECT_THAT(document.sections.front().note, HasSubstr("36 connections more"));
}

}  // namespace
}  // namespace pgark::cli::report
