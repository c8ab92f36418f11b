// Families without a server: version forks of their SQL, and rows made by hand.
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

const DumpOptions kOptions = [] {
  DumpOptions options;
  options.selection.statistics = true;
  return options;
}();

wire::ResultSet rows(std::size_t columns, const std::vector<std::optional<std::string_view>>& cells) {
  wire::ResultSet result;
  result.columns.resize(columns);
  for (const auto& cell : cells) result.append_cell(cell);
  return result;
}

bool mentions(const Steps& steps, std::string_view text) {
  for (const Step& step : steps) {
    if (step.sql.find(text) != std::string::npos) return true;
  }
  return false;
}

Steps all_steps(int version_num) {
  Reading reading(kOptions, version_num);
  reading.catalog.database.read_by_superuser = true;
  Steps steps;
  add_database(reading, steps);
  add_inheritance(reading, steps);
  add_columns(reading, steps);
  add_indexes(reading, steps);
  add_constraints(reading, steps);
  add_sequence_values(reading, steps);
  add_functions(reading, steps);
  add_triggers(reading, steps);
  add_publications(reading, steps);
  add_subscriptions(reading, steps);
  add_statistics(reading, steps);
  add_unhandled(reading, steps);
  return steps;
}

// Columns and functions that do not exist before a version: asking for one there would fail the backup.
struct Fork {
  int major;
  std::string_view text;
};

TEST(CatalogVersions, NewColumnsAreAskedForOnlyWhereTheyExist) {
  const Fork forks[] = {
      {14, "attcompression"},      {14, "inhdetachpending"},    {14, "pg_get_function_sqlbody"},
      {15, "indnullsnotdistinct"}, {15, "datlocprovider"},      {15, "pg_publication_namespace"},
      {14, "subbinary"},           {15, "subtwophasestate"},    {15, "prqual"},
      {15, "subskiplsn"},          {16, "suborigin"},           {17, "subfailover"},
      {18, "pubgencols"},          {17, "range_empty_frac"},    {18, "relallfrozen"},
      {16, "daticurules"},         {17, "datlocale"},           {18, "conenforced"},
      {18, "conperiod"},           {18, "pg_get_sequence_data"}};
  for (const Fork& fork : forks) {
    for (int major = 13; major <= 18; ++major) {
      EXPECT_EQ(mentions(all_steps(major * 10000 + 3), fork.text), major >= fork.major)
          << fork.text << " on " << major;
    }
  }
}

TEST(CatalogVersions, TheIcuLocaleHadAnotherNameIn15And16) {
  for (int major = 13; major <= 18; ++major) {
    EXPECT_EQ(mentions(all_steps(major * 10000), "daticulocale"), major == 15 || major == 16) << major;
  }
}

class SequenceFamilyTest : public ::testing::Test {
 protected:
  SequenceFamilyTest() : reading_(kOptions, 180000) {
    reading_.catalog.namespaces.emplace_back().name = "s";
    Relation& relation = reading_.catalog.relations.emplace_back();
    relation.oid = 7;
    relation.name = "q";
    relation.schema = 0;
    relation.kind = 'S';
    relation.sequence = 0;
    relation.components = kAllComponents;
    relation.name_sql = "s.q";
    reading_.catalog.sequences.emplace_back();
    reading_.catalog.relation_by_oid[7] = 0;
  }
  Steps value_steps() {
    Steps steps;
    add_sequence_values(reading_, steps);
    return steps;
  }
  Reading reading_;
};

TEST_F(SequenceFamilyTest, TakesAValue) {
  value_steps().at(0).take(reading_, rows(3, {"7", "-61", "t"}));
  const SequenceInfo& sequence = reading_.catalog.sequences[0];
  EXPECT_TRUE(sequence.value_known);
  EXPECT_EQ(sequence.last_value, -61);
  EXPECT_TRUE(sequence.is_called);
}

TEST_F(SequenceFamilyTest, NoPrivilegeIsAnErrorThatNamesTheSequence) {
  try {
    value_steps().at(0).take(reading_, rows(3, {"7", std::nullopt, std::nullopt}));
    FAIL();
  } catch (const Exception& exception) {
    EXPECT_EQ(exception.error().object, "s.q");
  }
}

TEST_F(SequenceFamilyTest, BeforeVersion18ValuesAreReadInBatches) {
  reading_.version_num = 170000;
  for (Oid oid = 8; oid < 8 + 200; ++oid) {
    Relation relation = reading_.catalog.relations[0];
    relation.oid = oid;
    reading_.catalog.relations.push_back(relation);
  }
  const Steps steps = value_steps();
  // Each batch gives its locks back.
  ASSERT_EQ(steps.size(), 6u);
  EXPECT_EQ(steps[3].sql, "SAVEPOINT pgark_values");
  EXPECT_EQ(steps[4].sql, "SELECT 207::pg_catalog.oid, last_value, is_called FROM s.q");
  EXPECT_EQ(steps[5].sql, "ROLLBACK TO SAVEPOINT pgark_values");
}

TEST_F(SequenceFamilyTest, AStandbyDoesNotReadUnloggedSequences) {
  reading_.version_num = 150000;
  reading_.catalog.database.in_recovery = true;
  reading_.catalog.relations[0].persistence = 'u';
  EXPECT_TRUE(value_steps().empty());
}

TEST(CatalogReading, AVanishedRoleIsAnErrorThatNamesTheObject) {
  Reading reading(kOptions, 150000);
  reading.roles[10] = "postgres";
  EXPECT_EQ(reading.role(10, "s.t"), "postgres");
  try {
    (void)reading.role(11, "s.t");
    FAIL();
  } catch (const Exception& exception) {
    EXPECT_EQ(exception.error().object, "s.t");
  }
}

TEST(ColumnFamily, TheServersOwnStampIsNotAnOption) {
  Reading reading(kOptions, 150020);
  reading.catalog.relations.emplace_back().oid = 7;
  reading.catalog.relation_by_oid[7] = 0;
  Steps steps;
  add_columns(reading, steps);
  std::vector<std::optional<std::string_view>> cells(21);
  cells[0] = "7";
  cells[1] = "1";
  cells[17] = "{pg_attver=27008232,n_distinct=5}";
  steps.at(0).take(reading, rows(cells.size(), cells));
  ASSERT_EQ(reading.catalog.relations[0].columns.size(), 1u);
  EXPECT_EQ(reading.catalog.relations[0].columns[0].options, std::vector<std::string>{"n_distinct=5"});
}

class DependencyFamilyTest : public ::testing::Test {
 protected:
  DependencyFamilyTest() : reading_(kOptions, 150000) {
    reading_.members[{catalog_oid::kProc, 500}] = 900;
    reading_.members[{catalog_oid::kType, 501}] = 900;
    reading_.extension_names[900] = "ext";
    reading_.catalog.functions.emplace_back().oid = 600;
    reading_.catalog.function_by_oid[600] = 0;
  }
  void take(const std::vector<std::optional<std::string_view>>& cells) {
    Steps steps;
    add_dependencies(steps);
    steps.at(0).take(reading_, rows(5, cells));
  }
  Reading reading_;
};

TEST_F(DependencyFamilyTest, AMemberStandsForItsExtension) {
  take({"2618", "700", "1255", "500", "n"});
  ASSERT_EQ(reading_.catalog.dependencies.size(), 1u);
  EXPECT_EQ(reading_.catalog.dependencies[0].dependent, (CatalogId{2618, 700}));
  EXPECT_EQ(reading_.catalog.dependencies[0].referenced, (CatalogId{catalog_oid::kExtension, 900}));
}

TEST_F(DependencyFamilyTest, WhatMembersNeedOfEachOtherIsLeftOut) {
  take({"1255", "500", "1247", "501", "n"});
  EXPECT_TRUE(reading_.catalog.dependencies.empty());
}

TEST_F(DependencyFamilyTest, DependsOnExtensionIsNotedWithTheObject) {
  take({"1255", "600", "3079", "900", "x"});
  EXPECT_EQ(reading_.catalog.functions[0].depends_on_extensions, std::vector<std::string>{"ext"});
}

}  // namespace
}  // namespace pgark::dumper
