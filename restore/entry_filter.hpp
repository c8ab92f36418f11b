// Matches entries of an archive against the patterns of the command line. Pure; const after compile().
//
// Patterns mean what they mean when a backup is taken (pg_dump documentation, -n, -N, -t, -T), with one
// difference that an archive forces: there is no search_path, so a pattern without a schema matches in every
// schema. -t, -I, -P and --trigger add to each other; given together with them, -n must match as well.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/pattern.hpp"
#include "base/text_decoder.hpp"
#include "format/toc.hpp"
#include "restore/options.hpp"

namespace pgark::restore {

// "schema.name(argument types)": the name is a pattern, the types, when given, are not.
struct FunctionPattern {
  NamePattern name;
  bool any_arguments = true;
  std::string arguments;  // without blanks around commas and parentheses
};
// Errors: usage.
Result<FunctionPattern> parse_function_pattern(std::string_view text);

class EntryFilter {
 public:
  // `database`: of the archive; patterns must not name another. `encoding`: of its names; patterns are UTF-8.
  // Errors: usage.
  static Result<EntryFilter> compile(const RestoreOptions& options, std::string_view database,
                                     std::string_view encoding = "UTF8");

  bool matches(const format::TocEntry& entry) const { return matches_schema(entry) && matches_object(entry); }
  // By a pattern that leaves schemas or tables out.
  bool excludes(const format::TocEntry& entry) const;
  bool excludes_relation(const format::TocEntry& entry) const;
  bool selects_tables() const { return !include_tables_.empty(); }
  // Whether anything narrows the restore, so that matching nothing is a mistake.
  bool narrows() const { return by_object_ || !include_schemas_.empty(); }
  // Including patterns that match no entry, as they were given.
  std::vector<std::string> unmatched(const format::Toc& toc) const;

 private:
  struct Pattern {
    std::string text;
    NameMatcher matcher;
    std::shared_ptr<const TextDecoder> decoder;  // of the archive's names; nullptr: compare them as they are
    bool any_arguments = true;                   // of functions
    std::string arguments;
    bool matches(std::string_view schema, std::string_view name) const;
  };
  using Patterns = std::vector<Pattern>;
  struct Compiler;

  bool matches_schema(const format::TocEntry& entry) const;
  bool matches_object(const format::TocEntry& entry) const;
  static bool any_matches(const Patterns& patterns, std::string_view schema, std::string_view name);
  static bool schema_matches(const Pattern& pattern, const format::TocEntry& entry);
  static bool table_matches(const Pattern& pattern, const format::TocEntry& entry);
  static bool index_matches(const Pattern& pattern, const format::TocEntry& entry);
  static bool function_matches(const Pattern& pattern, const format::TocEntry& entry);
  static bool trigger_matches(const Pattern& pattern, const format::TocEntry& entry);

  Patterns include_schemas_, exclude_schemas_, include_tables_, exclude_tables_;
  Patterns indexes_, functions_, triggers_;
  bool by_object_ = false;
};

}  // namespace pgark::restore
