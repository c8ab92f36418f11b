// The table of contents as a restore sees it: the archive's own, or a copy without the owners, tablespaces
// and access methods that are not wanted, with the name that the database is to have, and under the names
// that objects are to have. Entries keep their ids. Patterns match the archive's names: make the Selection
// from the archive's own table of contents.
//
// Lifetime: the archive outlives it. Constant once built.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "format/toc.hpp"
#include "restore/adapt/adaptation.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

class ChosenToc {
 public:
  // Errors: usage.
  static Result<ChosenToc> make(const format::Toc& archived, const RestoreOptions& options);

  const format::Toc& get() const { return copy_ ? *copy_ : archived_; }
  // Statements that make schemas which selected entries live in or describe and no entry creates: `public`
  // under another name.
  std::vector<std::string> schemas_sql(const Selection& selection) const;
  // Of the names that were changed.
  const std::vector<AdaptationNote>& notes() const { return notes_; }

 private:
  explicit ChosenToc(const format::Toc& archived) : archived_(archived) {}

  const format::Toc& archived_;
  std::unique_ptr<const format::Toc> copy_;  // stays where it is when this is moved
  std::vector<AdaptationNote> notes_;
};

}  // namespace pgark::restore
