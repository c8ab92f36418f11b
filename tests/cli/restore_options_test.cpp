#include "cli/restore_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "restore/selection.hpp"
#include "support/temp_directory.hpp"

namespace pgark::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What the words of a command line come to, checked against an empty archive.
restore::RestoreOptions options(const std::vector<std::string>& words) {
  CLI::App command("test", "restore");
  command.set_help_flag("--help", "");
  RestoreChoice choice;
  int jobs = 1;
  command.add_option("-j", jobs);
  add_selection_options(command, choice.selection, "restore");
  add_restore_choice(command, choice, "how");
  add_live_options(command, choice, "how");
  add_target_session(command, choice, "how");
  add_entry_options(command, choice);
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  command.parse(reversed);
  choice.restore.jobs = jobs;
  restore::RestoreOptions result = restore_options(choice);
  value_or_throw(restore::Selection::make({}, result));
  return result;
}

std::string refusal(const std::vector<std::string>& words) {
  try {
    options(words);
  } catch (const Exception& exception) {
    EXPECT_EQ(exception.error().code, ErrorCode::usage);
    return exception.error().to_string();
  }
  return "accepted";
}

TEST(RestoreOptions, PgRestoresLetters) {
  const auto some = options({"-c", "--if-exists", "-e", "-O", "-x", "-s"});
  EXPECT_TRUE(some.clean && some.exit_on_error && some.no_owner && some.no_privileges && some.schema_only);
  EXPECT_TRUE(options({"-C"}).create);
  EXPECT_TRUE(options({"-1"}).single_transaction);
  EXPECT_TRUE(options({"-a", "--disable-triggers", "--enable-row-security"}).disable_triggers);
  EXPECT_EQ(options({"--role", "r", "--transaction-size", "50"}).transaction_size, 50u);
}

TEST(RestoreOptions, TransactionsStopAtTheFirstError) {
  EXPECT_FALSE(options({}).stops_at_error());
  EXPECT_TRUE(options({"-1"}).stops_at_error());
  EXPECT_TRUE(options({"--transaction-size=1"}).stops_at_error());
}

TEST(RestoreOptions, ContradictionsAreRefusedInOneLine) {
  EXPECT_EQ(refusal({"-s", "-a"}), "--schema-only and --data-only exclude each other");
  EXPECT_EQ(refusal({"--if-exists"}), "--if-exists needs --clean");
  EXPECT_THAT(refusal({"-a", "-c"}), HasSubstr("--clean and --create need definitions"));
  EXPECT_THAT(refusal({"-1", "-C"}), HasSubstr("--single-transaction and --create"));
  EXPECT_THAT(refusal({"-1", "--transaction-size", "5"}), HasSubstr("exclude each other"));
  EXPECT_THAT(refusal({"-1", "-j", "2"}), HasSubstr("one connection"));
  EXPECT_THAT(refusal({"--transaction-size", "5", "-j", "2"}), HasSubstr("one connection"));
  EXPECT_THAT(refusal({"--disable-triggers"}), HasSubstr("--data-only"));
  EXPECT_THROW(options({"--transaction-size", "0"}), CLI::ParseError);
}

TEST(RestoreOptions, AListIsRead) {
  const test::TempDirectory folder;
  const std::string path = (folder / "list").string();
  std::ofstream(path) << "; heading\n3; TABLE public t boss\n";
  EXPECT_THAT(refusal({"-L", path}), HasSubstr("entry 3")) << "the empty archive has none";
  std::ofstream(path) << "three\n";
  EXPECT_THAT(refusal({"-L", path}), HasSubstr(path + ":1"));
}

TEST(RestoreOptions, FiltersAreWrittenOutPatterns) {
  RestoreChoice choice;
  const auto rule = [](bool include, FilterKind kind, const char* pattern) {
    return FilterRule{include, kind, pattern, 7};
  };
  ASSERT_TRUE(
      apply_filter({rule(true, FilterKind::table, "a"), rule(false, FilterKind::schema, "b"),
                    rule(true, FilterKind::function, "c(integer)"), rule(true, FilterKind::index, "d"),
                    rule(true, FilterKind::trigger, "e"), rule(false, FilterKind::table, "f")},
                   choice));
  EXPECT_THAT(choice.selection.include_tables, ElementsAre("a"));
  EXPECT_THAT(choice.selection.exclude_schemas, ElementsAre("b"));
  EXPECT_THAT(choice.selection.exclude_tables, ElementsAre("f"));
  EXPECT_THAT(choice.restore.include_functions, ElementsAre("c(integer)"));
  EXPECT_THAT(choice.restore.include_indexes, ElementsAre("d"));
  EXPECT_THAT(choice.restore.include_triggers, ElementsAre("e"));
  for (const FilterKind kind : {FilterKind::extension, FilterKind::table_data, FilterKind::foreign_data}) {
    const auto refused = apply_filter({rule(true, kind, "x")}, choice);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().object, HasSubstr("line 7"));
  }
  EXPECT_FALSE(apply_filter({rule(false, FilterKind::index, "x")}, choice));
  ASSERT_TRUE(apply_filter({rule(true, FilterKind::table_and_children, "p")}, choice));
  EXPECT_THAT(choice.restore.include_tables_and_children, ElementsAre("p"));
  EXPECT_FALSE(apply_filter({rule(false, FilterKind::table_and_children, "x")}, choice));
}

}  // namespace
}  // namespace pgark::cli
