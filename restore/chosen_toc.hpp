// The table of contents as a restore sees it: the archive's own, or a copy without the owners, tablespaces
// and access methods that are not wanted. Lifetime: the archive outlives it. Constant once built.
#pragma once

#include <optional>

#include "format/entry_properties.hpp"
#include "format/toc.hpp"

namespace pgark::restore {

class ChosenToc {
 public:
  ChosenToc(const format::Toc& archived, const ContentChoice& choice) : archived_(archived) {
    if (!format::drops_properties(choice)) return;
    copy_ = archived;
    for (format::TocEntry& entry : copy_->entries) format::drop_properties(entry, choice);
  }
  const format::Toc& get() const { return copy_ ? *copy_ : archived_; }

 private:
  const format::Toc& archived_;
  std::optional<format::Toc> copy_;
};

}  // namespace pgark::restore
