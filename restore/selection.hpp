// Which entries of an archive are restored: patterns, sections, schema-only and data-only, ownership of
// privileges. Pure; the result is a plain value.
//
// Patterns mean what they mean when a backup is taken (pg_dump documentation, -n, -N, -t, -T), with one
// difference that an archive forces: there is no search_path, so a table pattern without a schema matches
// in every schema. Given together, -n and -t must both match.
#pragma once

#include <vector>

#include "base/error.hpp"
#include "format/toc.hpp"
#include "restore/options.hpp"

namespace pgark::restore {

// A group of large objects; the bytes of all.
bool is_large_objects(const format::TocEntry& entry);
bool is_large_object_data(const format::TocEntry& entry);

class Selection {
 public:
  // Errors: usage (options that contradict each other, a bad pattern, patterns that match nothing).
  static Result<Selection> make(const format::Toc& toc, const RestoreOptions& options);

  bool contains(format::EntryId id) const { return id < selected_.size() && selected_[id]; }
  // The section an entry is restored in: its own, or that of the entry which it describes (a comment, an
  // ACL and a security label live in their object's section).
  format::Section section(format::EntryId id) const { return sections_[id]; }
  std::size_t count() const;

 private:
  std::vector<bool> selected_;             // by entry id
  std::vector<format::Section> sections_;  // by entry id
};

// Kinds that exist only as a description of another entry: they are selected when all of those are.
bool describes_another(const format::TocEntry& entry);

}  // namespace pgark::restore
