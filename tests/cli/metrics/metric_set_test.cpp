#include "cli/metrics/metric_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>

namespace pgark::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The grammar of the documentation, written down a second time.
void expect_exposition(const std::string& text) {
  const std::regex help("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) [^\\n\\\\]+");
  const std::regex type("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) gauge");
  const std::regex sample(
      "([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{[a-z_]+=\"([^\"\\\\\\n]|\\\\[\\\\\"n])*\"(,[a-z_]+=\"([^\"\\\\\\n]|\\\\["
      "\\\\\"n])*\")*\\})? [-+]?[0-9.]+(e[-+]?[0-9]+)?");
  std::set<std::string> families, samples;
  std::string helped, family;
  std::istringstream lines(text);
  ASSERT_TRUE(text.empty() || text.ends_with('\n'));
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, help)) {
      helped = match[1];
      EXPECT_TRUE(families.insert(helped).second) << "a second HELP: " << line;
    } else if (std::regex_match(line, match, type)) {
      family = match[1];
      EXPECT_EQ(family, helped);
    } else {
      ASSERT_TRUE(std::regex_match(line, match, sample)) << line;
      EXPECT_EQ(match[1], family) << "not below its TYPE: " << line;
      EXPECT_TRUE(samples.insert(line.substr(0, line.rfind(' '))).second) << "twice: " << line;
    }
  }
}

TEST(MetricSet, WritesWhatPrometheusReads) {
  MetricSet set;
  set.set("pgark_backups", {{"database", "shop"}, {"state", "complete"}}, 3);
  set.set("pgark_backups", {{"database", "shop"}, {"state", "damaged"}}, 0);
  set.set("pgark_run_timestamp_seconds", {{"command", "backup"}, {"database", ""}}, 1768487400.25);
  set.set("pgark_run_duration_seconds", {}, 0.001);
  EXPECT_EQ(set.text(),
            "# HELP pgark_run_timestamp_seconds When the last run of the command ended.\n"
            "# TYPE pgark_run_timestamp_seconds gauge\n"
            "pgark_run_timestamp_seconds{command=\"backup\"} 1768487400.25\n"
            "# HELP pgark_run_duration_seconds How long the last run of the command took.\n"
            "# TYPE pgark_run_duration_seconds gauge\n"
            "pgark_run_duration_seconds 0.001\n"
            "# HELP pgark_backups Backups in the place, by their state.\n"
            "# TYPE pgark_backups gauge\n"
            "pgark_backups{database=\"shop\",state=\"complete\"} 3\n"
            "pgark_backups{database=\"shop\",state=\"damaged\"} 0\n");
  expect_exposition(set.text());
}

TEST(MetricSet, EveryFamilyIsWrittenOnce) {
  MetricSet set;
  std::set<std::string> names;
  for (const MetricFamily& family : metric_families()) {
    EXPECT_TRUE(names.insert(family.name).second) << family.name;
    set.set(family.name, {{"database", "a"}}, 1);
    set.set(family.name, {{"database", "b"}}, 2);
    set.set(family.name, {{"database", "a"}}, 3);
  }
  expect_exposition(set.text());
  for (const MetricFamily& family : metric_families())
    EXPECT_THAT(set.text(), HasSubstr("\n" + std::string(family.name) + "{database=\"a\"} 3\n"));
}

TEST(MetricSet, HostileNamesStayInsideTheirQuotes) {
  MetricSet set;
  for (const char* name :
       {"a\"} 1\npgark_backups{database=\"x", "back\\slash", "\\", "\xff\x01", "\xc3\xa4", "\"", "a,b={}"})
    set.set("pgark_backups", {{"database", name}}, 1);
  expect_exposition(set.text());
  EXPECT_THAT(set.text(), HasSubstr("\"\\\\xff\\\\x01\""));
  EXPECT_THAT(set.text(), HasSubstr("\"\xc3\xa4\""));
  EXPECT_THAT(set.text(), HasSubstr("\"back\\\\slash\""));
  const MetricSet again = MetricSet::parse(set.text());
  EXPECT_EQ(again.text(), set.text());
}

TEST(MetricSet, ReadsItsOwnAndLeavesOutTheRest) {
  const MetricSet set = MetricSet::parse(
      "# HELP other x\nother 1\npgark_backups{database=\"shop\"} "
      "2\npgark_backups{database=\"cut\npgark_backups{} x\n"
      "pgark_backups{database=\"a\"}\npgark_backups{database=\"a\" 1\npgark_unknown 1\npgark_run_exit_status "
      "130");
  EXPECT_TRUE(set.has("pgark_backups", {{"database", "shop"}}));
  EXPECT_TRUE(set.has("pgark_run_exit_status", {}));
  EXPECT_FALSE(set.has("pgark_backups", {{"database", "a"}}));
  EXPECT_THAT(set.text(), Not(HasSubstr("other")));
  EXPECT_THAT(set.text(), Not(HasSubstr("unknown")));
  EXPECT_EQ(MetricSet::parse("").text(), "");
}

}  // namespace
}  // namespace pgark::cli
