#include "cli/report/markdown.hpp"

#include <gtest/gtest.h>

namespace pgark::cli::report {
namespace {

TEST(MarkdownReport, TextIsNeverMarkup) {
  EXPECT_EQ(escape_markdown("a|b"), "a\\|b");
  EXPECT_EQ(escape_markdown("<img src=x>"), "\\<img src=x\\>");
  EXPECT_EQ(escape_markdown("[a](b)"), "\\[a\\]\\(b\\)");
  EXPECT_EQ(escape_markdown("`*_~\\"), "\\`\\*\\_\\~\\\\");
  EXPECT_EQ(escape_markdown("a&lt;"), "a\\&lt;");
  EXPECT_EQ(escape_markdown("one\ntwo"), "one\\\\x0atwo");
  EXPECT_EQ(escape_markdown("shop-2 3.4 : 1, 50 %"), "shop-2 3.4 : 1, 50 %");
}

TEST(MarkdownReport, NothingBeginsABlock) {
  EXPECT_EQ(escape_markdown("# a"), "\\#<!-- --> a");
  EXPECT_EQ(escape_markdown("- a"), "\\- a");
  EXPECT_EQ(escape_markdown("> a"), "\\> a");
}

TEST(MarkdownReport, NobodyIsMentionedAndNothingIsALink) {
  EXPECT_EQ(escape_markdown("@all"), "@<!-- -->all");
  EXPECT_EQ(escape_markdown("see #12"), "see #<!-- -->12");
  EXPECT_EQ(escape_markdown("http://a"), "http:<!-- -->//a");
  EXPECT_EQ(escape_markdown("www.a"), "www<!-- -->.a");
  EXPECT_EQ(escape_markdown("below. w.a ww."), "below. w.a ww.");
}

TEST(MarkdownReport, AWholeDocument) {
  Document document{"Backup a", {"complete", Tone::good}, {}, "The end."};
  Section section{"Summary", "", {{"size", {"7 MB"}}}, {}, {}, {}, ""};
  Section tables{"Tables", "Above.", {}, {}, {}, {}, "Below."};
  tables.grid = {{{"table"}, {"rows", true}}, {{{"a|b", Tone::warning, 0.5}, {"7", Tone::bad}}}};
  document.sections = {section, tables};
  EXPECT_EQ(markdown(document),
            "# Backup a\n\ncomplete\n\n"
            "## Summary\n\n| fact | value |\n| --- | --- |\n| size | 7 MB |\n\n"
            "## Tables\n\nAbove.\n\n| table | rows |\n| --- | ---: |\n| *a\\|b* | **7** |\n\nBelow.\n\n"
            "The end.\n");
}

}  // namespace
}  // namespace pgark::cli::report
