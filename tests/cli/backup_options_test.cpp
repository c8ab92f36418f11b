#include "cli/backup_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgark::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What the words of a command line come to.
Result<BackupPlan> plan(const std::vector<std::string>& words) {
  CLI::App command("test", "backup");
  command.set_help_flag("--help", "");  // -h is the host's
  BackupChoice choice;
  add_backup_choice(command, choice);
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  command.parse(reversed);
  return backup_plan(std::move(choice));
}

BackupPlan good(const std::vector<std::string>& words) {
  auto result = plan(words);
  EXPECT_TRUE(result) << result.error().to_string();
  return result ? std::move(*result) : BackupPlan{};
}

std::string refusal(const std::vector<std::string>& words) {
  const auto result = plan(words);
  if (result) return "accepted";
  EXPECT_EQ(result.error().code, ErrorCode::usage);
  return result.error().message;
}

TEST(BackupOptions, NothingMeansEverything) {
  const BackupPlan all = good({});
  EXPECT_TRUE(all.selection.everything());
  EXPECT_TRUE(all.selection.wants_rows() && all.selection.wants_schema());
  EXPECT_EQ(all.selection.to_options(), "");
}

TEST(BackupOptions, PatternsGoIntoTheirLists) {
  const BackupPlan some = good({"-n",
                                "a",
                                "-N",
                                "b",
                                "-t",
                                "c",
                                "-T",
                                "d",
                                "--table-and-children",
                                "e",
                                "--exclude-table-and-children",
                                "f",
                                "--exclude-table-data",
                                "g",
                                "--exclude-table-data-and-children",
                                "h",
                                "-e",
                                "i",
                                "--exclude-extension",
                                "j",
                                "--include-foreign-data",
                                "k",
                                "-n",
                                "l",
                                "--strict-names"});
  const dumper::Selection& selection = some.selection;
  EXPECT_THAT(selection.include_schemas, ElementsAre("a", "l"));
  EXPECT_THAT(selection.exclude_schemas, ElementsAre("b"));
  EXPECT_THAT(selection.include_tables, ElementsAre("c"));
  EXPECT_THAT(selection.exclude_tables, ElementsAre("d"));
  EXPECT_THAT(selection.include_tables_and_children, ElementsAre("e"));
  EXPECT_THAT(selection.exclude_tables_and_children, ElementsAre("f"));
  EXPECT_THAT(selection.exclude_table_data, ElementsAre("g"));
  EXPECT_THAT(selection.exclude_table_data_and_children, ElementsAre("h"));
  EXPECT_THAT(selection.include_extensions, ElementsAre("i"));
  EXPECT_THAT(selection.exclude_extensions, ElementsAre("j"));
  EXPECT_THAT(selection.include_foreign_data, ElementsAre("k"));
  EXPECT_TRUE(selection.strict_names);
  EXPECT_FALSE(selection.everything());
}

TEST(BackupOptions, FiltersAreWrittenOutPatterns) {
  BackupChoice choice;
  const auto rule = [](bool include, FilterKind kind, const char* pattern) {
    return FilterRule{include, kind, pattern, 1};
  };
  const auto applied =
      apply_filter({rule(true, FilterKind::table, "a"), rule(false, FilterKind::table, "b"),
                    rule(false, FilterKind::table_data, "c"), rule(true, FilterKind::foreign_data, "d"),
                    rule(false, FilterKind::extension, "e")},
                   choice);
  ASSERT_TRUE(applied);
  EXPECT_THAT(choice.shared.include_tables, ElementsAre("a"));
  EXPECT_THAT(choice.shared.exclude_tables, ElementsAre("b"));
  EXPECT_THAT(choice.selection.exclude_table_data, ElementsAre("c"));
  EXPECT_THAT(choice.selection.include_foreign_data, ElementsAre("d"));
  EXPECT_THAT(choice.selection.exclude_extensions, ElementsAre("e"));
}

TEST(BackupOptions, FiltersOfARestoreAreRefused) {
  BackupChoice choice;
  const auto refused = [&choice](bool include, FilterKind kind) {
    const auto applied = apply_filter({FilterRule{include, kind, "x", 7}}, choice);
    return applied ? "accepted" : applied.error().to_string();
  };
  EXPECT_THAT(refused(true, FilterKind::table_data), HasSubstr("line 7"));
  EXPECT_THAT(refused(false, FilterKind::foreign_data), HasSubstr("exclude foreign_data"));
  EXPECT_THAT(refused(true, FilterKind::function), HasSubstr("include function"));
  EXPECT_THAT(refused(true, FilterKind::index), HasSubstr("index"));
  EXPECT_THAT(refused(true, FilterKind::trigger), HasSubstr("trigger"));
}

TEST(BackupOptions, ContradictionsAreRefusedInOneLine) {
  EXPECT_EQ(refusal({"-s", "-a"}), "--schema-only and --data-only exclude each other");
  EXPECT_EQ(refusal({"-s", "--no-schema"}), "--schema-only and --no-schema exclude each other");
  EXPECT_EQ(refusal({"-a", "--no-data"}), "--data-only and --no-data exclude each other");
  EXPECT_EQ(refusal({"--no-schema", "--no-data"}), "the options leave nothing to save");
  EXPECT_EQ(refusal({"-s", "--section", "data"}), "the options leave nothing to save");
  EXPECT_THAT(refusal({"-s", "--include-foreign-data", "x"}), HasSubstr("--include-foreign-data"));
  EXPECT_THAT(refusal({"--snapshot", "x", "--serializable-deferrable"}), HasSubstr("exclude each other"));
}

TEST(BackupOptions, LargeObjectsAreRowsOfTheWholeDatabase) {
  EXPECT_TRUE(good({}).selection.wants_large_objects());
  EXPECT_FALSE(good({"-B"}).selection.wants_large_objects());
  EXPECT_FALSE(good({"-n", "a"}).selection.wants_large_objects());
  EXPECT_TRUE(good({"-n", "a", "-b"}).selection.wants_large_objects());
  EXPECT_FALSE(good({"-s"}).selection.wants_large_objects());
  EXPECT_TRUE(good({"-a"}).selection.wants_large_objects());
  EXPECT_THAT(refusal({"-b", "-B"}), HasSubstr("exclude each other"));
  EXPECT_THAT(refusal({"-b", "-s"}), HasSubstr("--large-objects needs rows"));
}

TEST(BackupOptions, SectionsAreTheOnesNamed) {
  const BackupPlan some = good({"--section", "pre-data", "--section=post-data"});
  EXPECT_TRUE(some.selection.section_pre_data && some.selection.section_post_data);
  EXPECT_FALSE(some.selection.section_data);
  EXPECT_THROW(plan({"--section", "middle"}), CLI::ParseError);
}

TEST(BackupOptions, TheSessionsOptions) {
  const BackupPlan some =
      good({"--role", "r", "-E", "LATIN1", "--lock-wait-timeout", "2min", "--extra-float-digits=-15",
            "--quote-all-identifiers", "--enable-row-security", "--snapshot", "00000003-1"});
  EXPECT_EQ(some.session.role, "r");
  EXPECT_EQ(some.session.encoding, "LATIN1");
  EXPECT_EQ(some.session.lock_wait_timeout, "2min");
  EXPECT_EQ(some.session.extra_float_digits, -15);
  EXPECT_TRUE(some.session.quote_all_identifiers && some.session.enable_row_security);
  EXPECT_THROW(plan({"--extra-float-digits", "4"}), CLI::ParseError);
  EXPECT_THAT(refusal({"--lock-wait-timeout", "soon"}), HasSubstr("time"));
  EXPECT_EQ(refusal({"--lock-wait-timeout", "1.5 h"}), "accepted");
  EXPECT_NE(refusal({"--lock-wait-timeout", "-1"}), "accepted");
}

}  // namespace
}  // namespace pgark::cli
