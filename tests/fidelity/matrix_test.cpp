// Every trap on every major: what is restored, with one connection or with many, equals the source in each
// catalog fact and in each row; archives hang on the database's content alone (SCHEMA_COVERAGE F, G1, G2, G3,
// G5, G10).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fidelity/archive_text.hpp"
#include "fidelity/catalog_text.hpp"
#include "fidelity/trap_pair.hpp"
#include "support/database_compare.hpp"
#include "support/servers.hpp"

namespace pgark::test {
namespace {

constexpr int kRunsInARow = 10;

// One pair of servers per major, which the tests of that major share.
TrapPair& pair_of(int major) {
  static std::unique_ptr<TrapPair> pair;
  if (!pair || pair->source_major() != major) {
    pair.reset();
    pair = std::make_unique<TrapPair>(major, major);
  }
  return *pair;
}

class MatrixTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { pair_ = &pair_of(GetParam()); }

  // Restores every database of traps once per count of jobs and compares each copy with its source.
  void expect_equal_copies(const std::vector<int>& job_counts) {
    for (const TrapDatabase& database : pair_->databases()) {
      KnownDifferences known(GetParam(), database.name);
      for (const int jobs : job_counts) {
        SCOPED_TRACE(database.name + " at -j " + std::to_string(jobs));
        pair_->restore(database, jobs);
        const auto records = catalog_records(pair_->target(), database.name, has_properties(database));
        const auto unknown =
            known.unknown_among(record_differences(pair_->source_records(database), records));
        EXPECT_TRUE(unknown.empty()) << "source (-) and copy (+) differ:\n" << lines_of_text(unknown);
        pair_->drop_copy(database);
      }
      EXPECT_TRUE(known.stale().empty()) << "known_differences.txt excuses what is equal:\n"
                                         << lines_of_text(known.stale());
    }
  }

  TrapPair* pair_ = nullptr;
};

// The trap files are not empty of meaning: the databases hold what the comparison must see.
TEST_P(MatrixTest, quick_the_comparison_sees_a_lost_column_and_a_lost_row) {
  Cluster& source = pair_->source();
  source.create_database("seen", "TEMPLATE traps");
  const auto before = catalog_records(source, "seen", false);
  source.sql("seen", "ALTER TABLE f11.vt1 DROP late CASCADE");
  EXPECT_FALSE(record_differences(before, catalog_records(source, "seen", false)).empty());
  source.drop_database("seen");
  source.create_database("seen", "TEMPLATE traps");
  source.sql("seen", "DELETE FROM f17.arowu");
  EXPECT_EQ(record_differences(before, catalog_records(source, "seen", false)).size(), 2U);
  source.drop_database("seen");
}

TEST_P(MatrixTest, quick_copies_are_equal_at_one_job_and_at_four) {
  expect_equal_copies({1, 4});
}

TEST_P(MatrixTest, copies_are_equal_at_two_jobs_and_at_eight) {
  expect_equal_copies({2, 8});
}

TEST_P(MatrixTest, ten_parallel_restores_in_a_row_are_equal) {
  expect_equal_copies(std::vector<int>(kRunsInARow, 4));
}

TEST_P(MatrixTest, quick_two_archives_of_one_database_are_equal) {
  for (const TrapDatabase& database : pair_->databases()) {
    SCOPED_TRACE(database.name);
    const auto again = pair_->file("again.pgark");
    back_up(pair_->source(), database, again, 4);
    const auto first = archive_entries(pair_->archive(database)), second = archive_entries(again);
    EXPECT_TRUE(same_text("the archive", lines_of_text(first), lines_of_text(second)));
    std::filesystem::remove(again);
  }
}

// F46, F51, F53, F54: nothing is lost in silence. What is named in the report is said by the backup as well.
TEST_P(MatrixTest, quick_what_is_not_saved_is_named) {
  for (const TrapDatabase& database : pair_->databases()) {
    SCOPED_TRACE(database.name);
    std::vector<std::string> announced = database.reports;
    std::ranges::sort(announced);
    std::vector<std::string> named = archive_report(pair_->archive(database));
    std::erase_if(named, [&](const std::string& item) {
      return !item.starts_with("lost ") && !std::ranges::binary_search(announced, item);
    });
    EXPECT_TRUE(same_text("the report", lines_of_text(announced), lines_of_text(named)));
    for (const std::string& item : announced) {
      const std::string object = item.substr(item.find(' ') + 1) + ": ";
      if (item.starts_with("info ")) continue;
      EXPECT_NE(pair_->backup_messages(database).find(object), std::string::npos) << object;
    }
  }
}

// Sorted as records are: a loop that is found from another end may leave two entries the other way around.
std::vector<std::string> sorted_entries(const std::filesystem::path& archive) {
  std::vector<std::string> entries = archive_entries(archive);
  std::ranges::sort(entries);
  return entries;
}

TEST_P(MatrixTest, quick_the_archive_of_a_copy_equals_the_archive_of_its_source) {
  for (const TrapDatabase& database : pair_->databases()) {
    SCOPED_TRACE(database.name);
    if (!database.failures.empty()) continue;
    pair_->restore(database, 4);
    const auto again = pair_->file("copy.pgark");
    back_up(pair_->target(), database, again, 1);
    KnownDifferences known(GetParam(), database.name + "_archive");
    const auto unknown = known.unknown_among(
        record_differences(sorted_entries(pair_->archive(database)), sorted_entries(again)));
    EXPECT_TRUE(unknown.empty()) << lines_of_text(unknown);
    EXPECT_TRUE(known.stale().empty()) << "known_differences.txt excuses what is equal:\n"
                                       << lines_of_text(known.stale());
    std::filesystem::remove(again);
    pair_->drop_copy(database);
  }
}

std::string major_name(const testing::TestParamInfo<int>& parameter) {
  return std::to_string(parameter.param);
}

INSTANTIATE_TEST_SUITE_P(majors, MatrixTest, testing::ValuesIn(known_majors().begin(), known_majors().end()),
                         major_name);

}  // namespace
}  // namespace pgark::test
