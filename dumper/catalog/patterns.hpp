// Asks the server which schemas, tables, extensions and foreign servers the patterns of the selection match,
// as psql would.
//
// A table pattern without a schema part matches only what the session's own search_path shows (psql's rule).
// The path is asked for with a statement that has no operators, and is set back to empty before anything is
// matched: no object of another user can come in between.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
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
  // After the steps ran. Throws Exception (usage) naming a pattern that names another database, or that had
  // to match something (all including ones with strict_names, else when none of its kind does; servers of
  // foreign data always). Other patterns without a match become warnings of the catalog.
  MatchedPatterns finish(Catalog& catalog) const;

 private:
  using OidSet = std::unordered_set<Oid> MatchedPatterns::*;
  struct Wanted {
    NamePattern pattern;
    OidSet into = nullptr;
    bool required = false;       // leaving it without a match would leave something out
    bool with_children = false;  // tables: partitions and inheritance children as well
  };
  struct Match {
    std::size_t pattern = 0;
    Oid oid = 0;
    std::string schema, name;  // tables only
  };
  struct Group {
    const char* noun = "";  // "tables", for messages
    std::vector<Wanted> patterns;
    std::vector<Match> matches;
    bool always_strict = false;
  };
  using Parser = Result<NamePattern> (*)(std::string_view);

  static void add(Group& group, const std::vector<std::string>& texts, Parser parse, const Wanted& wanted);
  static bool is_utf8(const Group& group);
  void add_name_step(Steps& steps, Group& group, std::string_view sql);
  void add_table_steps(Steps& steps);
  void check_database(const Group& group, const Catalog& catalog) const;
  void check_matched(const Group& group, const std::vector<bool>& used, Catalog& catalog) const;
  void take_matches(const Group& group, Catalog& catalog, MatchedPatterns& result) const;
  bool is_visible(const Match& match) const;
  std::size_t path_position(const std::string& schema) const;

  const bool strict_names_;
  Group schemas_, tables_, extensions_, servers_;
  std::vector<std::string> search_path_;
};

}  // namespace pgark::dumper
