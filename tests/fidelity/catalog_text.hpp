// What catalog_compare.sql says of a database, how two such texts differ, and which differences are known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/cluster.hpp"

namespace pgark::test {

// One record per catalog fact, and per table's rows; sorted as bytes.
std::vector<std::string> catalog_records(Cluster& cluster, std::string_view database, bool with_properties);

// "- record" for what only `source` has, "+ record" for what only `copy` has.
std::vector<std::string> record_differences(const std::vector<std::string>& source,
                                            const std::vector<std::string>& copy);

// One line each, for a failure message.
std::string lines_of_text(const std::vector<std::string>& lines);

// The differences that cannot be avoided, from known_differences.txt: a reason, and a pattern for each.
class KnownDifferences {
 public:
  // Those of this major and database. Throws std::runtime_error for a line it cannot read, and for one
  // without a reason.
  KnownDifferences(int major, std::string_view database);

  // What remains of `differences`.
  std::vector<std::string> unknown_among(const std::vector<std::string>& differences);
  // Lines of the file that matched nothing in any call so far: they are out of date.
  std::vector<std::string> stale() const;

 private:
  struct Entry {
    std::string line, pattern;
    bool used = false;
  };
  std::vector<Entry> entries_;
};

}  // namespace pgark::test
