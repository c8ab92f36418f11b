// Databases that use extensions: PostgreSQL's own contrib on every major, postgis and others on the one that
// Debian packages them for. The extensions' objects are not in the archive, what users built on them is.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "fidelity/catalog_text.hpp"
#include "fidelity/trap_pair.hpp"
#include "support/servers.hpp"

namespace pgark::test {
namespace {

constexpr int kDebianMajor = 15;

TrapDatabase database_of(const std::string& name, const std::string& script) {
  TrapDatabase database;
  database.name = name;
  database.scripts = {trap_folder() / script};
  return database;
}

void expect_equal_copies(int major, const TrapDatabase& database) {
  TrapPair pair(major, major, {database});
  KnownDifferences known(major, database.name);
  for (const int jobs : {1, 8}) {
    SCOPED_TRACE("-j " + std::to_string(jobs));
    pair.restore(database, jobs);
    const auto copy = catalog_records(pair.target(), database.name, has_properties(database));
    const auto unknown = known.unknown_among(record_differences(pair.source_records(database), copy));
    EXPECT_TRUE(unknown.empty()) << "source (-) and copy (+) differ:\n" << lines_of_text(unknown);
    pair.drop_copy(database);
  }
  EXPECT_TRUE(known.stale().empty()) << "known_differences.txt excuses what is equal:\n"
                                     << lines_of_text(known.stale());
}

class ContribTest : public testing::TestWithParam<int> {};

TEST_P(ContribTest, what_users_build_on_contrib_comes_back) {
  expect_equal_copies(GetParam(), database_of("contrib", "x_contrib.sql"));
}

INSTANTIATE_TEST_SUITE_P(majors, ContribTest, testing::ValuesIn(known_majors().begin(), known_majors().end()),
                         [](const auto& parameter) { return std::to_string(parameter.param); });

TEST(ThirdPartyTest, what_users_build_on_postgis_comes_back) {
  expect_equal_copies(kDebianMajor, database_of("third_party", "x_third_party.sql"));
}

}  // namespace
}  // namespace pgark::test
