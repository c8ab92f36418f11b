// Which entries of an archive are restored, and in which order where it is free: patterns
// (entry_filter.hpp), an edited list, sections, and the choice of content. Pure; the result is a plain value.
#pragma once

#include <string>
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
  // Errors: usage (options that contradict each other, a bad pattern, patterns that match nothing, a list of
  // another archive).
  static Result<Selection> make(const format::Toc& toc, const RestoreOptions& options);

  bool contains(format::EntryId id) const { return id < selected_.size() && selected_[id]; }
  // The section an entry is restored in: its own, or that of the entry which it describes (a comment, an
  // ACL and a security label live in their object's section); post-data for late_attachments().
  format::Section section(format::EntryId id) const { return sections_[id]; }
  std::size_t count() const;
  // The selected entries: as the list has them, else as the archive has them.
  const std::vector<format::EntryId>& order() const { return order_; }
  bool ordered_by_list() const { return ordered_by_list_; }
  // Including patterns that match nothing, although others do.
  const std::vector<std::string>& unmatched() const { return unmatched_; }
  // Of the selected entries, those that only --with-dependencies has brought; ascending.
  const std::vector<format::EntryId>& added() const { return added_; }
  // What it would have brought if the patterns did not exclude it.
  const std::vector<format::EntryId>& needed_but_excluded() const { return needed_but_excluded_; }
  // TABLE ATTACH entries that are chosen, and left to a run with section post-data (late_attachments.hpp).
  const std::vector<format::EntryId>& put_off() const { return put_off_; }

 private:
  void settle(const format::Toc& toc, const RestoreOptions& options, const std::vector<bool>& matched);

  std::vector<format::EntryId> order_, added_, needed_but_excluded_, put_off_;
  std::vector<std::string> unmatched_;
  bool ordered_by_list_ = false;
  std::vector<bool> selected_;             // by entry id
  std::vector<format::Section> sections_;  // by entry id
};

// Errors: usage, for options that contradict each other whatever the archive holds.
Result<> check_options(const RestoreOptions& options);

// Kinds that exist only as a description of another entry: they are selected when all of those are.
bool describes_another(const format::TocEntry& entry);

}  // namespace pgark::restore
