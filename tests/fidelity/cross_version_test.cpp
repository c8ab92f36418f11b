// Archives of older majors in newer servers: what the new one can take arrives without an error, and no row
// differs.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "fidelity/catalog_text.hpp"
#include "fidelity/trap_pair.hpp"

namespace pgark::test {
namespace {

struct Upgrade {
  int from, to;
};

class CrossVersionTest : public testing::TestWithParam<Upgrade> {};

// Text of expressions and many catalog columns differ between majors; names, values and rows do not.
std::vector<std::string> rows_and_values(std::vector<std::string> records) {
  std::erase_if(records, [](const std::string& record) {
    return !record.starts_with("ROW|") && !record.starts_with("SEQ|");
  });
  return records;
}

TEST_P(CrossVersionTest, traps_arrive_without_an_error) {
  TrapPair pair(GetParam().from, GetParam().to);
  for (const TrapDatabase& database : pair.databases()) {
    KnownDifferences known(GetParam().from, database.name);
    for (const int jobs : {1, 4}) {
      SCOPED_TRACE(database.name + " at -j " + std::to_string(jobs));
      pair.restore(database, jobs);
      const auto unknown = known.unknown_among(
          record_differences(rows_and_values(pair.source_records(database)),
                             rows_and_values(catalog_records(pair.target(), database.name, false))));
      EXPECT_TRUE(unknown.empty()) << "source (-) and copy (+) differ:\n" << lines_of_text(unknown);
      pair.drop_copy(database);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(upgrades, CrossVersionTest,
                         testing::Values(Upgrade{13, 18}, Upgrade{14, 17}, Upgrade{15, 18}, Upgrade{16, 18},
                                         Upgrade{17, 18}),
                         [](const auto& parameter) {
                           return std::to_string(parameter.param.from) + "_to_" +
                                  std::to_string(parameter.param.to);
                         });

}  // namespace
}  // namespace pgark::test
