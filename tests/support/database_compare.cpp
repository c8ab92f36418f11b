#include "support/database_compare.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace pgark::test {
namespace {

constexpr std::size_t kShownLines = 6;

// Writes the query that reads every table; rows are ordered by their own digest, so heap order does not
// count.
constexpr std::string_view kContentsQuery = R"(
SELECT format($f$SELECT %L, count(*), md5(string_agg(d, '' ORDER BY d)) FROM (SELECT md5(t::text) COLLATE "C" FROM %s t) q(d);$f$,
              c.oid::regclass, c.oid::regclass)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.oid::regclass::text COLLATE "C";
SELECT format('SELECT %L, last_value, is_called FROM %s;', c.oid::regclass, c.oid::regclass)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.oid::regclass::text COLLATE "C";
)";

constexpr std::string_view kCountQuery = R"(
WITH user_schema AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
SELECT (SELECT count(*) FROM pg_class WHERE relnamespace IN (SELECT oid FROM user_schema))
     + (SELECT count(*) FROM pg_proc WHERE pronamespace IN (SELECT oid FROM user_schema))
     + (SELECT count(*) FROM pg_type WHERE typnamespace IN (SELECT oid FROM user_schema))
     + (SELECT count(*) FROM user_schema WHERE nspname <> 'public');
)";

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string shown(const std::vector<std::string_view>& lines, std::size_t first) {
  std::string text;
  for (std::size_t i = first; i < std::min(lines.size(), first + kShownLines); ++i) {
    text += "    " + std::string(lines[i]) + "\n";
  }
  return text.empty() ? "    (the end)\n" : text;
}

}  // namespace

std::string database_contents(Cluster& cluster, std::string_view database) {
  // Names written with their schema; values independent of the session's settings.
  const std::string settings = "SET search_path = ''; SET extra_float_digits = 3; SET jit = off;\n";
  const std::string queries = cluster.sql(database, settings + std::string(kContentsQuery));
  return cluster.sql(database, settings + queries);
}

int user_object_count(Cluster& cluster, std::string_view database) {
  return std::stoi(cluster.sql(database, kCountQuery));
}

testing::AssertionResult same_text(std::string_view what, std::string_view one, std::string_view other) {
  if (one == other) return testing::AssertionSuccess();
  const auto left = lines_of(one), right = lines_of(other);
  const auto parting = std::ranges::mismatch(left, right);
  const auto index = static_cast<std::size_t>(parting.in1 - left.begin());
  return testing::AssertionFailure() << what << " differs from line " << index + 1 << " on (" << left.size()
                                     << " and " << right.size() << " lines)\n  one:\n"
                                     << shown(left, index) << "  other:\n"
                                     << shown(right, index);
}

testing::AssertionResult same_database(Cluster& one, std::string_view one_database, Cluster& other,
                                       std::string_view other_database) {
  const auto schema =
      same_text("the schema", one.schema_text(one_database), other.schema_text(other_database));
  if (!schema) return schema;
  return same_text("the contents", database_contents(one, one_database),
                   database_contents(other, other_database));
}

}  // namespace pgark::test
