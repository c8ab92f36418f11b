// The SQL of entries with schemas and relations by their new names. Strings that are names (regclass and its
// like, setval, search_path) are changed, comments, values and bodies of functions are not. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "format/toc.hpp"
#include "restore/adapt/renames.hpp"

namespace pgark::restore {

// How some doubts begin.
inline constexpr std::string_view kNamesInRows = "the names in the rows of column ";
inline constexpr std::string_view kNamesInBody = "its body names ";

class SqlRenamer {
 public:
  // `entry`: as the archive has it; whose SQL this is. Both outlive the object.
  SqlRenamer(const Renames& renames, const format::TocEntry& entry) : renames_(renames), entry_(entry) {}

  std::string apply(std::string_view sql);
  // What apply() has seen that looks like one of the old names and stays; each once.
  struct Doubt {
    Severity severity;
    std::string text;
    bool operator==(const Doubt&) const = default;
  };
  const std::vector<Doubt>& doubts() const { return doubts_; }

 private:
  friend class SqlRenaming;
  void doubt(Severity severity, std::string text);

  const Renames& renames_;
  const format::TocEntry& entry_;
  std::vector<Doubt> doubts_;
};

}  // namespace pgark::restore
