#include "cli/report/restore_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/report/markdown.hpp"

namespace pgark::cli::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RestoreReport : public testing::Test {
 protected:
  RestoreReport() {
    toc_.info = {{format::info_key::kDatabase, "shop"}};
    facts_.seconds = 4;
    facts_.rows = 1234;
    facts_.row_bytes = 8'000'000;
  }
  Document report() const { return restore_report(facts_, 25); }
  std::string text() const { return markdown(report()); }

  format::Toc toc_;
  RestoreFacts facts_{"shop.pgark", "target", toc_, storage::TimePoint(), {}, 0, 0, 0, 0, 0, {}, {}, {}};
};

TEST_F(RestoreReport, SaysWhetherItWasProved) {
  EXPECT_EQ(report().verdict.tone, Tone::warning);
  EXPECT_THAT(text(), HasSubstr("not read again"));
  EXPECT_THAT(text(), HasSubstr("| rows | 1,234 |"));
  EXPECT_THAT(text(), HasSubstr("2.0 MB/s"));
  facts_.proof = {{{"ok", Tone::good}, {"3 tables read again"}}};
  EXPECT_EQ(report().verdict.tone, Tone::good);
  EXPECT_THAT(text(), HasSubstr("| ok | 3 tables read again"));
}

TEST_F(RestoreReport, NamesWhatFailed) {
  EXPECT_THAT(text(), HasSubstr("Nothing: all that was asked for is there."));
  facts_.failure = "1 entry failed";
  facts_.not_restored = {{"TABLE", "public.t", "no such type", false},
                         {"INDEX", "public.i", "not tried", true}};
  EXPECT_EQ(report().verdict.tone, Tone::bad);
  EXPECT_THAT(text(), HasSubstr("**FAILED: 1 entry failed**"));
  EXPECT_THAT(text(), HasSubstr("| TABLE | public.t | **no such type** |"));
  EXPECT_THAT(text(), HasSubstr("| INDEX | public.i | *not tried* |"));
  EXPECT_THAT(text(), Not(HasSubstr("Nothing:")));
}

TEST_F(RestoreReport, HasTheCharts) {
  EXPECT_THAT(text(), Not(HasSubstr("Time line")));
  facts_.timeline = {4, {{0, "public.t", 0, true, 0, 3}}, 1, {5, 6}};
  EXPECT_THAT(text(), HasSubstr("| connection 1 | 75 % | public.t, 3.0 s |"));
  EXPECT_THAT(text(), HasSubstr("## Throughput"));
}

}  // namespace
}  // namespace pgark::cli::report
