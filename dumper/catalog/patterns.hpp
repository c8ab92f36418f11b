// Asks the server which schemas and tables the patterns of -n, -N, -t and -T match, as psql would.
//
// A table pattern without a schema part matches only what the session's own search_path shows (psql's rule).
// The path is asked for with a statement that has no operators, and is set back to empty before anything is
// matched: no object of another user can come in between.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/pattern.hpp"
#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {

// Lifetime: outlives the steps it adds. Single threaded.
class PatternMatching {
 public:
  // Throws Exception (usage) on a malformed pattern.
  explicit PatternMatching(const Selection& selection);

  void add_steps(Steps& steps);
  // After the steps ran. Throws Exception (usage) naming a pattern of -n or -t that matches nothing, or one
  // that names another database.
  MatchedPatterns finish(const Catalog& catalog) const;

 private:
  struct Wanted {
    NamePattern pattern;
    bool exclude = false;
  };
  struct TableMatch {
    std::size_t pattern = 0;
    Oid oid = 0;
    std::string schema, name;
  };

  void add_schema_step(Steps& steps);
  void add_table_steps(Steps& steps);
  void check_database(const Catalog& catalog) const;
  bool is_visible(const TableMatch& match) const;
  std::size_t path_position(const std::string& schema) const;

  std::vector<Wanted> schemas_, tables_;
  std::vector<std::string> search_path_;
  std::vector<std::pair<std::size_t, Oid>> schema_matches_;
  std::vector<TableMatch> table_matches_;
};

}  // namespace pgark::dumper
